package member_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/member"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// house is the program up to its members.
type house struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
	members *member.Service
	drawn   map[string]string // the secret of each invitation, by address
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		h := &house{House: noticetest.Open(t, d, c), t: t}
		h.watches = watch.NewService(d, h.Journal, h.Notices)
		h.members = member.New(d, h.Journal, h.Accounts, h.Orgs, h.watches)
		f(t, h)
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// join signs somebody up at an establishment.
func (h *house) join(siret, login string) access.Actor {
	h.t.Helper()
	return h.Join(siret, login, login+"@muller.example")
}

// enter signs somebody up at the seat and has by accept them, in a role.
func (h *house) enter(by access.Actor, login string, role access.Role) access.Actor {
	h.t.Helper()
	who := h.join(noticetest.Seat, login)
	_, err := h.members.Accept(h.t.Context(), by, who.MembershipID)
	h.must(err)
	if role == access.CompanyAdmin {
		_, err = h.members.ChangeRole(h.t.Context(), by, who.MembershipID, role)
		h.must(err)
	}
	return h.now(who)
}

// now is the person as their next request would find them.
func (h *house) now(by access.Actor) access.Actor {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error {
		m, err := account.FindMembership(tx, by.MembershipID)
		if err != nil {
			return err
		}
		if !m.EndedAt.IsZero() {
			by.MembershipID, by.EstablishmentID, by.Role = "", "", access.Newcomer
			return nil
		}
		by.Role = m.ActingRole()
		return nil
	})
	return by
}

func (h *house) create(by access.Actor, name string, recipients ...string) string {
	h.t.Helper()
	saved, err := h.watches.Create(h.t.Context(), by, form(name, recipients...))
	h.must(err)
	return saved.ID
}

func form(name string, recipients ...string) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7, Recipients: recipients}
}

// watchesOf lists what the person sees, « name: address state main, … ».
func (h *house) watchesOf(by access.Actor) []string {
	h.t.Helper()
	all, err := h.watches.List(h.t.Context(), by)
	h.must(err)
	var out []string
	for _, w := range all {
		var to []string
		for _, r := range w.Recipients {
			line := strings.TrimSuffix(r.Address, "@muller.example") + " " + string(r.State())
			if r.Main {
				line += " main"
			}
			to = append(to, line)
		}
		slices.Sort(to)
		out = append(out, w.Name+": "+strings.Join(to, ", "))
	}
	slices.Sort(out)
	return out
}

// people lists who somebody sees: members with their role, requests with a question mark.
func (h *house) people(by access.Actor) []string {
	h.t.Helper()
	list, err := h.members.List(h.t.Context(), by)
	h.must(err)
	var out []string
	login := func(p member.Person) string { return strings.TrimSuffix(p.Address, "@muller.example") }
	for _, p := range list.Members {
		out = append(out, login(p)+" "+string(p.Role))
	}
	for _, p := range list.Requests {
		out = append(out, login(p)+" ?")
	}
	return out
}

func (h *house) equal(what string, got, want any) {
	h.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// events counts the events of a kind.
func (h *house) events(kind event.Kind) int {
	h.t.Helper()
	return h.Count("SELECT count(*) FROM event WHERE kind = $1", string(kind))
}

// act is one thing that somebody asks of the room.
type act struct {
	name string
	do   func(h *house, by access.Actor, id string) error
}

var (
	accept = act{"accept", func(h *house, by access.Actor, id string) error {
		_, err := h.members.Accept(context.Background(), by, id)
		return err
	}}
	refuse = act{"refuse", func(h *house, by access.Actor, id string) error {
		_, err := h.members.Refuse(context.Background(), by, id)
		return err
	}}
	raise = act{"make administrator", func(h *house, by access.Actor, id string) error {
		_, err := h.members.ChangeRole(context.Background(), by, id, access.CompanyAdmin)
		return err
	}}
	lower = act{"make user", func(h *house, by access.Actor, id string) error {
		_, err := h.members.ChangeRole(context.Background(), by, id, access.CompanyUser)
		return err
	}}
	remove = act{"remove", func(h *house, by access.Actor, id string) error {
		_, err := h.members.Remove(context.Background(), by, id)
		return err
	}}
	leave = act{"leave", func(h *house, by access.Actor, _ string) error {
		_, err := h.members.Leave(context.Background(), by)
		return err
	}}
	ask = act{"ask about", func(h *house, by access.Actor, id string) error {
		_, err := h.members.Find(context.Background(), by, id)
		return err
	}}
)

// kindOf is the kind of a refusal, « done » for none.
func kindOf(err error) string {
	if err == nil {
		return "done"
	}
	e, ok := fault.As(err)
	if !ok {
		return fmt.Sprintf("internal: %v", err)
	}
	return string(e.Kind)
}
