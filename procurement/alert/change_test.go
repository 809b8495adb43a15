package alert_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// inDays is a moment that many days after the start.
func inDays(days int) clock.Instant { return clock.At(dbtest.Start.AddDate(0, 0, days)) }

// moved is a corrigendum of the notice of a number, with another deadline.
func moved(sourceID, of string, deadline clock.Instant) notice.Record {
	r := call(sourceID, "Rectificatif")
	r.Kind, r.Linked, r.Deadline = notice.Corrigendum, []string{of}, deadline
	return r
}

// cancelled is the cancellation of a notice.
func cancelled(sourceID, of string) notice.Record {
	r := call(sourceID, "Annulation")
	r.Kind, r.Linked, r.Deadline = notice.Cancellation, []string{of}, 0
	return r
}

// subjectLines are the subjects of the mails received since the last look, by reader.
func (h *house) subjectLines() (out []string) {
	h.t.Helper()
	for _, m := range h.mails() {
		out = append(out, m.To[0]+": "+m.Subject)
	}
	return out
}

func (h *house) wantSubjects(when string, want ...string) {
	h.t.Helper()
	got := h.subjectLines()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		h.t.Errorf("%s:\n%q\nwant\n%q", when, got, want)
	}
}

// Who was told of a notice hears of its new deadline, old and new, and of its
// cancellation; once each, and nobody else does.
func TestWhoWasToldHearsOfADeadlineAndOfACancellation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.told("the call", odile+": Menuiseries (Bois)")
		f := immediate("Plus tard")
		f.Recipients = []string{karim}
		h.create(by, f)
		h.confirm() // karim comes after the call

		h.publish(moved("26-2", "26-1", inDays(30)))
		mails := h.mails()
		if len(mails) != 1 || mails[0].To[0] != odile || mails[0].Subject != "Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)" {
			t.Fatalf("of the new deadline: %v", mails)
		}
		for _, want := range []string{"Nouvelle date limite\u00a0: jeudi 24 décembre 2026", "au lieu de\u00a0: mardi 15 décembre 2026 à 10\u00a0h\u00a000"} {
			if !strings.Contains(mails[0].Text, want) || !strings.Contains(strings.NewReplacer("<s>", "", "</s>", "").Replace(mails[0].HTML), want) {
				t.Errorf("no %q in\n%s", want, mails[0].Text)
			}
		}
		h.publish(moved("26-3", "26-1", inDays(25)))
		h.wantSubjects("an earlier one", odile+": Date limite avancée au 19/12/2026\u00a0: Menuiseries (67)")
		h.publish(cancelled("26-4", "26-1"))
		h.wantSubjects("cancelled", odile+": Procédure annulée\u00a0: Menuiseries (67)")
		award := call("26-5", "Résultat")
		award.Kind, award.Linked, award.Deadline = notice.Award, []string{"26-1"}, 0
		h.publish(award)
		h.wantSubjects("the rest is for who follows")
		h.Record(true, cancelled("26-4", "26-1"))
		h.Work()
		h.wantSubjects("the same again")
	})
}

// A change that its reader's own alert will say needs no mail of its own.
func TestAChangeBeforeTheAlertLeavesIsInIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.publish(moved("26-2", "26-1", inDays(30)))
		mails := h.mails()
		if len(mails) != 1 || !strings.Contains(mails[0].Text, "Date limite\u00a0: jeudi 24 décembre 2026") {
			t.Errorf("%d mails, want one with the deadline as it is", len(mails))
		}
		h.Clock.Move(time.Hour)
		h.wantSubjects("an hour later")
	})
}

// A deadline that is put back before the mail leaves is no news.
func TestAChangeTakenBackIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.mails()
		h.publish(moved("26-2", "26-1", inDays(30)))
		h.publish(moved("26-3", "26-1", inDays(21)))
		h.wantSubjects("as it was")
		h.publish(moved("26-4", "26-1", inDays(40)))
		h.publish(moved("26-5", "26-1", inDays(50)))
		h.wantSubjects("twice, before any left", odile+": Date limite reportée au 13/01/2027\u00a0: Menuiseries (67)")
	})
}

