package app_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

var update = flag.Bool("update", false, "rewrite docs/acces.md")

// object is what a variable part of an address stands for. A new kind of thing with
// an address of its own is one more line of objects; nothing else is to be changed.
type object struct {
	prefix string                               // of the path, up to and including the variable part
	what   string                               // in French, for docs/acces.md
	whose  string                               // names of the callers for whom it exists: everybody, or some of settle's
	make   func(v *village, o ...string) string // what to write in the address; o is what was written before in the same one
}

// everybody may open what they hold the address of: it is public, or its secret is
// the key.
const everybody = "visitor newcomer user admin stranger"

// objects are all the kinds of things with an address. The longest prefix decides;
// several lines of one prefix are tried in turn.
var objects = []object{
	{"/annonces/{id}", "un avis", everybody, (*village).aNotice},
	{"/inscription/{token}", "un lien d'inscription", everybody, (*village).aSignUp},
	{"/mot-de-passe/{token}", "un lien de mot de passe oublié", everybody, (*village).aReset},
	{"/adresse/confirmation/{token}", "un lien vers une nouvelle adresse", everybody, (*village).aNewAddress},
	{"/adresse/annulation/{token}", "un lien qui rend une ancienne adresse", everybody, (*village).aFormerAddress},
	{"/invitation/{token}", "une invitation à rejoindre un établissement", everybody, (*village).anInvitationLink},
	{"/confirmation/{token}", "une demande de confirmation", everybody, (*village).aRequest},
	{"/adresse-de-secours/{token}", "une demande d'adresse de secours", everybody, (*village).aFallbackLink},
	{"/desabonnement/{token}", "un lien de désabonnement", everybody, (*village).aStop},
	{"/assistance/{chapitre}", "un chapitre de l'assistance", everybody, func(*village, ...string) string { return "veille" }},
	{"/assistance/image/{image}", "une image de l'assistance", everybody, func(*village, ...string) string { return "veille-liste.webp" }},
	{"/flux/atom/{token}", "l'adresse privée d'un flux", everybody, aFeed(feed.Atom)},
	{"/flux/agenda/{token}", "l'adresse privée d'un agenda", everybody, aFeed(feed.Calendar)},
	{"/flux/json/{token}", "l'adresse privée d'un flux JSON", everybody, aFeed(feed.JSON)},
	{"/entreprise/veilles/{id}/webhooks/{hook}", "un webhook d'une veille de l'établissement", "user admin", (*village).aWebhook},
	{"/suivi/{token}", "les marchés d'un message", everybody, (*village).aStop},
	{"/entreprise/veilles/{id}", "une veille de l'établissement", "user admin", (*village).aWatch},
	{"/entreprise/veilles/{id}", "une veille d'une personne non rattachée", "newcomer", (*village).anOwnWatch},
	{"/entreprise/veilles/{id}", "une veille d'un autre établissement", "stranger", (*village).theirWatch},
	{"/entreprise/envois/adresses/{id}", "une adresse en échec d'une veille de l'établissement", "user admin", (*village).aFailing},
	{"/entreprise/envois/adresses/{id}", "une adresse en échec d'une veille d'un autre établissement", "stranger", (*village).theirFailing},
	{"/entreprise/etiquettes/{id}", "un avis", "newcomer user admin stranger", (*village).aNotice},
	{"/entreprise/connexions/{id}", "une connexion d'un administrateur", "admin", (*village).aConnection},
	{"/entreprise/connexions/{id}", "une connexion d'une personne non rattachée", "newcomer", (*village).anOwnConnection},
	{"/entreprise/connexions/navigateurs/{id}", "un navigateur connu d'un utilisateur", "user", (*village).aBrowser},
	{"/entreprise/profil/secours/{id}", "l'adresse de secours demandée", "admin", (*village).aFallback},
	{"/entreprise/utilisateurs/{id}", "une personne de l'établissement", "admin", (*village).aMember},
	{"/entreprise/utilisateurs/{id}", "une demande de rattachement", "admin", (*village).aJoinRequest},
	{"/entreprise/utilisateurs/{id}", "une personne d'un autre établissement", "stranger", (*village).theirMember},
	{"/entreprise/double-authentification/cles/{id}", "une clé d'accès d'un utilisateur", "user", (*village).aPasskey},
	{"/entreprise/utilisateurs/invitations/{id}", "une invitation de l'établissement", "admin", (*village).anInvitation},
	{"/entreprise/rattachements/{id}", "un rattachement d'un utilisateur", "user", (*village).aMember},
	{"/entreprise/rattachements/{id}", "un rattachement en attente", "newcomer", (*village).aJoinRequest},
	{"/entreprise/rattachements/{id}", "un rattachement à un autre établissement", "stranger", (*village).theirMember},
}

