package ted

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

// legacy is the document in which the Journal published the standard forms of 2014.
const legacy = "TED_EXPORT"

// formKinds are the standard forms by their number. Those of social services and of
// concessions for them say themselves which kind of notice they are.
var formKinds = map[string]notice.Kind{
	"f01": notice.Prior, "f02": notice.Contract, "f03": notice.Award, "f04": notice.Prior, "f05": notice.Contract, "f06": notice.Award,
	"f07": notice.Contract, "f08": notice.Other, "f12": notice.Contract, "f13": notice.Award, "f14": notice.Corrigendum, "f15": notice.VEA,
	"f16": notice.Prior, "f17": notice.Contract, "f18": notice.Award, "f19": notice.Contract, "f20": notice.Amendment, "f24": notice.Contract, "f25": notice.Award,
}

// documentTypes are what the Journal's own index says of those forms.
var documentTypes = map[string]notice.Kind{
	"0": notice.Prior, "M": notice.Prior, "P": notice.Prior, "3": notice.Contract, "A": notice.Contract, "5": notice.Contract, "9": notice.Contract, "D": notice.Contract,
	"G": notice.Contract, "H": notice.Contract, "Q": notice.Contract, "7": notice.Award, "R": notice.Award, "V": notice.VEA, "2": notice.Corrigendum, "K": notice.Amendment,
}

// natures are the Journal's codes of what is bought.
var natures = map[string]refdata.Category{"1": refdata.Works, "2": refdata.Supplies, "4": refdata.Services}

// procedures are the elements by which the forms tick the procedure.
var procedures = []struct {
	element string
	kind    refdata.ProcedureType
}{
	{"ptopen", refdata.Open}, {"ptrestricted", refdata.Restricted}, {"ptcompetitivenegotiation", refdata.Negotiated}, {"ptnegotiatedwithpriorcall", refdata.Negotiated},
	{"ptcompetitivedialogue", refdata.CompetitiveDialogue}, {"ptinnovationpartnership", refdata.InnovationPartnership}, {"ptawardcontractwithoutcall", refdata.Direct},
	{"ptnegotiatedwithoutpublication", refdata.Direct},
}

// export reads a document of 2014 to 2023.
func (d *document) export(root any) error {
	coded := tree.FirstOf(tree.At(root, "codeddatasection"))
	body, name := original(tree.FirstOf(tree.At(root, "formsection")))
	country := tree.First(coded, "noticedata.isocountry.@value")
	if scrub.Token(country) == "" {
		country = tree.First(body, "contractingbody.addresscontractingbody.country.@value")
	}
	if scrub.Token(country) == "" {
		country = form.CountryOfNUTS(scrub.Token(tree.First(body, "contractingbody.addresscontractingbody.nuts.@code")))
	}
	if err := ofFrance(country, tree.First(root, "@docid"), tree.First(coded, "noticedata.nodocojs")); err != nil {
		return err
	}
	if err := d.identify(tree.First(root, "@docid"), tree.First(coded, "noticedata.nodococojs"), tree.First(coded, "noticedata.nodocojs")); err != nil {
		return err
	}
	d.link(tree.First(body, "complementaryinfo.noticenumberoj"), tree.First(body, "procedure.noticenumberoj"))
	for _, v := range tree.At(coded, "noticedata", "refnotice", "nodocojs") {
		d.link(tree.Text(v))
	}
	object := tree.FirstOf(tree.At(body, "objectcontract"))
	if err := d.entitle(prose(object, "title"), prose(object, "shortdescr"), frenchTitle(root)); err != nil {
		return err
	}
	d.describe(prose(object, "shortdescr"))
	d.publish(tree.First(coded, "refojs.datepub"))
	d.out.Reference = scrub.Token(tree.First(object, "referencenumber"))
	d.classify(name, body, coded)
	d.exportBuyer(body, coded)
	d.exportLots(object)
	for _, codes := range [][]any{tree.At(object, "cpvmain"), tree.At(coded, "noticedata", "originalcpv"), tree.Find(object, "cpvcode")} {
		for _, c := range codes {
			d.code(tree.First(c, "@code", "cpvcode.@code"))
		}
	}
	d.out.Detail = notice.Detail{Family: "JOUE", Awards: exportAwards(body), Corrections: exportCorrections(body)}
	if d.out.Kind == notice.Award {
		d.exportUnawarded(body)
	}
	d.exportFacts(body)
	if body == nil {
		d.out.Detail.Unread = append(d.out.Detail.Unread, "FORM_SECTION")
	}
	if !form.Awaits(d.out.Kind) {
		d.close("", "", false)
		return nil
	}
	raw, field := exportDeadline(body, coded)
	if raw == "" {
		if raw, field = d.correctedDeadline(), "CHANGES"; raw == "" {
			field = ""
		}
	}
	d.close(raw, field, false)
	return nil
}