// F18: a deadline moved before the next digest makes the notice leave at once, whatever
// the digest was to do; and one that was not told of yet is in the digest as it is now.
func TestF18ADeadlineBroughtForwardDoesNotWaitForTheDigest(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), weekly("Bois", 1, 7)) // Monday: six days from the start
		h.publish(call("26-1", "Menuiseries"), call("26-2", "Menuiseries du gymnase"))
		h.told("nothing presses")
		h.publish(moved("26-3", "26-1", inDays(3)), moved("26-4", "26-2", inDays(30)))
		mails := h.mails()
		if len(mails) != 1 || line(mails[0]) != odile+": Menuiseries (Bois)" || !strings.Contains(mails[0].Text, "vendredi 27 novembre 2026") {
			t.Fatalf("what presses now: %v", mails)
		}
		h.at(2026, time.November, 30, 7, 0)
		mails = h.mails()
		if len(mails) != 1 || line(mails[0]) != odile+": Menuiseries du gymnase (Bois)" || !strings.Contains(mails[0].Text, "jeudi 24 décembre 2026") {
			t.Fatalf("the digest: %v", mails)
		}
		h.publish(moved("26-5", "26-1", inDays(4)))
		h.wantSubjects("what has left is told of once") // it is over by now
	})
}

// A call that was over when it was recorded, and is open again, is as new.
func TestACallThatIsOpenAgainIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		over := call("26-1", "Menuiseries")
		over.Deadline = inDays(-1)
		h.publish(over)
		h.told("over")
		h.publish(moved("26-2", "26-1", inDays(20)))
		h.told("extended", odile+": Menuiseries (Bois)")

		early := call("26-5", "Menuiseries du lycée")
		early.Kind, early.Deadline = notice.Prior, 0
		h.publish(early)
		h.told("no call yet")
		h.publish(call("26-5", "Menuiseries du lycée"))
		h.told("a call under the same number", odile+": Menuiseries du lycée (Bois)")

		h.Record(false, call("26-3", "Menuiseries de 2025"))
		h.publish(moved("26-4", "26-3", inDays(40)))
		h.told("what was imported with the past alerts nobody")
	})
}

// An alert that left a notice out, because it was over by then, has told nobody of it: its
// reader hears of it when its deadline is moved.
func TestWhatWasLeftOutIsToldWhenItIsOpenAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		soon := call("26-1", "Menuiseries")
		soon.Deadline = clock.At(dbtest.Start.Add(time.Hour))
		h.publish(soon)
		h.Clock.Move(2 * time.Hour) // the relay was away
		h.told("over by now")
		h.publish(moved("26-2", "26-1", inDays(20)))
		h.wantSubjects("extended", odile+": Date limite fixée au 14/12/2026\u00a0: Menuiseries (67)")
	})
}

// « Suivre » adds the rest; it is taken back from the same page.
func TestWhoFollowsHearsOfTheRest(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"), call("26-2", "Menuiseries du gymnase"))
		first := h.only()
		id := h.IDOf("26-1")
		page, err := h.alerts.FollowNotice(t.Context(), h.followSecret(first), id, true)
		h.must(err)
		if len(page.Notices) != 2 || page.Following() != 1 {
			t.Fatalf("the page: %+v", page)
		}
		with := call("26-1", "Menuiseries")
		with.VisitAt = inDays(10)
		other := call("26-2", "Menuiseries du gymnase")
		other.VisitAt = inDays(10)
		h.publish(with, other)
		m := h.only()
		if m.Subject != "Avis modifié\u00a0: Menuiseries (67)" || !strings.Contains(m.Text, "Visite obligatoire le vendredi 4 décembre 2026") || !strings.Contains(m.Text, "vous suivez cette consultation") {
			t.Errorf("the visit: %s\n%s", m.Subject, m.Text)
		}
		with.Description = "Des précisions."
		h.publish(with)
		if m := h.only(); !strings.Contains(m.Text, "L'avis a été modifié") {
			t.Errorf("reworded:\n%s", m.Text)
		}
		award := call("26-3", "Résultat")
		award.Kind, award.Linked, award.Deadline = notice.Award, []string{"26-1"}, 0
		h.publish(award)
		h.wantSubjects("awarded", odile+": Attribué\u00a0: Menuiseries (67)")

		_, err = h.alerts.FollowNotice(t.Context(), h.followSecret(first), id, false)
		h.must(err)
		with.Description = "Encore."
		h.publish(with)
		h.wantSubjects("followed no more")
		if _, err := h.alerts.FollowNotice(t.Context(), h.followSecret(first), h.IDOf("26-3"), true); err == nil {
			t.Error("a notice that is not in the mail was followed")
		}
	})
}