// forms is what is sent to the few routes that refuse an empty form before they look
// what it is about.
var forms = map[string]string{"POST /confirmation/{token}": "reponse=non", "POST /adresse-de-secours/{token}": "reponse=non"}

// objectsOf gives what the last variable part of a path may stand for.
func objectsOf(path string) (found []object) {
	for _, o := range objects {
		switch {
		case !strings.HasPrefix(path+"/", o.prefix+"/"):
		case found != nil && len(o.prefix) < len(found[0].prefix):
		case found != nil && len(o.prefix) > len(found[0].prefix):
			found = []object{o}
		default:
			found = append(found, o)
		}
	}
	return found
}

// cases are what a route may be asked about: one empty object when its address is
// fixed. why says what is missing in objects.
func casesOf(r answer.Route) (found []object, why string) {
	_, path, _ := strings.Cut(r.Pattern, " ")
	if !varies(r) {
		return []object{{whose: everybody}}, ""
	}
	last := variable.FindAllStringIndex(path, -1)
	for _, at := range last {
		found = objectsOf(path[:at[1]])
		if len(found) == 0 || found[0].prefix != path[:at[1]] {
			return nil, fmt.Sprintf("%s: nothing says what %s is. Add a line to objects in app/access_test.go:\n\t{%q, \"une chose\", \"user admin\", (*village).aThing}",
				r.Pattern, path[at[0]:at[1]], path[:at[1]])
		}
	}
	return found, ""
}

// outcome is how a request is answered, as far as the right to ask goes.
type outcome string

const (
	opened  outcome = "ouvert"
	signIn  outcome = "connexion" // led to the sign-in page
	refused outcome = "403"
	unknown outcome = "404"
)

// due is what the matrix and the owner of the object say that somebody must get.
func due(r answer.Route, role access.Role, name string, o object) outcome {
	switch {
	case !(access.Actor{Role: role}).May(r.Act) && role == access.Visitor:
		return signIn
	case !(access.Actor{Role: role}).May(r.Act):
		return refused
	case !slices.Contains(strings.Fields(o.whose), name):
		return unknown
	}
	return opened
}

// given is what they got. Some address without a variable part answers 404 by its own
// rule, once the door is open: whoever belongs to nothing has nothing to leave.
func given(g got, r answer.Route) outcome {
	switch {
	case g.status >= http.StatusInternalServerError:
		return outcome(fmt.Sprint(g.status))
	case g.status == http.StatusForbidden:
		return refused
	case g.status == http.StatusNotFound && varies(r):
		return unknown
	case g.leadsToSignIn() && r.Act != access.VisitSite:
		return signIn
	}
	return opened
}

// roles are the callers of settle and what each is, in the order of docs/acces.md.
var roles = []struct {
	name  string
	role  access.Role
	title string
}{
	{"visitor", access.Visitor, "Visiteur"},
	{"newcomer", access.Newcomer, "Personne non rattachée"},
	{"user", access.CompanyUser, "Utilisateur"},
	{"admin", access.CompanyAdmin, "Administrateur"},
	{"stranger", access.CompanyAdmin, "Administrateur d'un autre établissement"},
}

// TestEveryRouteAnswersWhomItShould asks every route of the program, as everybody,
// about every kind of thing that its address may name, and about nothing that exists.
// What each must get comes from the access matrix and from whose the thing is. It
// is abuses 61 and 63 of docs/abus.md.
func TestEveryRouteAnswersWhomItShould(t *testing.T) {
	v := settle(t)
	asked := 0
	for _, route := range v.Site.Routes() {
		found, why := casesOf(route)
		if why != "" {
			t.Error(why)
			continue
		}
		if varies(route) {
			found = append(found, object{what: "nothing", make: func(*village, ...string) string { return unknownID }})
		}
		for _, o := range found {
			for _, as := range roles {
				v.checkRoute(route, o, as.name)
				asked++
			}
		}
	}
	if asked < 150 {
		t.Errorf("only %d requests", asked)
	}
	v.untouched()
}

