package ted_test

import (
	"strings"
	"testing"
)

func TestTheCountryOfABuyer(t *testing.T) {
	call, old := string(fixtures(t)["testdata/call.xml"]), string(fixtures(t)["testdata/form03.xml"])
	const country = "<cac:Country><cbc:IdentificationCode>FRA</cbc:IdentificationCode></cac:Country>"
	const nuts = "<cbc:CountrySubentityCode>FRF11</cbc:CountrySubentityCode>"
	const buyer = `<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID>`
	const organisation = "<efac:Organization><efac:Company><cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID>"
	other := func(code string) string {
		return "<efac:Organization><efac:Company><cac:PartyIdentification><cbc:ID>ORG-0009</cbc:ID></cac:PartyIdentification><cac:PostalAddress><cac:Country><cbc:IdentificationCode>" +
			code + "</cbc:IdentificationCode></cac:Country></cac:PostalAddress></efac:Company></efac:Organization>" + organisation
	}
	const second = `</cac:PartyIdentification></cac:Party></cac:ContractingParty><cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>ORG-0009</cbc:ID>`
	const isoCountry, address = `<ISO_COUNTRY VALUE="FR"/>`, `<POSTAL_CODE>97299</POSTAL_CODE><n2016:NUTS CODE="FRY20"/>`
	for name, c := range map[string]struct {
		document string
		want     string // read, elsewhere or refused
	}{
		"its own":                         {call, "read"},
		"its territory":                   {strings.Replace(call, country, "", 1), "read"},
		"a territory elsewhere":           {strings.NewReplacer(country, "", nuts, "<cbc:CountrySubentityCode>ES300</cbc:CountrySubentityCode>").Replace(call), "elsewhere"},
		"nothing":                         {strings.NewReplacer(country, "", nuts, "").Replace(call), "refused"},
		"a buyer that is nowhere":         {strings.Replace(call, buyer, strings.Replace(buyer, "0001", "0077", 1), 1), "refused"},
		"another buyer's":                 {strings.NewReplacer(country, "", nuts, "", organisation, other("FRA"), buyer, buyer+second).Replace(call), "read"},
		"another buyer's, elsewhere":      {strings.NewReplacer(country, "", nuts, "", organisation, other("BEL"), buyer, buyer+second).Replace(call), "elsewhere"},
		"a service of the buyer":          {strings.NewReplacer(organisation, "<efac:Organization><efac:TouchPoint><cac:PartyIdentification><cbc:ID>TPO-0001</cbc:ID></cac:PartyIdentification></efac:TouchPoint>"+strings.TrimPrefix(organisation, "<efac:Organization>"), buyer, strings.Replace(buyer, "ORG-0001", "TPO-0001", 1)).Replace(call), "read"},
		"old form":                        {old, "read"},
		"old form, of the buyer":          {strings.NewReplacer(isoCountry, "", address, address+`<COUNTRY VALUE="FR"/>`).Replace(old), "read"},
		"old form, the buyer's territory": {strings.Replace(old, isoCountry, "", 1), "read"},
		"old form, elsewhere":             {strings.NewReplacer(isoCountry, "", address, `<COUNTRY VALUE="DE"/>`).Replace(old), "elsewhere"},
		"old form, nothing":               {strings.NewReplacer(isoCountry, "", address, "").Replace(old), "refused"},
	} {
		got := "elsewhere"
		all := read(t, "", []byte(c.document))
		switch {
		case len(all) == 1 && all[0].Refusal != nil:
			got = "refused"
			if r := all[0].Refusal; !strings.Contains(r.Reason, "de quel pays") || r.SourceID == "" || r.Ends {
				t.Errorf("%s: %+v", name, r)
			}
		case len(all) == 1:
			got = "read"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestAResultKeepsNoDeadline has a result and a cancellation repeat when their call was open.
func TestAResultKeepsNoDeadline(t *testing.T) {
	award, call := string(fixtures(t)["testdata/award.xml"]), string(fixtures(t)["testdata/call.xml"])
	const period = `<cac:TenderingProcess><cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>2026-12-05+01:00</cbc:EndDate><cbc:EndTime>12:00:00+01:00</cbc:EndTime></cac:TenderSubmissionDeadlinePeriod>` +
		`<cac:AdditionalInformationRequestPeriod><cbc:EndDate>2026-12-01+01:00</cbc:EndDate></cac:AdditionalInformationRequestPeriod></cac:TenderingProcess>`
	open := read(t, "", []byte(call))
	if len(open) != 1 || open[0].Record.Deadline.IsZero() {
		t.Fatalf("the call has no deadline: %+v", open)
	}
	got := read(t, "", []byte(strings.Replace(award, "</ContractAwardNotice>", period+"</ContractAwardNotice>", 1)))
	if len(got) != 1 || got[0].Record == nil || !got[0].Record.Deadline.IsZero() || !got[0].Record.QuestionsUntil.IsZero() || got[0].Record.DeadlineRaw != "" {
		t.Errorf("%+v", got)
	}
}
