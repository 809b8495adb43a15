package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"parvis/kit/db"
	"parvis/procurement/access"
)

// The tests of the files abuse_*_test.go are the rows of docs/abus.md that only the
// whole program can be asked about; the others are in the rooms.

// eachPlatform runs a test on a running program, with each database.
func eachPlatform(t *testing.T, f func(t *testing.T, v *village)) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { f(t, &village{platform: start(t, dialect), t: t}) })
	}
}

// send posts a form as somebody, nobody when c is nil. Headers come in pairs.
func (v *village) send(c *caller, path string, form url.Values, headers ...string) got {
	v.t.Helper()
	if c == nil {
		c = &caller{name: "visitor"}
	}
	return v.ask(c, http.MethodPost, path, strings.NewReader(form.Encode()), headers...)
}

// from is the header of somebody behind a proxy of this machine.
func from(network int) []string {
	return []string{"X-Forwarded-For", fmt.Sprintf("203.0.%d.7", network)}
}

func signUpForm(address string) url.Values {
	return url.Values{"siret": {mullerSIRET}, "entreprise": {"Menuiserie Muller"}, "nom": {"Odile Muller"}, "adresse": {address}}
}

func watchForm(name string, recipients ...string) url.Values {
	return url.Values{"nom": {name}, "mots_cles": {"menuiserie"}, "mode": {"any"}, "rythme": {"immediate"}, "heure": {"7"}, "alerte": {"oui"}, "destinataire": recipients}
}

// count counts rows.
func (v *village) count(query string, args ...any) (n int) {
	v.t.Helper()
	if err := v.DB.Read(v.t.Context(), func(tx *db.Tx) error { return tx.One(&n, "SELECT count(*) FROM "+query, args...) }); err != nil {
		v.t.Fatal(err)
	}
	return n
}

// quiet waits until every job is done and every mail has left.
func (v *village) quiet() {
	v.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if v.count("river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')")+v.count("outbox WHERE state IN ('pending', 'sending')") == 0 {
			return
		}
		if time.Now().After(end) {
			v.t.Fatal("the work does not end")
		}
	}
}

// received lists the subjects that an address has received.
func (v *village) received(address string) (subjects []string) {
	for _, m := range v.box.Messages() {
		if m.To[0] == address {
			subjects = append(subjects, m.Subject)
		}
	}
	return subjects
}

// traps are texts that end a header line, and addresses that are none.
var (
	injections = []string{"Odile\r\nBcc: x@y.example", "Odile\nBcc: x@y.example", "Odile\rX: y", "Odile\x00", "Odile\u2028Bcc: x"}
	noAddress  = []string{"a@b.example\r\nBcc: x@y.example", `"a b"@x.example`, "a@[127.0.0.1]", "Nom <a@b.example>", strings.Repeat("a", 300) + "@b.example", "a@localhost", "a%b@c.example"}
)

func TestAbuse15And17NothingTypedBecomesAHeaderOrAnotherAddress(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		odile := &caller{"admin", v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")}
		v.quiet()
		before := len(v.box.Messages())
		refuses := func(what string, g got) {
			t.Helper()
			if g.status != http.StatusUnprocessableEntity || !strings.Contains(g.body, "corrections") && !strings.Contains(g.body, "correction") {
				t.Errorf("%s: %d, want the form again\n%s", what, g.status, cut(g.body))
			}
		}
		for _, typed := range injections {
			for _, field := range []string{"nom", "entreprise"} {
				form := signUpForm("odile@exemple.example")
				form.Set(field, typed)
				refuses(fmt.Sprintf("15: %s %q", field, typed), v.send(nil, "/inscription", form))
			}
			// What is pasted as a watch's name is made one line.
			if g := v.send(odile, "/entreprise/veilles", watchForm(typed)); g.status >= 500 {
				t.Errorf("15: watch %q: %d", typed, g.status)
			}
		}
		for _, typed := range noAddress {
			refuses(fmt.Sprintf("17: %.40q signs up", typed), v.send(nil, "/inscription", signUpForm(typed)))
			refuses(fmt.Sprintf("17: %.40q is a recipient", typed), v.send(odile, "/entreprise/veilles", watchForm("Bois", typed)))
			// A forgotten password says nothing of what was typed.
			if g := v.send(nil, "/mot-de-passe-oublie", url.Values{"identifiant": {typed}}); g.status != http.StatusOK {
				t.Errorf("17: %.40q forgot: %d", typed, g.status)
			}
		}
		v.quiet()
		if n := len(v.box.Messages()); n != before || v.count("sign_up WHERE used_at IS NULL")+v.count("watch_recipient WHERE NOT main") != 0 {
			t.Errorf("%d mails more, or rows are left", n-before)
		}
		list, err := v.Watches.List(t.Context(), odile.Actor)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range list {
			if strings.ContainsFunc(w.Name, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' }) {
				t.Errorf("15: a watch is called %q", w.Name)
			}
		}
	})
}