// checkRoute asks one route as one person, and puts back what was changed.
func (v *village) checkRoute(route answer.Route, o object, name string) {
	v.t.Helper()
	c := v.named(name)
	by := v.renew(c)
	want := due(route, by.Role, name, o)
	method, path := v.address(route, o, want == opened)
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(forms[route.Pattern])
	}
	g := v.ask(c, method, path, body)
	if got := given(g, route); got != want {
		v.t.Errorf("%s: %s (%s): %s, want %s\n%d %s", name, route.Pattern, o.what, got, want, g.status, g.header.Get("Location"))
	}
	if want == unknown && strings.Contains(g.body, "Menuiseries") {
		v.t.Errorf("%s: %s (%s) tells the watch's name", name, route.Pattern, o.what)
	}
	if method == http.MethodGet {
		v.headAgrees(c, path, g)
		return
	}
	v.putBack()
}

// address fills a route. What is sent to a thing of one's own may end it: then it is
// another one each time.
func (v *village) address(route answer.Route, o object, fresh bool) (method, path string) {
	method, pattern, _ := strings.Cut(route.Pattern, " ")
	pattern = strings.TrimSuffix(pattern, "{$}")
	places := variable.FindAllStringIndex(pattern, -1)
	var filled []string
	for i, at := range places {
		this := o
		if i < len(places)-1 {
			this = objectsOf(pattern[:at[1]])[0]
		}
		key := this.prefix + this.what
		if this.make != nil && (v.made[key] == "" || fresh && method != http.MethodGet) {
			v.made[key] = this.make(v, filled...)
		}
		filled = append(filled, v.made[key])
	}
	for i := len(places) - 1; i >= 0; i-- {
		pattern = pattern[:places[i][0]] + filled[i] + pattern[places[i][1]:]
	}
	return method, pattern
}

// headAgrees asks for the head of what was got.
func (v *village) headAgrees(c *caller, path string, g got) {
	v.t.Helper()
	head := v.ask(c, http.MethodHead, path, nil)
	if head.status != g.status || head.body != "" || head.header.Get("Content-Type") != g.header.Get("Content-Type") {
		v.t.Errorf("%s: HEAD %s: %d %s and %d bytes, GET gave %d %s", c.name, path, head.status, head.header.Get("Content-Type"), len(head.body),
			g.status, g.header.Get("Content-Type"))
	}
}

// putBack gives everybody the place that settle gave them.
func (v *village) putBack() {
	v.t.Helper()
	v.write(func(tx *db.Tx) error {
		for i, want := range v.settled {
			if want.MembershipID == "" {
				continue
			}
			role, approved := want.Role, tx.Now
			if role == access.Newcomer {
				role, approved = access.CompanyUser, 0
			}
			v.callers[i].Actor = want
			if _, err := tx.Exec("UPDATE membership SET role = $1, approved_at = $2, ended_at = NULL WHERE id = $3", string(role), approved, want.MembershipID); err != nil {
				return err
			}
		}
		return nil
	})
}

// The things that addresses name.

func (v *village) aNotice(...string) string { return v.noticeID }

func (v *village) aSignUp(...string) string {
	v.letters++
	address := fmt.Sprintf("nouvelle%d@exemple.example", v.letters)
	err := v.Accounts.AskSignUp(v.t.Context(), account.SignUpForm{SIRET: fontaineSIRET, CompanyName: "Propreté des Vosges", Name: "Zoé", Address: address}, account.Visitor{})
	if err != nil {
		v.t.Fatal(err)
	}
	return secretOf(v.t, v.mail(v.t, address, "Terminez votre inscription"), "/inscription/")
}

func (v *village) aReset(...string) string {
	if v.reset == "" {
		if err := v.Accounts.AskReset(v.t.Context(), "ursule.weber", account.Visitor{}); err != nil {
			v.t.Fatal(err)
		}
		v.reset = secretOf(v.t, v.mail(v.t, v.named("user").Address, "Choisissez un nouveau mot de passe"), "/mot-de-passe/")
	}
	return v.reset
}

