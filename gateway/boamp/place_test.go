package boamp

import (
	"strings"
	"testing"

	"parvis/procurement/notice"
)

// performed is a European form whose contract is performed there, and whose buyer's
// organisation is number 1.
func performed(buyer m, places ...m) m {
	project := []m{}
	for _, place := range places {
		project = append(project, m{"cac:Address": place})
	}
	return m{"EFORMS": m{"ContractNotice": m{
		"cac:ContractingParty":   m{"cac:Party": m{"cac:PartyIdentification": m{"cbc:ID": "ORG-0001"}}},
		"ext:UBLExtensions":      m{"efac:Organizations": m{"efac:Organization": m{"efac:Company": buyer}}},
		"cac:ProcurementProject": m{"cac:RealizedLocation": project},
	}}}
}

func organisation(name, siret, postcode string) m {
	return m{"cac:PartyIdentification": m{"cbc:ID": "ORG-0001"}, "cac:PartyName": m{"cbc:Name": name}, "cac:PartyLegalEntity": m{"cbc:CompanyID": siret},
		"cac:PostalAddress": m{"cbc:PostalZone": postcode, "cac:Country": m{"cbc:IdentificationCode": "FRA"}}}
}

func country(code string) m {
	return m{"cbc:IdentificationCode": m{"@listName": "country", "#text": code}}
}

