package cpvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"parvis/kit/fault"
	"parvis/kit/scrub"
	"parvis/procurement/cpv"
	"parvis/procurement/refdata"
)

const maxFile = 32 << 20 // bytes: the vocabulary in every language has five million

// Columns by which tables name the code and the French label.
var (
	codeColumns  = []string{"code", "cpv", "code cpv"}
	labelColumns = []string{"fr", "libelle_fr", "libellé", "libelle", "label_fr", "libellé fr"}
)

// Read gives the codes of a table, and what is wrong with each line that is none. The
// last error says that the file as a whole cannot be read.
func Read(r io.Reader) (entries []cpv.Entry, refused []error, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, nil, fault.New(fault.Invalid, "Ce fichier ne peut pas être lu.").Because(err)
	case len(raw) > maxFile:
		return nil, nil, fault.New(fault.Invalid, "Ce fichier dépasse 32\u00a0Mio\u00a0: ce n'est pas la nomenclature CPV.")
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		if raw, err = charmap.Windows1252.NewDecoder().Bytes(raw); err != nil {
			return nil, nil, fault.New(fault.Invalid, "Ce fichier n'est ni en UTF-8 ni en Windows-1252.").Because(err)
		}
	}
	table := csv.NewReader(bytes.NewReader(raw))
	table.Comma, table.FieldsPerRecord, table.LazyQuotes = separator(raw), -1, true
	head, err := table.Read()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "Ce fichier n'est pas un tableau CSV.").Because(err)
	}
	code, label := column(head, codeColumns), column(head, labelColumns)
	if code < 0 || label < 0 {
		return nil, nil, fault.New(fault.Invalid, "Ce tableau n'a pas de colonne «\u00a0CODE\u00a0» ou de colonne «\u00a0FR\u00a0» (libellé français).")
	}
	seen := map[string]bool{}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line := 0
		if err == nil {
			line, _ = table.FieldPos(0)
			var e cpv.Entry
			if e, err = entry(row, code, label); err == nil && !seen[e.Code] {
				seen[e.Code] = true
				entries = append(entries, e)
				continue
			}
		}
		if err != nil {
			refused = append(refused, fmt.Errorf("ligne %d\u00a0: %w", line, err))
		}
	}
	return entries, refused, nil
}

// separator is the one that the first line has most of.
func separator(raw []byte) rune {
	first, _, _ := bytes.Cut(raw, []byte{'\n'})
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(first, []byte(string(c))) > bytes.Count(first, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func column(head, names []string) int {
	return slices.IndexFunc(head, func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
}

var (
	errNoCode  = errors.New("ce n'est pas un code CPV")
	errNoDigit = errors.New("le code n'a pas sa clé de contrôle")
	errNoLabel = errors.New("le code n'a pas de libellé français")
)

// entry reads one line. The check digit is taken as printed: the file is what makes
// it known.
func entry(row []string, codeAt, labelAt int) (cpv.Entry, error) {
	if codeAt >= len(row) || labelAt >= len(row) {
		return cpv.Entry{}, errNoCode
	}
	code, ok := refdata.NormaliseCPV(row[codeAt])
	if !ok {
		return cpv.Entry{}, errNoCode
	}
	_, digit, _ := strings.Cut(row[codeAt], "-")
	if digit = strings.TrimSpace(digit); len(digit) != 1 {
		return cpv.Entry{}, errNoDigit
	}
	label := strings.TrimRight(scrub.Line(row[labelAt]), ".")
	if label == "" {
		return cpv.Entry{}, errNoLabel
	}
	return cpv.Entry{Code: code, CheckDigit: digit, Label: label}, nil
}
