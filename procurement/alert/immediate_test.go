package alert_test

import (
	"context"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

func TestAnImmediateWatchIsMailedOnceNamingAllTheWatches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.create(by, immediate("Alsace"))
		h.create(by, daily("Matin", 7))
		elsewhere := immediate("Ailleurs")
		elsewhere.Departments = []string{"2A"}
		h.create(by, elsewhere)
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Gros œuvre du gymnase"))
		h.told("at once", odile+": Menuiseries de l'école (Bois, Alsace, Matin)")
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("the same record again")
		h.publish(call("1", "Menuiseries de l'école maternelle"))
		h.told("the same notice, corrected")
		h.tomorrow(7, 0)
		h.told("in the digest of a watch that has it too")
	})
}

func TestAJobDoneTwiceTellsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (Bois)")
		h.Write(again)
		h.Work()
		h.told("the delivery, made again")
	})
}

func TestTwoRecipientsEachGetTheirs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		both := immediate("À deux")
		both.Recipients = []string{karim}
		h.create(by, both)
		h.create(by, immediate("À moi"))
		h.confirm()
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (À deux, À moi)", karim+": Menuiseries de l'école (À deux)")
	})
}

func TestWhoHasNotAcceptedIsNotMailed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		f := immediate("Bois")
		f.Recipients = []string{karim}
		h.create(h.odile(), f)
		h.Work()
		h.told("the request", karim+": Souhaitez-vous recevoir cette veille de marchés\u00a0?")
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (Bois)")
	})
}

// What would be over before the digest leaves does not wait for it.
func TestWhatWouldBeOverBeforeTheDigestGoesAtOnce(t *testing.T) {
	tomorrow := func(hour, minute int) clock.Instant {
		return clock.At(time.Date(dbtest.Start.Year(), dbtest.Start.Month(), dbtest.Start.Day()+1, hour, minute, 0, 0, clock.Paris))
	}
	cases := []struct {
		name   string
		change func(*notice.Record)
		atOnce bool
	}{
		{"three weeks left", func(*notice.Record) {}, false},
		{"closes tonight", func(r *notice.Record) { r.Deadline = clock.At(dbtest.Start.Add(8 * time.Hour)) }, true},
		{"closes a minute before the digest", func(r *notice.Record) { r.Deadline = tomorrow(6, 59) }, true},
		{"closes as the digest leaves", func(r *notice.Record) { r.Deadline = tomorrow(7, 0) }, true},
		{"closes at noon", func(r *notice.Record) { r.Deadline = tomorrow(12, 0) }, false},
		{"the compulsory visit is this afternoon", func(r *notice.Record) { r.VisitAt = clock.At(dbtest.Start.Add(5 * time.Hour)) }, true},
		{"the visit was this morning", func(r *notice.Record) { r.VisitAt = clock.At(dbtest.Start.Add(-time.Hour)) }, false},
		{"questions until midnight", func(r *notice.Record) { r.QuestionsUntil = tomorrow(0, 0) }, true},
		{"no known deadline", func(r *notice.Record) { r.Deadline = 0 }, false},
	}
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, daily("Matin", 7))
		everything := daily("Tout", 7)
		everything.Keywords, everything.AcceptEmpty = "", true
		other := h.Join("35600000000048", "claire", "claire@vosges.example")
		h.create(other, everything)
		for i, c := range cases {
			r := call(string(rune('a'+i)), "Menuiserie "+c.name)
			c.change(&r)
			h.publish(r)
			var want []string
			if c.atOnce {
				want = append(want, odile+": Menuiserie "+c.name+" (Matin)")
			}
			h.told(c.name, want...) // and nothing to who receives everything
		}
		h.tomorrow(7, 0)
		got := map[string]int{}
		for _, m := range h.mails() {
			got[m.To[0]] = len(titles(m))
		}
		if got[odile] != 4 || got["claire@vosges.example"] != 6 {
			t.Errorf("in the digests: %v, want 4 that had not gone and 6 that are open", got)
		}
	})
}