func TestPlacesBeyondThoseListed(t *testing.T) {
	const (
		france    = "101 departments"
		aquitaine = "16 17 19 23 24 33 40 47 64 79 86 87"
	)
	city := organisation("Ville de Rive", "", "67000")
	for name, c := range map[string]struct {
		fields m
		want   string
	}{
		// the Collectivité européenne d'Alsace, as three real notices have it
		"Alsace, by name":              {m{"nomacheteur": "Collectivité européenne d'Alsace", "code_departement": []string{"67"}, "x_acheteur": m{"cp": "67964"}}, "67 68"},
		"Alsace, listed by the other":  {m{"nomacheteur": "COLLECTIVITE EUROPEENNE D'ALSACE", "code_departement": []string{"68"}}, "68 67"},
		"Alsace, nothing listed":       {m{"nomacheteur": "Collectivité européenne d'Alsace"}, "67 68"},
		"Alsace, by number":            {m{"nomacheteur": "Direction des routes", "code_departement": []string{"67"}, "x_acheteur": m{"siret": "20009433200018"}}, "67 68"},
		"Alsace, works in one of both": {m{"code_departement": []string{"68"}, "donnees": performed(organisation("Collectivité européenne d'Alsace", "", "67964"), m{"cbc:CountrySubentityCode": "FRF12"})}, "68 67"},
		"who is called CEA":            {m{"nomacheteur": "CEA", "code_departement": []string{"91"}}, "91"},
		// regions
		"a region that lists its seat":        {m{"nomacheteur": "Région Nouvelle Aquitaine", "code_departement": []string{"33"}, "x_acheteur": m{"cp": "33077"}}, "33 " + strings.Replace(aquitaine, "33 ", "", 1)},
		"a region that lists where works are": {m{"nomacheteur": "Région Nouvelle Aquitaine", "code_departement": []string{"16"}, "x_acheteur": m{"cp": "33077"}}, "16"},
		"the seat and the works":              {m{"nomacheteur": "REGION GRAND EST", "code_departement": []string{"51", "10"}, "x_acheteur": m{"cp": "51037"}}, "51 10"},
		"one department, seat unknown":        {m{"nomacheteur": "Région Bretagne", "code_departement": []string{"35"}}, "35 22 29 56"},
		"two departments, seat unknown":       {m{"nomacheteur": "Région Bretagne", "code_departement": []string{"35", "22"}}, "35 22"},
		"a region that lists nothing":         {m{"nomacheteur": "Région Bretagne", "x_acheteur": m{"cp": "35711"}}, "22 29 35 56"},
		"a region overseas":                   {m{"nomacheteur": "Région Guadeloupe", "code_departement": []string{"971"}}, "971"},
		"a region, all its departments":       {m{"nomacheteur": "Région Bretagne", "code_departement": []string{"35", "22", "29", "56"}, "x_acheteur": m{"cp": "35711"}}, "35 22 29 56"},
		"the prefect of a region":             {m{"nomacheteur": "Préfecture région Bretagne", "code_departement": []string{"35"}, "x_acheteur": m{"cp": "35000"}}, "35"},
		"a lycée of the seat's department": {m{"nomacheteur": "Région Nouvelle Aquitaine", "code_departement": []string{"33"}, "x_acheteur": m{"cp": "33077"},
			"donnees": m{"OBJET": m{"LIEU_EXEC_LIVR": m{"CP": "33500", "CODE_NUTS": "FR6"}}}}, "33"},
		"works by the territory's code": {m{"nomacheteur": "Région Nouvelle Aquitaine", "code_departement": []string{"33"}, "x_acheteur": m{"cp": "33077"},
			"donnees": m{"OBJET": m{"LIEU_EXEC_LIVR": m{"CODE_NUTS": "FR612"}}}}, "33"},
		"works in the whole region": {m{"nomacheteur": "Région Bretagne", "code_departement": []string{"35"}, "x_acheteur": m{"cp": "35711"},
			"donnees": m{"OBJET": m{"LIEU_EXEC_LIVR": m{"CODE_NUTS": "FR52"}}}}, "35 22 29 56"},
		"works by an address": {m{"nomacheteur": "Région Bretagne", "code_departement": []string{"35"}, "x_acheteur": m{"cp": "35711"},
			"donnees": m{"FNSimple": m{"initial": m{"natureMarche": m{"lieuExecution": "Lycée Chaptal, 35000 Rennes"}}}}}, "35"},
		"a European form, in one department": {m{"code_departement": []string{"33"}, "donnees": performed(organisation("Région Nouvelle-Aquitaine", "200 053 759 00011", "33077"), m{"cbc:CountrySubentityCode": "FRI12"})}, "33"},
		"a European form, in the region":     {m{"code_departement": []string{"35"}, "donnees": performed(organisation("Région Bretagne", "23350001600040", "35711"), m{"cbc:CountrySubentityCode": "FRH"})}, "35 22 29 56"},
		// above the department
		"a region by its code":     {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:CountrySubentityCode": m{"@listName": "nuts-lvl3", "#text": "FRF1"}})}, "67 68"},
		"two places":               {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:CountrySubentityCode": "FRY10"}, m{"cbc:CountrySubentityCode": "FRM"})}, "67 971 2A 2B"},
		"the country":              {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:CountrySubentityCode": "FR"})}, france},
		"the country's other code": {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:CountrySubentityCode": "FRA"})}, france},
		"anywhere in the country":  {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:Region": "anyw-cou", "cac:Country": country("FRA")})}, france},
		"anywhere in an island":    {m{"code_departement": []string{"988"}, "donnees": performed(city, m{"cbc:Region": "anyw-cou", "cac:Country": country("NCL")})}, "988"},
		"anywhere in Spain":        {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cbc:Region": "anyw-cou", "cac:Country": country("ESP")})}, "67"},
		"anywhere in the world":    {m{"donnees": performed(city, m{"cbc:Region": "anyw"})}, france},
		"anywhere in Europe":       {m{"donnees": performed(city, m{"cbc:Region": "anyw-eea"})}, france},
		"an island by its country": {m{"donnees": performed(city, m{"cac:Country": country("PYF")})}, "987"},
		"a postcode":               {m{"donnees": performed(city, m{"cbc:PostalZone": "68000", "cac:Country": country("FRA")})}, "68"},
		"a postcode elsewhere":     {m{"donnees": performed(city, m{"cbc:PostalZone": "68000", "cac:Country": country("DEU")})}, ""},
		"a country alone":          {m{"code_departement": []string{"67"}, "donnees": performed(city, m{"cac:Country": country("FRA")})}, "67"},
		"another country's code":   {m{"donnees": performed(city, m{"cbc:CountrySubentityCode": "DEA11", "cac:Country": country("DEU")})}, ""},
		// the gazette's own forms list their departments: a code that is a lazy one adds none
		"a coarse code of before 2018": {m{"code_departement": []string{"44"}, "donnees": m{"OBJET": m{"LIEU_EXEC_LIVR": m{"CP": "44860", "CODE_NUTS": "FR5"}}}}, "44"},
	} {
		n := parse(t, c.fields)
		got := strings.Join(n.Departments, " ")
		if c.want == france {
			var places notice.Places
			for _, d := range n.Departments {
				places.Add(d)
			}
			if len(n.Departments) != 101 || !places.National() {
				t.Errorf("%s: %s", name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What is added for the whole country or a region does not move the hour.
func TestAddedPlacesDoNotSetTheClock(t *testing.T) {
	form := performed(organisation("Agence", "", ""), m{"cbc:Region": "anyw"})
	form["EFORMS"].(m)["ContractNotice"].(m)["cac:TenderingProcess"] = m{"cac:TenderSubmissionDeadlinePeriod": m{"cbc:EndDate": "2026-12-01+01:00", "cbc:EndTime": "12:00:00+01:00"}}
	n := parse(t, m{"donnees": form})
	if n.TimeZone != "Europe/Paris" || n.DeadlineDoubtful || n.Deadline.IsZero() || len(n.Departments) != 101 {
		t.Errorf("%s, doubtful %v, %s, %d departments", n.TimeZone, n.DeadlineDoubtful, n.DeadlineRaw, len(n.Departments))
	}
}