// correctedDeadline is the new deadline among the corrections, or what they say of it that
// cannot be read.
func (d *document) correctedDeadline() string {
	raw, unread := form.CorrectedDeadline(d.out.Detail.Corrections)
	if raw == "" {
		return unread
	}
	return raw
}

// original is the form in its own language, French where there are several, and its
// name: F02_2014 gives "f02".
func original(section any) (body any, name string) {
	o, _ := section.(tree.Object)
	for _, f := range o {
		for _, v := range tree.Each(f.Value) {
			if len(f.Name) < 3 || f.Name[0] != 'f' && !strings.HasPrefix(f.Name, "move") {
				continue
			}
			better := body == nil || tree.First(v, "@lg") == "FR" && tree.First(body, "@lg") != "FR"
			if better {
				body, name = v, f.Name[:3]
			}
		}
	}
	return body, name
}

// prose is a text made of paragraphs.
func prose(v any, path string) string {
	var lines []string
	for _, box := range tree.At(v, path) {
		if text := tree.Text(box); text != "" {
			lines = append(lines, text)
		}
		for _, p := range tree.At(box, "p") {
			lines = append(lines, tree.Text(p))
		}
		if len(lines) > 0 {
			break
		}
	}
	return strings.Join(lines, "\n")
}

// frenchTitle is the Journal's own title of the notice.
func frenchTitle(root any) string {
	for _, title := range tree.At(root, "translationsection", "mltitles", "mltidoc") {
		if tree.First(title, "@lg") == "FR" {
			return prose(title, "titext")
		}
	}
	return ""
}

func (d *document) classify(name string, body, coded any) {
	code := strings.ToUpper(tree.First(coded, "codifdata.tddocumenttype.@code"))
	var known bool
	if d.out.Kind, known = formKinds[name]; !known {
		if d.out.Kind, known = documentTypes[code]; !known {
			d.out.Kind = notice.Other
		}
	}
	if code == "A" { // a prior information notice that is itself the call
		d.out.Kind = notice.Contract
	}
	d.out.Category = natures[tree.First(coded, "codifdata.nccontractnature.@code")]
	for _, p := range procedures {
		if tree.Has(tree.FirstOf(tree.At(body, "procedure")), p.element) {
			d.out.Procedure = p.kind
			return
		}
	}
	if name == "f12" && tree.First(coded, "codifdata.prproc.@code") == "1" {
		d.out.Procedure = refdata.OpenContest
	}
}

func (d *document) exportBuyer(body, coded any) {
	address := tree.FirstOf(tree.At(body, "contractingbody", "addresscontractingbody"))
	d.out.Buyer = notice.BuyerRecord{
		Name: scrub.Line(tree.First(address, "officialname")), SIRET: scrub.Token(tree.First(address, "nationalid")),
		Postcode: scrub.Token(tree.First(address, "postalcode")), City: scrub.Token(tree.First(address, "town")),
	}
	var performed [][]string
	for _, field := range []string{"performancenuts", "originalnuts"} {
		for _, v := range tree.At(coded, "noticedata", field) {
			if place := refdata.DepartmentsOfNUTS(tree.First(v, "@code")); place != nil {
				performed = append(performed, place)
			}
		}
	}
	buyer := tree.First(address, "nuts.@code")
	if buyer == "" {
		buyer = tree.First(coded, "noticedata.cacenuts.@code")
	}
	d.locate(buyer, performed...)
}