// A result is told of whatever it says, with the lots that nobody was given.
func TestWhoFollowsHearsOfAResultThatIsNoAward(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		divided := call("26-1", "Menuiseries")
		divided.Lots = []notice.Lot{{Number: "1", Title: "Portes"}, {Number: "2", Title: "Fenêtres"}}
		h.publish(divided)
		_, err := h.alerts.FollowNotice(t.Context(), h.followSecret(h.only()), h.IDOf("26-1"), true)
		h.must(err)
		result := func(id string, d notice.Detail) notice.Record {
			r := call(id, "Résultat")
			r.Kind, r.Linked, r.Deadline, r.Detail = notice.Award, []string{"26-1"}, 0, d
			return r
		}
		heard := func(what, subject string, says ...string) {
			t.Helper()
			m := h.only()
			if m.Subject != subject+"\u00a0: Menuiseries (67)" {
				t.Errorf("%s: %q", what, m.Subject)
			}
			text := strings.Join(strings.Fields(m.Text), " ")
			for _, s := range says {
				if no, absent := strings.CutPrefix(s, "!"); strings.Contains(text, strings.Join(strings.Fields(no), " ")) == absent {
					t.Errorf("%s, %q:\n%s", what, s, m.Text)
				}
			}
		}
		h.publish(result("26-2", notice.Detail{Unawarded: []notice.UnawardedLot{{Lot: "Lot 2 - Fenêtres", Why: notice.Unsuccessful}}}))
		heard("one lot of two", "En partie infructueux ou sans suite", "Lot 2 - Fenêtres : infructueux.", "!attribué")
		h.publish(result("26-3", notice.Detail{Awards: []notice.AwardLine{{Lot: "Lot 1 - Portes", Holder: "Muller"}}}))
		heard("then the other is awarded", "Attribué en partie", "Le marché est attribué en partie", "Lot 2 - Fenêtres : infructueux.")
		h.publish(result("26-3", notice.Detail{Unawarded: []notice.UnawardedLot{{Lot: "Lot 1 - Portes", Why: notice.Unsuccessful}}}))
		heard("which is mended", "Infructueux", "La procédure est infructueuse : aucun marché n'est attribué.", "!est attribué :")
		h.publish(result("26-2", notice.Detail{Unawarded: []notice.UnawardedLot{{Why: notice.Discontinued}}}), result("26-3", notice.Detail{Unawarded: []notice.UnawardedLot{{Why: notice.Discontinued}}}))
		heard("and again", "Sans suite", "La procédure est déclarée sans suite : aucun marché n'est attribué.")
		h.publish(result("26-4", notice.Detail{Unawarded: []notice.UnawardedLot{{Why: notice.Discontinued}}}))
		h.wantSubjects("the same once more")
	})
}

// What was said before results were told apart is not said again.
func TestAnAwardToldOfLongAgoIsNotToldAgain(t *testing.T) {
	n := &notice.Notice{AwardedOn: "2026-11-02", Result: notice.Awarded}
	n.Deadline = 5
	for said, want := range map[string][]string{`{"deadline":5,"awarded_on":"2026-11-02"}`: nil, `{"deadline":5}`: {"Attribué"}} {
		got, err := alert.News(said, n, "", 9)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", said, err, diff)
		}
	}
}

// A corrigendum that speaks of the deadline and cannot be read is told once; to whom it was
// not told whether there was one, it is no news.
func TestADeadlineToBeCheckedIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.told("the call", odile+": Menuiseries (Bois)")
		unclear := func(sourceID string) notice.Record {
			r := moved(sourceID, "26-1", 0)
			r.DeadlineDoubtful = true
			return r
		}
		h.publish(unclear("26-2"))
		mails := h.mails()
		if len(mails) != 1 || mails[0].Subject != "Date limite à vérifier\u00a0: Menuiseries (67)" ||
			!strings.Contains(mails[0].Text, "Un rectificatif parle de la date limite\u00a0: à vérifier dans l'avis.") || !strings.Contains(mails[0].HTML, "à vérifier dans l") {
			t.Fatalf("of the corrigendum: %v", mails)
		}
		h.Record(true, unclear("26-2"))
		h.Work()
		h.wantSubjects("the same again")
		h.publish(unclear("26-3"))
		h.wantSubjects("another one", odile+": Date limite à vérifier\u00a0: Menuiseries (67)")
		h.publish(moved("26-4", "26-1", inDays(30)))
		h.wantSubjects("and then it is said", odile+": Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)")
	})
	n := &notice.Notice{}
	n.Deadline = 5
	for said, want := range map[string][]string{`{"deadline":5}`: nil, `{"deadline":5,"unclear":"no"}`: {"Date limite à vérifier"}, `{"deadline":5,"unclear":"b"}`: nil, `{"deadline":5,"unclear":"a"}`: {"Date limite à vérifier"}} {
		got, err := alert.News(said, n, "b", 3)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", said, err, diff)
		}
	}
}

