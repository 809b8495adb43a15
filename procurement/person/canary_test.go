package person_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
)

// column is one of the database's.
type column struct{ TableName, ColumnName, DataType string }

// schema lists every column of every table, as the database itself has it.
func (h *house) schema() (out []column) {
	h.t.Helper()
	query := `SELECT m.name AS table_name, p.name AS column_name, p.type AS data_type
		FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY 1, 2`
	if h.DB.Dialect() == db.Postgres {
		query = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2`
	}
	h.Read(func(tx *db.Tx) error { return tx.All(&out, query) })
	return out
}

// personal are the names of columns that tell of a person until somebody says otherwise.
var personal = regexp.MustCompile(`account|address|recipient|login|person|actor|remote|browser|mail|phone|device|network|who|(^|_)(ip|name|label)$`)

const howToDecide = `
	Decide what becomes of it when its owner asks for a copy and when they erase their account, and write it in decisions
	(decision_test.go): copied (add it to person.Export), secret, digest, key, kept with the reason, or plain. Then erase it in
	person.erase, by a function of the room whose table it is, and say its purpose and its term in person.Purposes.`

// TestEveryColumnIsDecided walks the schema: what nobody decided about is neither
// exported nor erased, and nobody would notice.
func TestEveryColumnIsDecided(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		there := map[string]bool{}
		for _, c := range h.schema() {
			d, known := decisions[c.TableName]
			fate := d.columns[c.ColumnName]
			there[c.TableName], there[c.TableName+"."+c.ColumnName] = true, true
			switch {
			case !known:
				t.Errorf("table %s: nobody decided whether it holds something of a person.%s", c.TableName, howToDecide)
			case fate != "":
			case d.whose != "":
				t.Errorf("column %s.%s of a person's row: nobody decided.%s", c.TableName, c.ColumnName, howToDecide)
			case !strings.HasPrefix(c.TableName, "river_") && personal.MatchString(c.ColumnName):
				t.Errorf("column %s.%s looks like a person's in a table said to be nobody's (%s).%s", c.TableName, c.ColumnName, d.why, howToDecide)
			}
		}
		for table, d := range decisions {
			if !there[table] && d.whose != "" {
				t.Errorf("table %s is decided about and does not exist", table)
			}
			for name, f := range d.columns {
				if there[table] && !there[table+"."+name] {
					t.Errorf("column %s.%s is decided about and does not exist", table, name)
				}
				if f == kept && d.why == "" {
					t.Errorf("table %s keeps something after an erasure without saying why", table)
				}
			}
		}
	})
}

// world is two people and what the program keeps of each: A, whose export and erasure
// are looked at, and B, a colleague. Whatever is A's holds « zqkanaria », B's « zqkanarib »:
// marks long enough never to be met by chance in a hash or a random identifier.
type world struct {
	*house
	a, b access.Actor
}

func newWorld(t *testing.T, h *house) world {
	t.Helper()
	w := world{house: h}
	w.a = h.marked("zqkanaria")
	first := w.a
	w.b = h.marked("zqkanarib")
	_, err := h.members.Accept(t.Context(), first, w.b.MembershipID)
	h.must(err)
	h.raise(first, w.b)
	w.b.Role = access.CompanyAdmin
	for _, who := range []access.Actor{w.a, w.b} {
		h.create(who, form("Bois de "+who.AccountID[30:], w.a.Address, w.b.Address))
		h.must(h.Accounts.AskReset(t.Context(), who.Address, account.Visitor{}))
		h.must(h.Accounts.AskSignUp(t.Context(), account.SignUpForm{SIRET: noticetest.Seat, CompanyName: "Muller", Name: "Un nom", Address: who.Address}, account.Visitor{}))
		h.signIn(who)
		if _, err := h.Accounts.SignIn(t.Context(), who.Address, "un mot de passe faux", account.Visitor{Remote: remote}); err == nil {
			t.Fatal("a wrong password is right")
		}
	}
	w.traces(w.a, "zqkanaria")
	w.traces(w.b, "zqkanarib")
	claire := h.join(noticetest.Other, "claire")
	h.create(claire, form("Chez Claire", w.a.Address))
	h.agree(w.a.Address)
	h.agree(w.b.Address)
	h.publish("26-1", "Menuiserie de l'école")
	w.note()
	return w
}

// note has both tag the contract, and note something of it.
func (w world) note() {
	w.t.Helper()
	var id string
	w.Read(func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice") })
	for _, who := range []access.Actor{w.b, w.a} {
		note := "une note"
		w.must(w.watches.Tag(w.t.Context(), who, id, watch.TagForm{Choice: string(watch.Go), Note: &note}))
	}
}

// traces writes what only some people leave: second factors, addresses, an invitation, a
// dispute.
func (w world) traces(who access.Actor, mark string) {
	w.t.Helper()
	address, at := strings.ToLower(who.Address), int64(0)
	w.Write(func(tx *db.Tx) error {
		at = int64(tx.Now)
		for _, row := range []struct {
			columns string
			values  []any
		}{
			{"totp (account_id, secret, last_step, created_at)", []any{who.AccountID, mark, 0, at}},
			{"passkey (id, account_id, credential_id, public_key, sign_count, backup_eligible, transports, name, created_at)", []any{db.NewID(), who.AccountID, mark, mark, 0, false, "", mark, at}},
			{"recovery_code (account_id, code_hash)", []any{who.AccountID, mark}},
			{"factor_draft (session_hash, account_id, secret, name, ceremony, expires_at)", []any{mark, who.AccountID, mark, mark, mark, at}},
			{"pending_sign_in (token_hash, account_id, wrong, ceremony, expires_at)", []any{mark, who.AccountID, 0, mark, at}},
			{"address_change (id, account_id, address, address_key, asked_at, expires_at, closed_at)", []any{db.NewID(), who.AccountID, mark, mark, at, at, at}},
			{"former_address (id, account_id, address, address_key, left_at, until, closed_at)", []any{db.NewID(), who.AccountID, mark, mark, at, at, at}},
			{"invitation (id, establishment_id, address, address_key, role, inviter_id, invited_at, expires_at, closed_at)", []any{db.NewID(), who.EstablishmentID, address, address, "user", who.MembershipID, at, at, at}},
			{"feed (id, watch_id, account_id, membership_id, format, token_hash, created_at)", []any{db.NewID(), w.aWatchOf(tx, who), who.AccountID, who.MembershipID, "atom", mark, at}},
			{"dispute (id, establishment_id, account_id, reason, opened_at, decided_at, outcome)", []any{db.NewID(), who.EstablishmentID, who.AccountID, mark, at, at, "rejected"}},
		} {
			holes := make([]string, len(row.values))
			for i := range holes {
				holes[i] = fmt.Sprintf("$%d", i+1)
			}
			if _, err := tx.Exec("INSERT INTO "+row.columns+" VALUES ("+strings.Join(holes, ", ")+")", row.values...); err != nil {
				return fmt.Errorf("%s: %w", row.columns, err)
			}
		}
		return nil
	})
}

// aWatchOf is one of somebody's.
func (w world) aWatchOf(tx *db.Tx, who access.Actor) (id string) {
	w.t.Helper()
	w.must(tx.One(&id, "SELECT id FROM watch WHERE account_id = $1 ORDER BY id LIMIT 1", who.AccountID))
	return id
}

// marked joins somebody whose name, identifiant and address hold a mark.
func (h *house) marked(mark string) access.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	address, err := account.ParseAddress(strings.ToUpper(mark) + ".adresse@exemple.example")
	h.must(err)
	h.must(h.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: noticetest.Seat, CompanyName: "Menuiserie Muller", Name: mark + " nom", Address: address.Text}, account.Visitor{}))
	var link string
	h.Write(func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, address)
		if err != nil {
			return err
		}
		link, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	})
	in, err := h.Orgs.Register(ctx, link, org.RegisterForm{Login: mark + ".login", Password: noticetest.Password, Confirm: noticetest.Password, From: account.Visitor{Remote: remote, Browser: "Firefox"}})
	h.must(err)
	by, err := h.Orgs.ActorOf(ctx, in.Session)
	h.must(err)
	return by
}

// fill writes a marked value into every text of somebody's rows that has a fate, where
// it does not hold a mark already.
func (w world) fill(who access.Actor, mark string) {
	w.t.Helper()
	for table, d := range decisions {
		if table == "event" || d.whose == "" {
			continue // append-only: the mark is in the name
		}
		for name, f := range d.columns {
			if f != copied && f != secret || name == "password_hash" {
				continue
			}
			value := marker(mark, table, name)
			if form := d.fill[name]; form != "" {
				value = fmt.Sprintf(form, value)
			}
			set, args := name+" = $3", []any{who.AccountID, strings.ToLower(who.Address), value}
			if f == secret || name == "login" { // unique: the row's own id keeps them apart
				set = name + " = $3 || substr(" + rowID(table) + ", 25)"
			}
			condition := strings.ReplaceAll(strings.ReplaceAll(d.whose, "$1", "CAST($1 AS TEXT)"), "$2", "CAST($2 AS TEXT)")
			w.Write(func(tx *db.Tx) error {
				n, err := tx.Exec("UPDATE "+table+" SET "+strings.Replace(set, "$3", "CAST($3 AS TEXT)", 1)+
					" WHERE "+condition+" AND (CAST($1 AS TEXT) <> '' OR CAST($2 AS TEXT) <> '')", args...)
				if err == nil && n == 0 {
					w.t.Errorf("%s has no row of %s: the canary sees nothing of it", table, mark)
				}
				return err
			})
		}
	}
}

func marker(mark, table, name string) string {
	return mark + strings.ReplaceAll(table+name, "_", "")
}

func rowID(table string) string {
	switch table {
	case "session", "pending_sign_in":
		return "token_hash"
	case "factor_draft":
		return "session_hash"
	case "totp", "recovery_code":
		return "account_id"
	}
	return "id"
}

// TestAnExportHoldsWhatIsOnesOwnAndNothingElse fills what is kept of two people with
// marks, and looks for them in the copy that one of them is given.
func TestAnExportHoldsWhatIsOnesOwnAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := newWorld(t, h)
		w.fill(w.a, "zqkanaria")
		w.fill(w.b, "zqkanarib")
		// What B's watch is called is told to A in every mail of it, because they receive it.
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE watch SET name = 'Bois de la maison' WHERE account_id = $1", w.b.AccountID)
			return err
		})
		e, err := h.persons.Export(t.Context(), w.a)
		h.must(err)
		text, err := json.MarshalIndent(e, "", " ")
		h.must(err)
		got := string(text)
		if i := strings.Index(strings.ToLower(got), "zqkanarib"); i >= 0 {
			t.Errorf("the export holds what is another's: …%s…", got[max(0, i-200):min(len(got), i+100)])
		}
		for _, other := range []string{w.b.AccountID, w.b.MembershipID, "claire@"} {
			if strings.Contains(got, other) {
				t.Errorf("the export holds %s, which is another's", other)
			}
		}
		for table, d := range decisions {
			for name, f := range d.columns {
				mark := marker("zqkanaria", table, name)
				switch {
				case f == secret && strings.Contains(got, mark):
					t.Errorf("the export holds %s.%s, which opens something", table, name)
				case f == copied && d.whose != "" && !strings.Contains(got, mark):
					t.Errorf("the export lacks %s.%s", table, name)
				}
			}
		}
		for _, own := range []string{"zqkanaria nom", "ZQKANARIA.adresse@exemple.example", "Chez Claire", "Bois de la maison", "Menuiserie de l'école", "Menuiserie Muller",
			"Connexion refusée", "Compte créé"} {
			if !strings.Contains(got, own) {
				t.Errorf("the export lacks « %s »", own)
			}
		}
		if strings.Contains(got, "argon2") {
			t.Error("the export holds a hash")
		}
	})
}

// TestAnErasureLeavesOnlyWhatIsSaid reads every text of the database afterwards: what
// is left of A is where the decisions say so.
func TestAnErasureLeavesOnlyWhatIsSaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := newWorld(t, h)
		session := h.signIn(w.a)
		// Filling would outdate this session's token: mark all but sessions' secrets.
		browser, err := h.Orgs.ActorOf(t.Context(), session)
		h.must(err)
		delete(decisions["session"].columns, "token_hash")
		defer func() { decisions["session"].columns["token_hash"] = secret }()
		w.fill(w.a, "zqkanaria")
		w.fill(w.b, "zqkanarib")
		h.must(h.persons.Erase(t.Context(), browser, session, person.Erasure{Password: noticetest.Password, Stop: true}, account.Visitor{Remote: remote}))
		left := map[string]string{}
		for _, c := range h.schema() {
			if kind := strings.ToLower(c.DataType); kind != "text" && kind != "json" && kind != "jsonb" && kind != "bytea" && kind != "blob" && kind != "array" {
				continue
			}
			var found []string
			h.Read(func(tx *db.Tx) error {
				return tx.All(&found, "SELECT CAST("+c.ColumnName+" AS TEXT) FROM "+c.TableName+" WHERE lower(CAST("+c.ColumnName+" AS TEXT)) LIKE '%zqkanaria%'")
			})
			if len(found) > 0 {
				left[c.TableName+"."+c.ColumnName] = found[0]
			}
		}
		// Claire's watch has A's address as one that says no; the last mail is on its way;
		// B has the watches that were A's, and what A noted for the establishment.
		allowed := []string{"event.actor_name", "watch_recipient.address", "watch_recipient.address_key", "watch_recipient.token_hash", "outbox.recipient",
			"watch.name", "watch.criteria", "tag_note.text"}
		for _, where := range slices.Sorted(maps.Keys(left)) {
			if !slices.Contains(allowed, where) {
				t.Errorf("%s still holds %q", where, left[where])
			}
		}
		if left["event.actor_name"] == "" {
			t.Error("the journal has lost a name")
		}
		for what, query := range map[string]string{
			"recipients":                   "SELECT count(*) FROM watch_recipient r JOIN watch w ON w.id = r.watch_id WHERE lower(r.address_key) LIKE '%zqkanaria%' AND w.name <> 'Chez Claire'",
			"mails but the last":           "SELECT count(*) FROM outbox WHERE lower(recipient) LIKE '%zqkanaria%' AND kind <> 'account_erased'",
			"names on tags":                "SELECT (SELECT count(*) FROM tag t JOIN account a ON a.id = t.account_id WHERE a.erased_at IS NOT NULL) + (SELECT count(*) FROM tag_note n JOIN account a ON a.id = n.account_id WHERE a.erased_at IS NOT NULL)",
			"watches that did not pass on": "SELECT count(*) FROM watch w JOIN account a ON a.id = w.account_id WHERE a.erased_at IS NOT NULL",
		} {
			if n := h.Count(query); n != 0 {
				t.Errorf("%s: %d", what, n)
			}
		}
		if n := h.Count("SELECT count(*) FROM account WHERE lower(name) LIKE '%zqkanarib%'"); n != 1 {
			t.Error("what is B's was erased too")
		}
	})
}
