package boamp

import (
	"bufio"
	"errors"
	"strings"

	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// annonce is the element of the gazette's own XML that is one notice.
const annonce = "ANNONCE"

// xml reads the notices of a document: one alone, or a list of them under any root.
func (s *stream) xml(in *bufio.Reader) {
	found, broken := false, false
	tree.Elements(in, maxRecord, map[string]bool{annonce: true}, func(e tree.Element, err error) bool {
		found = true
		switch {
		case err == nil:
			return s.element(e)
		case errors.Is(err, tree.ErrTooLarge) && e.Name != "":
			return s.record(nil, e.Line, errTooLong)
		}
		broken = true
		s.end(xmlReason(err), err)
		return false
	})
	if !found && !broken && !s.stopped {
		s.end("Ce fichier XML ne contient aucun avis du BOAMP (élément ANNONCE).", nil)
	}
}

func xmlReason(err error) string {
	switch {
	case errors.Is(err, tree.ErrDocumentType):
		return "Ce fichier est une page web, ou du XML avec un DOCTYPE\u00a0: il est refusé."
	case errors.Is(err, tree.ErrEncoding):
		return "Ce fichier XML est dans un codage qui n'est pas lu\u00a0: enregistrez-le en UTF-8."
	case errors.Is(err, tree.ErrTooDeep):
		return tooDeepReason
	}
	return "Ce fichier n'est pas du XML valable, ou il est incomplet."
}

// element reads one notice and hands it over.
func (s *stream) element(e tree.Element) bool {
	if s.known(e.Raw) {
		return s.same()
	}
	file, index, line := s.file, s.index, e.Line
	if s.ahead != nil {
		return s.more(s.ahead.later(e.Raw, *s.at, func(p *piece) { p.rec, p.err = understandXML(p.raw, file, index, line) }))
	}
	return s.yield(understandXML(string(e.Raw), file, index, line))
}

func understandXML(raw string, file string, index, line int) (notice.Record, error) {
	n, err := ParseXML([]byte(raw))
	if err == nil {
		return n, nil
	}
	var refusal *notice.RecordError
	if !errors.As(err, &refusal) {
		refusal = notice.Refuse("Cet avis ne peut pas être lu.", err)
	}
	refusal.File, refusal.Index, refusal.Line = file, index, line
	return notice.Record{}, refusal
}

// ParseXML reads one notice of the gazette's own XML, the element ANNONCE. What the
// open-data platform says in fields of its own stands in GESTION there; the rest is
// read as within donnees. The error is a *notice.RecordError.
func ParseXML(raw []byte) (notice.Record, error) { return (&record{}).parseXML(raw) }

func (r *record) parseXML(raw []byte) (notice.Record, error) {
	if len(raw) > maxRecord {
		return notice.Record{}, notice.Refuse("Cet enregistrement dépasse 16\u00a0Mio.", errTooLong)
	}
	doc, err := tree.XML(raw)
	if err != nil {
		return notice.Record{}, notice.Refuse(xmlReason(err), err)
	}
	root := tree.FirstOf(tree.At(doc, "annonce"))
	if root == nil {
		return notice.Record{}, notice.Refuse("Ce document n'est pas un avis du BOAMP (élément ANNONCE).", nil)
	}
	r.gestion, r.donnees = tree.FirstOf(tree.At(root, "gestion")), tree.FirstOf(tree.At(root, "donnees"))
	r.fields = tree.Object{{Name: "idweb", Value: tree.First(r.gestion, "reference.idweb")}}
	r.out.Source, r.out.Raw = source, strings.ToValidUTF8(string(raw), "\ufffd")
	if err := r.readIdentity(); err != nil {
		return notice.Record{}, err
	}
	name := ""
	if o, ok := r.donnees.(tree.Object); ok && len(o) > 0 {
		name = o[0].Name
	}
	r.recognise(name)
	return r.parts()
}