// Who has unsubscribed, or whose watch is over, hears of no change.
func TestWhoHasStoppedHearsOfNoChange(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		f := immediate("Bois")
		f.Recipients = []string{karim}
		id := h.create(by, f)
		h.confirm()
		h.publish(call("26-1", "Menuiseries"))
		for _, m := range h.mails() {
			if m.To[0] == karim {
				_, err := h.alerts.Stop(t.Context(), h.secret(m), nil, false)
				h.must(err)
			}
		}
		h.publish(moved("26-2", "26-1", inDays(30)))
		h.wantSubjects("karim has stopped", odile+": Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)")
		h.publish(moved("26-3", "26-1", inDays(35)))
		h.delete(by, id)
		h.wantSubjects("the watch is deleted before the mail leaves")
	})
}

// A change reaches the address that its reader has taken meanwhile, and only it.
func TestAChangeFollowsItsReader(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.mails()
		h.publish(moved("26-2", "26-1", inDays(30)))
		from, err := account.ParseAddress(odile)
		h.must(err)
		to, err := account.ParseAddress("odile.neuve@muller.example")
		h.must(err)
		h.Write(func(tx *db.Tx) error {
			if err := h.watches.Follow(tx, account.AddressMove{By: by, From: from, To: to}, false); err != nil {
				return err
			}
			return h.alerts.Follow(tx, from, to)
		})
		h.wantSubjects("owed before", to.Text+": Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)")
		h.publish(moved("26-3", "26-1", inDays(35)))
		h.wantSubjects("moved since", to.Text+": Date limite reportée au 29/12/2026\u00a0: Menuiseries (67)")
	})
}

// followSecret is the token of the page where a mail's notices are followed.
func (h *house) followSecret(m mailbox.Message) string {
	h.t.Helper()
	_, rest, ok := strings.Cut(m.Text, "https://parvis.example/suivi/")
	if !ok {
		h.t.Fatalf("no page to follow at in\n%s", m.Text)
	}
	secret, _, _ := strings.Cut(rest, "?")
	return strings.TrimSpace(strings.SplitN(secret, "\n", 2)[0])
}

// « On passe » silences what becomes of a notice too; other companies hear of it.
func TestWhoPassesHearsOfNoChange(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.mails()
		h.publish(moved("26-2", "26-1", inDays(30)))
		h.pass(by, "26-1", watch.Pass)
		h.wantSubjects("passed on before the mail leaves")
		h.publish(moved("26-3", "26-1", inDays(31)))
		h.wantSubjects("and after")
		h.pass(by, "26-1", watch.Go)
		h.publish(moved("26-4", "26-1", inDays(32)))
		h.wantSubjects("taken up again", odile+": Date limite reportée au 26/12/2026\u00a0: Menuiseries (67)")
	})
}

// The same contract in two gazettes is twice in one mail, and each says so.
func TestAProbableDuplicateSaysSo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), immediate("Bois"))
		one := call("26-1", "Menuiseries de l'école")
		one.Buyer.SIRET = "21670462700018"
		other := one
		other.Source, other.SourceID = notice.SourceTED, "500-2026"
		h.Record(true, one)
		h.Record(true, other)
		h.create(h.Join(noticetest.Other, "claire", "claire@vosges.example"), daily("Bois", 7))
		h.Work()
		for _, m := range h.mails() {
			if n := strings.Count(m.Text, "Doublon probable\u00a0:"); n != 1 || !strings.Contains(m.HTML, "Doublon probable\u00a0: <a") {
				t.Errorf("%d times in\n%s", n, m.Text)
			}
		}
		third := call("26-2", "Menuiseries du gymnase")
		h.Record(true, third)
		twin := third
		twin.Source, twin.SourceID, twin.Deadline = notice.SourceTED, "501-2026", inDays(30)
		h.Record(true, twin)
		h.Work()
		for _, m := range h.mails() {
			if strings.Contains(m.Text, "Doublon probable") {
				t.Errorf("two deadlines are not one contract:\n%s", m.Text)
			}
		}
	})
}