func TestAbuse20AVictimReceivesFiveMailsADayWhateverTheForm(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		const victim = "victime@exemple.example"
		odile := &caller{"admin", v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")}
		claire := &caller{"stranger", v.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")}
		var pages [3]string // what each form answered first
		for i := range 4 {
			for n, ask := range []func() got{
				func() got { return v.send(nil, "/inscription", signUpForm(victim), from(i)...) },
				func() got {
					return v.send(nil, "/mot-de-passe-oublie", url.Values{"identifiant": {victim}}, from(i)...)
				},
				func() got {
					return v.send([]*caller{odile, claire}[i%2], "/entreprise/veilles", watchForm(fmt.Sprint("Veille n° ", i), victim))
				},
			} {
				g := ask()
				said := fmt.Sprint(g.status, g.header.Get("Location"), g.body)
				if pages[n] == "" {
					pages[n] = said
				} else if pages[n] != said {
					t.Errorf("form %d, time %d, answers otherwise: %s", n, i+1, said)
				}
			}
		}
		v.quiet()
		// Nobody here has that address: forgotten passwords, which count, send nothing.
		got := v.received(victim)
		if len(got) == 0 || len(got) > 5 {
			t.Errorf("%d mails: %q", len(got), got)
		}
		if n := v.count("solicitation WHERE who IN (SELECT who FROM solicitation GROUP BY who HAVING count(*) > 5)"); n != 7 {
			t.Errorf("%d requests of twelve were withheld, want 7", n)
		}
		for _, m := range v.box.Messages() {
			if m.To[0] == victim && strings.Contains(m.Text+m.Subject, "Veille n° ") {
				t.Errorf("a stranger reads what the company typed:\n%s", m.Text)
			}
		}
	})
}

func TestAbuse20ANetworkIsToldToWait(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		for _, path := range []string{"/inscription", "/mot-de-passe-oublie"} {
			ask := func(i, network int) got {
				form := signUpForm(fmt.Sprintf("personne%d@exemple.example", i))
				form.Set("identifiant", fmt.Sprintf("personne%d", i))
				return v.send(nil, path, form, from(network)...)
			}
			var last got
			for i := range 31 {
				if last = ask(i, 1); i < 30 && last.status != http.StatusOK {
					t.Fatalf("%s, request %d: %d", path, i+1, last.status)
				}
			}
			if last.status != http.StatusTooManyRequests || !regexp.MustCompile(`Réessayez dans (60|59|58)\x{a0}minutes`).MatchString(last.body) || !strings.Contains(last.body, "personne30") {
				t.Errorf("%s, one too many: %d\n%s", path, last.status, cut(last.body))
			}
			if g := ask(31, 2); g.status != http.StatusOK {
				t.Errorf("%s: another network: %d", path, g.status)
			}
		}
	})
}

