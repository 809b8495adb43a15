package member_test

import (
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
)

// operator is whoever runs the platform.
var operator = access.Platform("exploitant")

// scene is what the steps of a case have made so far: people by their names.
type scene struct {
	*house
	who map[string]access.Actor
}

// by gives somebody as their next request finds them.
func (s *scene) by(name string) access.Actor { return s.now(s.who[name]) }

// A step is « somebody does something [to somebody] », and how it is answered.
var steps = map[string]func(s *scene, name, other string) error{
	"signs up":         func(s *scene, name, _ string) error { s.who[name] = s.join(noticetest.Seat, name); return nil },
	"signs up at home": func(s *scene, name, _ string) error { s.who[name] = s.join(noticetest.Other, name); return nil },
	"watches":          func(s *scene, name, what string) error { s.create(s.by(name), what); return nil },
	"accepts": func(s *scene, name, other string) error {
		return accept.do(s.house, s.by(name), s.who[other].MembershipID)
	},
	"refuses": func(s *scene, name, other string) error {
		return refuse.do(s.house, s.by(name), s.who[other].MembershipID)
	},
	"raises": func(s *scene, name, other string) error {
		return raise.do(s.house, s.by(name), s.who[other].MembershipID)
	},
	"lowers": func(s *scene, name, other string) error {
		return lower.do(s.house, s.by(name), s.who[other].MembershipID)
	},
	"removes": func(s *scene, name, other string) error {
		return remove.do(s.house, s.by(name), s.who[other].MembershipID)
	},
	"leaves":   func(s *scene, name, _ string) error { return leave.do(s.house, s.by(name), "") },
	"contests": func(s *scene, name, _ string) error { return s.contest(s.by(name)) },
	"invites":  func(s *scene, name, other string) error { return s.invite(s.by(name), other, access.CompanyUser) },
	"declares the seat": func(s *scene, name, _ string) error {
		d, err := s.members.Declare(s.t.Context(), s.by(name), account.CompanyForm{SIRET: noticetest.Seat, CompanyName: "Menuiserie Muller"})
		if err == nil {
			s.under(name, d.MembershipID)
		}
		return err
	},
	"takes the invitation": func(s *scene, name, _ string) error {
		id, err := s.members.AcceptInvitation(s.t.Context(), s.by(name), s.secret(s.who[name].Address))
		if err == nil {
			s.under(name, id)
		}
		return err
	},
	"is granted": func(s *scene, name, _ string) error {
		_, err := s.members.Grant(s.t.Context(), operator, s.dispute(s.who[name]))
		return err
	},
	"is rejected": func(s *scene, name, _ string) error {
		_, err := s.members.Reject(s.t.Context(), operator, s.dispute(s.who[name]))
		return err
	},
}

// under has somebody act under a membership, as the header's button does.
func (s *scene) under(name, membershipID string) {
	s.t.Helper()
	by, err := s.members.Under(s.t.Context(), s.who[name], membershipID)
	s.must(err)
	s.who[name] = by
}

// stands says what somebody is in the establishment of the case.
func (s *scene) stands(name string) string {
	s.t.Helper()
	var out string
	s.Read(func(tx *db.Tx) error {
		mine, err := account.MembershipsOf(tx, s.who[name].AccountID)
		for _, m := range mine {
			if m.EstablishmentID == s.who["odile"].EstablishmentID {
				out = string(m.ActingRole())
			}
		}
		return err
	})
	if out == "" {
		return "outside"
	}
	return out
}