func TestWhatTellsNobody(t *testing.T) {
	closed := call("closed", "Menuiserie trop tard")
	closed.Deadline = clock.At(dbtest.Start.Add(-time.Minute))
	award := call("award", "Menuiserie attribuée")
	award.Kind = notice.Award
	old := call("old", "Menuiserie sans date")
	old.Deadline, old.PublishedOn = 0, dbtest.Start.AddDate(0, 0, -70).Format(time.DateOnly)
	cancelled := call("cancelled", "Menuiserie abandonnée")
	cancellation := call("cancellation", "Annulation")
	cancellation.Kind, cancellation.Linked = notice.Cancellation, []string{"cancelled"}
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.create(by, daily("Matin", 7))
		h.Record(false, call("import", "Menuiserie du passé"))
		h.Work()
		h.told("an import")
		h.publish(closed, award, old, cancellation, cancelled)
		h.told("what cannot be answered")
		h.tomorrow(7, 0)
		h.told("the digest")
	})
}

// Whatever ends a watch before its mail leaves ends the mail.
func TestAWatchEndedBeforeTheMailLeavesSendsNothing(t *testing.T) {
	ends := map[string]func(h *house, end func()){
		"before it is sent": func(_ *house, end func()) { end() },
		"while the relay is down": func(h *house, end func()) {
			h.box.Cut(mailbox.Greeting)
			h.told("the relay is down")
			end()
			h.box.Heal()
			h.Clock.Move(10 * time.Minute)
		},
		"when the relay may have taken it": func(h *house, end func()) {
			h.box.Cut(mailbox.Dot)
			h.told("the line is cut")
			end()
			h.box.Heal()
			h.Clock.Move(10 * time.Minute)
		},
	}
	for when, how := range ends {
		t.Run(when, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				by := h.odile()
				deleted, paused := h.create(by, immediate("Supprimée")), h.create(by, immediate("En pause"))
				h.publish(call("1", "Menuiseries de l'école"))
				how(h, func() {
					h.delete(by, deleted)
					f := immediate("En pause")
					f.Active = false
					h.edit(by, paused, f)
				})
				h.told("both ended")
				h.create(by, immediate("Gardée"))
				h.publish(call("2", "Menuiseries du lycée"))
				doomed := h.create(by, immediate("Autre"))
				h.delete(by, doomed)
				h.told("the next", odile+": Menuiseries du lycée (Gardée)")
			})
		})
	}
}

// A mail that waited says what is true when it leaves.
func TestANoticeThatClosedMeanwhileIsLeftOutOfTheMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		soon := call("1", "Menuiserie urgente")
		soon.Deadline = clock.At(dbtest.Start.Add(2 * time.Hour))
		h.publish(soon, call("2", "Menuiserie tranquille"), call("3", "Menuiserie abandonnée"))
		cancellation := call("4", "Annulation")
		cancellation.Kind, cancellation.Linked = notice.Cancellation, []string{"3"}
		h.publish(cancellation)
		h.Clock.Move(3 * time.Hour)
		h.told("three hours later", odile+": Menuiserie tranquille (Bois)")
		h.publish(call("5", "Menuiserie seule"))
		cancellation.SourceID, cancellation.Linked = "6", []string{"5"}
		h.publish(cancellation)
		h.told("nothing is left to say")
	})
}

func TestAnAddressThatItsServerRefusesIsSuspended(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.publish(call("1", "Menuiseries de l'école"))
		h.box.Refuse(550, mailbox.Rcpt)
		h.told("refused")
		h.box.Heal()
		w, err := h.watches.Find(context.Background(), by, id)
		h.must(err)
		if got := w.Recipients[0].State(); got != watch.Failed {
			t.Errorf("the address is %q, want suspended", got)
		}
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("suspended")
		f := immediate("Bois")
		f.Resume = true
		h.edit(by, id, f)
		h.publish(call("3", "Menuiseries du gymnase"))
		h.told("taken up again", odile+": Menuiseries du gymnase (Bois)")
	})
}