func TestAbuse68GuessesAreSlowedAndSaidSo(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
		guess := func(who string, network int) got {
			return v.send(nil, "/connexion", url.Values{"identifiant": {who}, "mot_de_passe": {"azerty azerty azerty"}}, from(network)...)
		}
		for _, who := range []string{"odile.muller", "personne.du.tout"} { // whoever has an account or not
			var slowed got
			for i := range 30 { // a network for each guess
				if slowed = guess(who, 10+i); slowed.status != http.StatusUnprocessableEntity {
					break
				}
			}
			if slowed.status != http.StatusTooManyRequests || !strings.Contains(slowed.body, "Trop d&#39;essais infructueux. Réessayez dans") {
				t.Errorf("%s: %d\n%s", who, slowed.status, cut(slowed.body))
			}
		}
		told := 0
		for i := range 35 { // one password on many accounts
			if g := guess(fmt.Sprint("quelqu.un", i), 99); g.status == http.StatusTooManyRequests {
				told++
			}
		}
		if told == 0 {
			t.Error("one network tries as many accounts as it wants")
		}
	})
}

func TestAbuse71ASessionThatSomebodyPlantedIsWorthNothing(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		odile := v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
		claire := v.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
		for what, planted := range map[string]string{"invented": strings.Repeat("A", 43), "another's": claire.session} {
			g := v.send(&caller{"planted", person{session: planted}}, "/connexion", url.Values{"identifiant": {odile.login}, "mot_de_passe": {everybodysPassword}})
			cookie, err := http.ParseSetCookie(g.header.Get("Set-Cookie"))
			if err != nil || cookie.Name != "parvis-session" || cookie.Value == planted || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" || cookie.Path != "/" {
				t.Fatalf("%s: %+v (%v)", what, cookie, err)
			}
			if by, err := v.Orgs.ActorOf(t.Context(), planted); err != nil || by.SignedIn() {
				t.Errorf("%s: the token is still good (%v)", what, err)
			}
			if by, err := v.Orgs.ActorOf(t.Context(), cookie.Value); err != nil || by.AccountID != odile.AccountID {
				t.Errorf("%s: the new one opens for %s (%v)", what, by.Name, err)
			}
		}
	})
}

func TestAbuse66WhoIsRemovedIsOutAtOnceAndTheWorkStays(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		odile := &caller{"admin", v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")}
		ursule := &caller{"user", v.join(t, mullerSIRET, "Menuiserie Muller", "Ursule Weber", "ursule.weber")}
		if g := v.send(odile, "/entreprise/utilisateurs/"+ursule.MembershipID+"/accepter", nil); g.status != http.StatusSeeOther {
			t.Fatalf("accepting: %d", g.status)
		}
		if g := v.send(ursule, "/entreprise/veilles", watchForm("Bois")); g.status != http.StatusSeeOther {
			t.Fatalf("creating: %d", g.status)
		}
		list, err := v.Watches.List(t.Context(), odile.Actor)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v (%v)", list, err)
		}
		page := "/entreprise/veilles/" + list[0].ID
		if g := v.ask(ursule, http.MethodGet, page+"/modifier", nil); g.status != http.StatusOK {
			t.Fatalf("her own watch: %d", g.status)
		}
		if g := v.send(odile, "/entreprise/utilisateurs/"+ursule.MembershipID+"/retirer", nil); g.status != http.StatusSeeOther {
			t.Fatalf("removing: %d", g.status)
		}
		edited := watchForm("Volée")
		edited.Set("version", "1")
		for what, g := range map[string]got{"reads": v.ask(ursule, http.MethodGet, page+"/modifier", nil), "saves": v.send(ursule, page, edited)} {
			if g.status != http.StatusNotFound && !g.leadsToSignIn() {
				t.Errorf("whoever was removed %s: %d", what, g.status)
			}
		}
		kept, err := v.Watches.Find(t.Context(), odile.Actor, list[0].ID)
		if err != nil || kept.Name != "Bois" {
			t.Errorf("the company's watch is %+v (%v)", kept, err)
		}
		if by, err := v.Orgs.ActorOf(t.Context(), ursule.session); err != nil || by.SignedIn() && by.Role != access.Newcomer {
			t.Errorf("the session still acts as %s (%v)", by.Role, err)
		}
	})
}