func (v *village) aRequest(...string) string {
	v.letters++
	address := fmt.Sprintf("destinataire%d@exemple.example", v.letters)
	v.watching("admin", watch.Form{Keywords: "menuiserie", Recipients: []string{address}})
	return secretOf(v.t, v.mail(v.t, address, "Souhaitez-vous recevoir"), "/confirmation/")
}

// aFallbackLink is the other company's, which asks often enough for everybody.
func (v *village) aFallbackLink(...string) string {
	return secretOf(v.t, v.mail(v.t, v.asksMailbox("stranger"), "Adresse de secours"), "/adresse-de-secours/")
}

func (v *village) aFallback(...string) string {
	v.asksMailbox("admin")
	profile, err := v.Profiles.Profile(v.t.Context(), v.named("admin").Actor)
	if err != nil {
		v.t.Fatal(err)
	}
	return profile.Asked.ID
}

// asksMailbox has somebody ask a new mailbox to be their establishment's.
func (v *village) asksMailbox(name string) (address string) {
	v.t.Helper()
	v.letters++
	address = fmt.Sprintf("secours%d@exemple.example", v.letters)
	if err := v.Profiles.AskFallback(v.t.Context(), v.named(name).Actor, address); err != nil {
		v.t.Fatal(err)
	}
	return address
}

func (v *village) aStop(...string) string {
	if v.stop == "" {
		v.watching("stranger", watch.Form{Keywords: "nettoyage", Frequency: "immediate"})
		v.publish(v.t, notice.Record{SourceID: "26-2", Title: "Nettoyage de la mairie", Departments: []string{"88"}})
		v.stop = secretOf(v.t, v.mail(v.t, v.named("stranger").Address, "Nouveau marché"), "/desabonnement/")
	}
	return v.stop
}

// aFeed is the administrator's of a watch of theirs.
func aFeed(f feed.Format) func(*village, ...string) string {
	return func(v *village, _ ...string) string {
		secret, err := v.Feeds.Open(v.t.Context(), v.named("admin").Actor, v.aWatch(), f)
		if err != nil {
			v.t.Fatal(err)
		}
		return secret
	}
}

// aWebhook is one of the watch whose id was written before.
func (v *village) aWebhook(o ...string) string {
	h, err := v.Webhooks.Add(v.t.Context(), v.named("admin").Actor, o[0], "https://outils.exemple.example/parvis")
	if err != nil {
		v.t.Fatal(err)
	}
	return h.ID
}

func (v *village) aWatch(...string) string {
	return v.watching("admin", watch.Form{Keywords: "menuiserie"})
}
func (v *village) anOwnWatch(...string) string {
	return v.watching("newcomer", watch.Form{Keywords: "bois"})
}
func (v *village) theirWatch(...string) string {
	return v.watching("stranger", watch.Form{Keywords: "vitres"})
}

func (v *village) aFailing(...string) string     { return v.failing("admin") }
func (v *village) theirFailing(...string) string { return v.failing("stranger") }

// failing is an address of a new watch of somebody's, that its server has refused.
func (v *village) failing(name string) (id string) {
	v.t.Helper()
	watchID := v.watching(name, watch.Form{Keywords: "vitres", Recipients: []string{fmt.Sprintf("echec%d@exemple.example", v.letters)}})
	v.write(func(tx *db.Tx) error {
		if err := tx.One(&id, "SELECT id FROM watch_recipient WHERE watch_id = $1 AND NOT main", watchID); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = asked_at, failed_at = $1 WHERE id = $2", tx.Now, id)
		return err
	})
	return id
}

func (v *village) aConnection(...string) string     { return v.enters("admin").Sessions[0].ID }
func (v *village) anOwnConnection(...string) string { return v.enters("newcomer").Sessions[0].ID }
func (v *village) aBrowser(...string) string        { return v.enters("user").Devices[0].ID }

// enters opens one more session of somebody, from a new browser: the first of what
// they then see.
func (v *village) enters(name string) account.Connections {
	v.t.Helper()
	in := v.open(v.named(name))
	by, err := v.Orgs.ActorOf(v.t.Context(), in.Session)
	if err != nil {
		v.t.Fatal(err)
	}
	seen, err := v.Accounts.Connections(v.t.Context(), by, in.Session)
	if err != nil || !seen.Sessions[0].Mine || !seen.Devices[0].Mine {
		v.t.Fatalf("%+v: %v", seen, err)
	}
	return seen
}