// TestWhoBelongsAndWhoDecides is the life of an establishment's people, case by case:
// what happens, how each step is answered (done when nothing is said), what everybody is
// at the end, and whose the watches are (by the owner of each, « alone » when nobody else
// sees it).
func TestWhoBelongsAndWhoDecides(t *testing.T) {
	for _, c := range []struct {
		name, steps, end, watches string
	}{
		{"the first person declares, unverified, and administers",
			"odile signs up; odile watches Bois",
			"odile admin", "Bois: odile"},
		{"a later one joins, and acts alone until accepted",
			"odile signs up; odile watches Bois; karim signs up; karim watches Escaliers",
			"odile admin, karim newcomer", "Bois: odile, Escaliers: karim alone"},
		{"who is not approved decides nothing",
			"odile signs up; karim signs up; paul signs up; karim accepts paul: forbidden; karim accepts karim: forbidden; karim removes odile: forbidden; karim raises karim: forbidden; karim invites zoe: forbidden",
			"odile admin, karim newcomer, paul newcomer", ""},
		{"accepted, they bring their watches",
			"odile signs up; karim signs up; karim watches Escaliers; odile accepts karim",
			"odile admin, karim user", "Escaliers: karim"},
		{"refused, they keep them alone",
			"odile signs up; karim signs up; karim watches Escaliers; odile refuses karim",
			"odile admin, karim outside", "Escaliers: karim alone"},
		{"a user decides nothing either",
			"odile signs up; karim signs up; odile accepts karim; paul signs up; karim accepts paul: forbidden; karim lowers odile: forbidden; karim invites zoe: forbidden; karim contests: forbidden",
			"odile admin, karim user, paul newcomer", ""},
		{"the last administrator can neither leave nor step down",
			"odile signs up; karim signs up; odile accepts karim; odile leaves: conflict; odile lowers odile: conflict; odile removes odile: conflict",
			"odile admin, karim user", ""},
		{"nor alone",
			"odile signs up; odile leaves: conflict", "odile admin", ""},
		{"with another administrator, they can",
			"odile signs up; odile watches Bois; karim signs up; odile accepts karim; odile raises karim; odile leaves; karim leaves: conflict",
			"odile outside, karim admin", "Bois: karim"},
		{"who leaves passes their watches to an administrator",
			"odile signs up; karim signs up; odile accepts karim; karim watches Escaliers; karim leaves",
			"odile admin, karim outside", "Escaliers: odile"},
		{"who takes back a request ends what they watched",
			"odile signs up; karim signs up; karim watches Escaliers; karim leaves",
			"odile admin, karim outside", ""},

		{"contesting changes nothing by itself",
			"odile signs up; odile watches Bois; karim signs up; karim contests; karim contests: conflict; odile watches Portes; odile accepts karim",
			"odile admin, karim user", "Bois: odile, Portes: odile"},
		{"granted, the administrator becomes a user",
			"odile signs up; odile watches Bois; karim signs up; karim watches Escaliers; karim contests; karim is granted; odile accepts karim: forbidden; karim removes odile",
			"odile outside, karim admin", "Bois: karim, Escaliers: karim"},
		{"rejected, nothing changes, and one may contest again",
			"odile signs up; karim signs up; karim contests; karim is rejected; karim is granted: conflict; karim contests",
			"odile admin, karim newcomer", ""},
		{"turning somebody down does not end what they contest",
			"odile signs up; karim signs up; karim watches Escaliers; karim contests; odile refuses karim; karim contests: not_found; karim is granted",
			"odile user, karim admin", "Escaliers: karim"},
		{"nor does letting them in",
			"odile signs up; karim signs up; karim contests; odile accepts karim; karim is granted",
			"odile user, karim admin", ""},
		{"nor removing them afterwards",
			"odile signs up; karim signs up; karim contests; odile accepts karim; odile removes karim; karim is granted",
			"odile user, karim admin", ""},
		{"taking back the request does",
			"odile signs up; karim signs up; karim contests; karim leaves; karim is granted: conflict",
			"odile admin, karim outside", ""},
		{"granted to who administers already",
			"odile signs up; karim signs up; karim contests; odile accepts karim; odile raises karim; karim is granted",
			"odile user, karim admin", ""},

		{"invited, somebody of another company belongs to both",
			"odile signs up; claire signs up at home; odile invites claire; claire takes the invitation; claire watches Portes",
			"odile admin, claire user", "Portes: claire"},
		{"an invitation lets in who had asked",
			"odile signs up; karim signs up; karim watches Escaliers; odile invites karim; karim takes the invitation",
			"odile admin, karim user", "Escaliers: karim"},
		{"an invitation dies with its author's role",
			"odile signs up; karim signs up; odile accepts karim; odile raises karim; claire signs up at home; karim invites claire; odile lowers karim; claire takes the invitation: not_found",
			"odile admin, karim user, claire outside", ""},
		{"and with its author's membership",
			"odile signs up; karim signs up; odile accepts karim; odile raises karim; claire signs up at home; karim invites claire; karim leaves; claire takes the invitation: not_found",
			"odile admin, karim outside, claire outside", ""},
		{"and with a dispute that is granted",
			"odile signs up; claire signs up at home; odile invites claire; karim signs up; karim contests; karim is granted; claire takes the invitation: not_found",
			"odile user, karim admin, claire outside", ""},
		{"somebody with an account asks to join another establishment",
			"odile signs up; claire signs up at home; claire declares the seat; claire watches Portes; odile accepts claire",
			"odile admin, claire user", "Portes: claire"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				s := &scene{h, map[string]access.Actor{}}
				for _, line := range strings.Split(c.steps, "; ") {
					s.step(line)
				}
				for _, want := range strings.Split(c.end, ", ") {
					if name, _, _ := strings.Cut(want, " "); name+" "+s.stands(name) != want {
						t.Errorf("%s is %s, want %s", name, s.stands(name), want)
					}
				}
				if got := s.owners(); got != c.watches {
					t.Errorf("watches %q, want %q", got, c.watches)
				}
				if n := h.admins(s.who["odile"].EstablishmentID); n == 0 {
					t.Error("nobody administers the establishment")
				}
			})
		})
	}
}