// exportLots reads the descriptions of the contract's parts. A contract that is not
// divided has one, which adds to what it says of itself.
func (d *document) exportLots(object any) {
	parts := tree.At(object, "objectdescr")
	divided := tree.Has(object, "lotdivision") || len(parts) > 1
	for _, part := range parts {
		lot, ok := form.Entitle(notice.Lot{
			Number: scrub.Token(tree.First(part, "lotno")), Title: scrub.Short(prose(part, "title")), Description: scrub.Paragraphs(prose(part, "shortdescr")),
		})
		for _, c := range tree.Find(part, "cpvcode") {
			if code, known := refdata.NormaliseCPV(tree.First(c, "@code")); known && !slices.Contains(lot.CPV, code) {
				lot.CPV = append(lot.CPV, code)
			}
		}
		switch {
		case !ok:
		case divided:
			if lot.Number == "" {
				lot.Number = scrub.Token(tree.First(part, "@item"))
			}
			d.out.Lots = append(d.out.Lots, lot)
		default:
			if lot.Description == "" {
				lot.Description = lot.Title // Entitle made it of the description
			}
			if !strings.Contains(d.out.Title+"\n"+d.out.Description, lot.Description) {
				d.out.Description = strings.TrimSpace(d.out.Description + "\n\n" + lot.Description)
			}
		}
	}
}

// exportDeadline is what the form says, else the Journal's index.
func exportDeadline(body, coded any) (raw, field string) {
	procedure := tree.FirstOf(tree.At(body, "procedure"))
	if date := scrub.Token(tree.First(procedure, "datereceipttenders")); date != "" {
		if hour := scrub.Token(tree.First(procedure, "timereceipttenders")); hour != "" {
			date += " " + hour
		}
		return date, "DATE_RECEIPT_TENDERS"
	}
	return tree.First(coded, "codifdata.dtdateforsubmission"), "DT_DATE_FOR_SUBMISSION"
}

// results are what a form says became of each lot, or of the contest.
func results(body any) []any {
	return append(tree.At(body, "awardcontract"), tree.At(body, "results")...)
}

func resultLot(part any) string {
	return form.LotLabel(tree.First(part, "lotno"), prose(part, "title"))
}

// exportUnawarded reads the lots that nobody was given.
func (d *document) exportUnawarded(body any) {
	var given []string
	for _, part := range results(body) {
		if why := form.GivenUp(part); why != "" {
			d.out.Detail.Unawarded = append(d.out.Detail.Unawarded, notice.UnawardedLot{Lot: resultLot(part), Why: why})
		} else if tree.Has(part, "awardedcontract", "awardedprize") {
			given = append(given, resultLot(part))
		}
	}
	if len(d.out.Detail.Unawarded) > 0 {
		d.out.Detail.Awards = form.AddChosen(d.out.Detail.Awards, given)
		d.out.Detail.Unawarded = form.OnlyResult(d.out.Detail.Unawarded, d.out.Detail.Awards)
	}
}

// exportAwards reads the contracts that were awarded. Holders of one contract hold
// it together.
func exportAwards(body any) (lines []notice.AwardLine) {
	for _, part := range results(body) {
		lot := resultLot(part)
		for _, awarded := range append(tree.At(part, "awardedcontract"), tree.At(part, "awardedprize")...) {
			line := notice.AwardLine{Lot: lot, On: form.Day(tree.First(awarded, "dateconclusioncontract", "datedecisionjury"))}
			var names []string
			for _, box := range tree.Find(awarded, "addresscontractor", "addresswinner") {
				if name := scrub.Line(tree.First(box, "officialname")); name != "" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			if line.Holder = strings.Join(names, " / "); line.Holder == "" {
				continue
			}
			for _, value := range tree.Find(awarded, "valtotal", "valprize") {
				if line.AmountCent, line.Currency = form.Amount(tree.Text(value), tree.First(value, "@currency")); line.AmountCent > 0 {
					break
				}
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// exportCorrections reads form 14: what stands where, and what is to be read there.
func exportCorrections(body any) (lines []notice.Correction) {
	side := func(v any) string {
		if date := scrub.Token(tree.First(v, "date")); date != "" {
			m, ok := form.ReadMoment(strings.TrimSpace(date + " " + scrub.Token(tree.First(v, "time"))))
			if ok {
				return m.Show()
			}
		}
		return scrub.Paragraphs(prose(v, "text"))
	}
	for _, change := range tree.At(body, "changes", "change") {
		line := notice.Correction{Section: scrub.Line(tree.First(change, "where.section"))}
		if label := scrub.Line(tree.First(change, "where.label")); label != "" {
			line.Section = strings.TrimSpace(line.Section + " " + label)
		}
		if lot := scrub.Line(tree.First(change, "where.lotno")); lot != "" { // what is said of a lot is not said of all
			line.Section = strings.TrimSpace(line.Section + " Lot " + lot)
		}
		line.Old, line.New = side(tree.FirstOf(tree.At(change, "oldvalue"))), side(tree.FirstOf(tree.At(change, "newvalue")))
		lines = append(lines, line)
	}
	return lines
}