func (v *village) aMember(...string) string      { return v.named("user").MembershipID }
func (v *village) aJoinRequest(...string) string { return v.named("newcomer").MembershipID }
func (v *village) theirMember(...string) string  { return v.named("stranger").MembershipID }

// aPasskey is a key of the user's, made without a browser.
func (v *village) aPasskey(...string) string {
	id := db.NewID()
	v.write(func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO passkey (id, account_id, credential_id, public_key, sign_count, backup_eligible, transports, name, created_at)
			VALUES ($1, $2, $1, '', 0, $3, '', 'Menuiseries', $4)`, id, v.named("user").AccountID, false, tx.Now)
		return err
	})
	return id
}

func (v *village) anInvitationLink(...string) string {
	return secretOf(v.t, v.mail(v.t, v.invites(), "Invitation à rejoindre"), "/invitation/")
}

func (v *village) anInvitation(...string) string {
	address := v.invites()
	list, err := v.Members.List(v.t.Context(), v.named("admin").Actor)
	if err != nil || list.Invitations[0].Address != address {
		v.t.Fatalf("%+v: %v", list.Invitations, err)
	}
	return list.Invitations[0].ID
}

// invites has the administrator invite an address that has no account.
func (v *village) invites() (address string) {
	v.t.Helper()
	v.letters++
	address = fmt.Sprintf("invite%d@exemple.example", v.letters)
	if err := v.Members.Invite(v.t.Context(), v.named("admin").Actor, member.InvitationForm{Address: address, Role: "user"}); err != nil {
		v.t.Fatal(err)
	}
	return address
}

// watching has somebody create a watch.
func (v *village) watching(name string, f watch.Form) string {
	v.t.Helper()
	v.letters++
	f.Name, f.Mode, f.Active, f.Hour = fmt.Sprintf("Menuiseries %d", v.letters), "any", true, 7
	saved, err := v.Watches.Create(v.t.Context(), v.named(name).Actor, f)
	if err != nil {
		v.t.Fatal(err)
	}
	return saved.ID
}

// accessPage is who may do what, as a page.
const accessPage = "../docs/acces.md"

// TestTheAccessPageIsUpToDate compares docs/acces.md with the routes of the program,
// the access matrix and the objects above: go test ./app -run AccessPage -update.
func TestTheAccessPageIsUpToDate(t *testing.T) {
	a, err := app.Open(context.Background(), app.Config{Data: t.TempDir(), BaseURL: "https://parvis.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	page := writeAccess(t, a.Site.Routes())
	if *update {
		if err := os.WriteFile(accessPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(accessPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page {
		t.Error("docs/acces.md is not up to date: go test ./app -run AccessPage -update, and read what has changed")
	}
}

func writeAccess(t *testing.T, routes []answer.Route) string {
	var b strings.Builder
	b.WriteString("# Qui peut demander quoi\n\n" +
		"Écrit par `go test ./app -run AccessPage -update` d'après les routes du programme, la matrice d'accès\n" +
		"(`procurement/access`) et la table `objects` de `app/access_test.go`. Un test pose chacune de ces questions au vrai\n" +
		"serveur, sous chacune de ces identités, et n'accepte que la réponse écrite ici.\n\n" +
		"- **ouvert** : la demande est traitée. Ses propres règles peuvent encore la refuser (formulaire incomplet, dernier\n  administrateur…).\n" +
		"- **connexion** : mène à la page de connexion.\n" +
		"- **403** : le rôle ne permet pas cet acte.\n" +
		"- **404** : pour cette personne, cela n'existe pas. Même réponse que pour ce qui n'a jamais existé.\n\n")
	b.WriteString("| Adresse | Acte | À propos de |")
	for _, r := range roles {
		b.WriteString(" " + r.title + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(roles)) + "\n")
	for _, route := range routes {
		found, why := casesOf(route)
		if why != "" {
			t.Fatal(why)
		}
		for _, o := range found {
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |", strings.TrimSuffix(route.Pattern, "{$}"), route.Act, o.what)
			for _, as := range roles {
				fmt.Fprintf(&b, " %s |", due(route, as.role, as.name, o))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
