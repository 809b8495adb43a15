package ted

import (
	"strings"

	"parvis/kit/clock"
	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

// eforms reads a notice in the European form of today.
func (d *document) eforms(e *form.EForms) error {
	buyer := e.Buyer()
	root := e.Root()
	if err := ofFrance(e.Country(), tree.FirstDeep(root, "noticepublicationid"), tree.First(root, "id")); err != nil {
		return err
	}
	id, version := scrub.Token(tree.First(root, "id")), scrub.Token(tree.First(root, "versionid"))
	if err := d.identify(tree.FirstDeep(root, "noticepublicationid"), id); err != nil {
		return err
	}
	for _, name := range []string{id, id + "-" + version} {
		if name = number(name); name != "" && name != d.out.SourceID && id != "" {
			d.out.Aliases = append(d.out.Aliases, name)
		}
	}
	d.link(e.Changes()...)
	if err := d.entitle(e.Title(), e.Description()); err != nil {
		return err
	}
	d.describe(e.Description())
	issued := form.JoinEnd(scrub.Token(tree.First(root, "issuedate")), scrub.Token(tree.First(root, "issuetime")))
	if m, ok := form.ReadMoment(issued); ok && m.HasTime && m.HasOffset {
		d.out.Stamp = clock.At(m.UTC())
	}
	d.publish(tree.FirstDeep(root, "publicationdate"), tree.First(root, "requestedpublicationdate"), issued)
	d.out.Kind = form.KindOfNature(e.Nature())
	d.out.Category, _ = refdata.ParseCategory(e.Category())
	d.out.Procedure, _ = form.ProcedureOf(e.Procedure())
	d.out.Reference = scrub.Token(e.Reference())
	d.out.Buyer = notice.BuyerRecord{Name: buyer.Name, SIRET: buyer.Register, Postcode: buyer.Postcode, City: buyer.City}
	d.locate(buyer.NUTS, e.Places()...)
	d.out.Lots = e.Lots(d.out.Title)
	d.code(form.CPV(root)...)
	d.out.Detail = notice.Detail{Family: "JOUE", Corrections: e.Corrections(), Awards: e.Awards()}
	if d.out.Kind == notice.Award {
		d.out.Detail.Awards, d.out.Detail.Unawarded = e.Unawarded(d.out.Detail.Awards)
	}
	if d.stated {
		facts := &form.Facts{}
		e.Facts(facts)
		d.out.Facts = facts.For(d.out.Lots)
	}
	if d.out.Kind == notice.Cancellation {
		d.out.Detail.CancelReason = e.ChangeReason()
	}
	raw, field := e.Deadline()
	if d.out.Kind != notice.Contract && d.out.Kind != notice.Corrigendum {
		raw = "" // a result repeats when its call was open
	}
	d.close(raw, field, e.DeadlinesDiffer())
	if questions, _ := e.Period("additionalinformationrequestperiod"); questions != "" && form.Awaits(d.out.Kind) {
		if m, ok := form.ReadMoment(questions); ok {
			zone, _ := form.Zone(d.place, d.out.Buyer.Postcode, d.sited)
			d.out.QuestionsUntil, _ = form.WrittenOffset(m, zone)
		}
	}
	if strings.TrimSpace(buyer.Name) == "" {
		d.out.Detail.Unread = append(d.out.Detail.Unread, "ContractingParty")
	}
	return nil
}
