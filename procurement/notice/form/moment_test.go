package form

import (
	"testing"
	"time"
	"unicode/utf8"

	"parvis/kit/clock"
)

func TestDatesWithinATextAreFoundInItsOrder(t *testing.T) {
	for text, want := range map[string][]string{
		"Au lieu du 16/07/2026 à 17h00 au plus tard. Lire 31/07/2026 à 12h00":          {"16/07/2026 17:00", "31/07/2026 12:00"},
		"offres ou demandes de participation : 04/09/2020 à 16 H 00":                   {"04/09/2020 16:00"},
		"avant le 1er septembre 2026 à 9 heures 30, puis le mercredi 2 SEPTEMBRE 2026": {"01/09/2026 09:30", "02/09/2026"},
		"marché n° 12/2026, lot 3/4/5, 31/02/2026 à 12h00, page 45/12/2026":            nil,
		"du 12 / 06 / 2026, 8 h": {"12/06/2026 08:00"},
		"":                       nil,
		"14 aout 2020 - 12:00, 4 fevrier 2027 à 12h, 24 DECEMBRE 2026":                                {"14/08/2020 12:00", "04/02/2027 12:00", "24/12/2026"},
		"le 3 janv. 2027, le 4 févr. 2027 à 9h30, le 4 fev. 2027, le 5 avr. 2027, le 6 juil. 2027":    {"03/01/2027", "04/02/2027 09:30", "04/02/2027", "05/04/2027", "06/07/2027"},
		"le 7 sept. 2027, le 8 oct. 2027, le 9 nov 2027, le 10 déc. 2027, le 11 dec 2027":             {"07/09/2027", "08/10/2027", "09/11/2027", "10/12/2027", "11/12/2027"},
		"Jeudi 30 Juillet 2020 : 12 heures, 22 janvier 2021-23:55, 30 juin 2027 avant midi":           {"30/07/2020 12:00", "22/01/2021 23:55", "30/06/2027 12:00"},
		"le 12/06/2027; 17h30 et le 1er mars 2027 à 9 : 00 puis le 2 mars 2027 3: la suite, 5 mars 2": {"12/06/2027 17:30", "01/03/2027 09:00", "02/03/2027"},
	} {
		var got []string
		for _, m := range FindMoments(text) {
			got = append(got, m.Show())
		}
		if len(got) != len(want) {
			t.Errorf("%q: %q, want %q", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

func TestSectionsThatAreTheDeadline(t *testing.T) {
	for section, want := range map[string]bool{
		"Date limite de réception des offres": true, "Date limite de remise des candidatures": true, "IV.2.2)": true, "IV 2.2": true, "IV. 2.2": true,
		"IV-2-2": true, "IV.2.2 Date limite ": true, "IV.3.4": true, "IV.2.7)": false, "IV.2": false, "II.2.6)": false, "": false,
		"Date jusqu'à laquelle cette annonce doit être sur le site": false, "Remise des offres": true,
		"Date et heure limites de réception des plis": true, "Date limite de réception des questions": false, "Date limite de remise des échantillons": false,
		"Date limite de réception des demandes de participation": true, "Date limite de réception des demandes de renseignements": false,
	} {
		if OfDeadline(section) != want {
			t.Errorf("%q: %t", section, !want)
		}
	}
}

func TestFiguresOfTheOfficialJournal(t *testing.T) {
	for raw, want := range map[string]string{"20170612 16:30": "12/06/2017 16:30", "20170511": "11/05/2017", "20170231": "", "2017061": "", "20170612 24:00": ""} {
		got, ok := ReadMoment(raw)
		if ok != (want != "") || ok && got.Show() != want {
			t.Errorf("%q: %s %t", raw, got.Show(), ok)
		}
	}
}

func FuzzReadMoment(f *testing.F) {
	for _, seed := range []string{
		"2020-01-23T12:00:00+01:00", "23/01/2020 à 12h00", "20170612 16:30", "4 septembre 2020 à 16 H 00", "2026-07-13+01:00", "0000-00-00", "9999-12-31T23:59:59-14:00",
		"le mardi 1er août 2026, 9 heures", "\xff12/12/2026", "14 aout 2020 - 12:00", "4 fevrier 2027 à 12h", "Jeudi 30 Juillet 2020 : 12 heures", "3 déc. 2026 avant midi",
		"la date limite de remise des offres est reportée du 2 juin 2026 au 9 juin 2026 à 12h",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, m := range append(FindMoments(raw), first(ReadMoment(raw))...) {
			if m.Wall.IsZero() || m.Wall.Year() > 9999 || !utf8.ValidString(m.Show()) {
				t.Fatalf("%q is %+v", raw, m)
			}
			if m.HasTime && m.Plain(clock.Paris) {
				if shown := m.In(clock.Paris).In(clock.Paris); shown.Format("2006-01-02 15:04") != m.Wall.Format("2006-01-02 15:04") {
					t.Fatalf("%q is shown as %s", raw, shown.Format(time.RFC3339))
				}
			}
			_ = Possible(m, "2020-01-01")
		}
	})
}

func first(m Moment, ok bool) []Moment {
	if !ok {
		return nil
	}
	return []Moment{m}
}