// step plays one line of a case.
func (s *scene) step(line string) {
	s.t.Helper()
	what, want, refused := strings.Cut(line, ": ")
	if !refused {
		want = "done"
	}
	name, rest, _ := strings.Cut(what, " ")
	do, other := steps[rest], ""
	if do == nil {
		at := strings.LastIndex(rest, " ")
		do, other = steps[rest[:at]], rest[at+1:]
	}
	if do == nil {
		s.t.Fatalf("no step %q", rest)
	}
	if got := kindOf(do(s, name, other)); got != want {
		s.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// owners says whose each watch is, in the order of their names.
func (s *scene) owners() string {
	s.t.Helper()
	var rows []struct{ Name, Login, Scope string }
	s.Read(func(tx *db.Tx) error {
		return tx.All(&rows, `SELECT w.name, a.login, w.scope FROM watch w JOIN account a ON a.id = w.account_id WHERE w.deleted_at IS NULL ORDER BY w.name`)
	})
	var out []string
	for _, r := range rows {
		line := r.Name + ": " + r.Login
		if strings.HasPrefix(r.Scope, "account:") {
			line += " alone"
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

func (h *house) contest(by access.Actor) error {
	return h.members.Contest(h.t.Context(), by, "Cette personne a quitté l'entreprise.\nJe la dirige.")
}

// invite invites a login's address, and keeps the secret that its mail would carry.
func (h *house) invite(by access.Actor, login string, role access.Role) error {
	address := login + "@muller.example"
	err := h.members.Invite(h.t.Context(), by, member.InvitationForm{Address: address, Role: string(role)})
	if err == nil {
		h.mint(address)
	}
	return err
}

// mint does what composing the last invitation of an address does.
func (h *house) mint(address string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM invitation WHERE address_key = $1 ORDER BY invited_at DESC, id DESC LIMIT 1", address); err != nil {
			return err
		}
		secret, _, err := member.MintInvitationToken(tx, id)
		if h.drawn == nil {
			h.drawn = map[string]string{}
		}
		h.drawn[address] = secret
		return err
	})
}

func (h *house) secret(address string) string { return h.drawn[address] }

// dispute is the id of somebody's last dispute.
func (h *house) dispute(who access.Actor) (id string) {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error {
		return tx.One(&id, "SELECT id FROM dispute WHERE account_id = $1 ORDER BY opened_at DESC, id DESC LIMIT 1", who.AccountID)
	})
	return id
}

// Each fact of a dispute and of an invitation is in the journal, and no address or word
// of anybody.
func TestTheJournalHoldsFactsAndNoWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		odile, karim := h.join(noticetest.Seat, "odile"), h.join(noticetest.Seat, "karim")
		h.must(h.contest(karim))
		_, err := h.members.Grant(t.Context(), operator, h.dispute(karim))
		h.must(err)
		karim = h.now(karim)
		h.must(h.invite(karim, "zoe", access.CompanyAdmin))
		for kind, want := range map[event.Kind]int{event.DisputeOpened: 1, event.DisputeGranted: 1, event.MembershipApproved: 1, event.MembershipChanged: 1, event.InvitationSent: 1} {
			if n := h.events(kind); n != want {
				t.Errorf("%d %s, want %d", n, kind, want)
			}
		}
		var bodies []string
		h.Read(func(tx *db.Tx) error {
			return tx.All(&bodies, "SELECT body FROM event WHERE kind LIKE 'dispute.%' OR kind LIKE 'invitation.%'")
		})
		for _, b := range bodies {
			if strings.Contains(b, "@") || strings.Contains(b, "entreprise") || strings.Contains(b, "Muller") {
				t.Errorf("%s", b)
			}
		}
		if !strings.Contains(strings.Join(bodies, " "), odile.MembershipID) {
			t.Error("who administered until then is not there")
		}
	})
}
