package alert_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-rod/rod/lib/proto"
	"github.com/google/go-cmp/cmp"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// fullDigest is a digest that has all that one can say, and texts that nothing breaks.
func (h *house) fullDigest(by access.Actor) mailbox.Message {
	h.t.Helper()
	f := daily("Menuiseries & charpente, Grand Est", 7)
	f.Keywords = "menuiserie charpente"
	f.Refine.CPV = []string{"45421000"}
	h.create(by, f)
	h.create(by, daily("Bois", 7))
	records := threeNotices()
	records[0].Lots = nil
	for i := range 14 {
		records[0].Lots = append(records[0].Lots, notice.Lot{Number: fmt.Sprint(i + 1), Title: fmt.Sprintf("Menuiseries du bâtiment %d", i+1)})
	}
	records[0].CPV = []string{"45421000"}
	records[1].Title = "Menuiserie de l'établissement " + strings.Repeat("anticonstitutionnellement", 6)
	twin := records[0]
	twin.Source, twin.SourceID = notice.SourceTED, "500-2026"
	only := call("26-5", "Travaux de second œuvre")
	only.CPV, only.Departments = []string{"45421100"}, []string{"67", "68", "88", "54", "57"}
	h.Record(true, records...)
	h.Record(true, twin)
	h.publish(only)
	h.tomorrow(7, 0)
	return h.only()
}

// fullChanges is a mail about changes of each kind.
func (h *house) fullChanges(first mailbox.Message) mailbox.Message {
	h.t.Helper()
	_, err := h.alerts.FollowNotice(h.t.Context(), h.followSecret(first), h.IDOf("26-2"), true)
	h.must(err)
	paris := clock.At(time.Date(2026, 12, 20, 12, 0, 0, 0, clock.Paris))
	visit := threeNotices()[0]
	visit.VisitAt += 86_400_000
	visit.Title += " et de ses abords"
	h.publish(visit, moved("27-1", "26-3", paris), moved("27-2", "26-5", inDays(10)), cancelled("27-3", "26-4"))
	return h.only()
}

// What the fullest mails say, to the letter.
func TestTheFullestMailsSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	digest := h.fullDigest(h.odile())
	golden(t, "digest_full", digest)
	changes := h.fullChanges(digest)
	golden(t, "changes", changes)
	for name, m := range map[string]mailbox.Message{"digest": digest, "changes": changes} {
		for line := range strings.Lines(m.Text) {
			line = strings.TrimSuffix(strings.TrimRight(line, "\r\n"), "\r")
			if n := utf8.RuneCountInString(line); n > 78 && !strings.HasPrefix(line, "https://") {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.Contains(m.Header.Get("List-Unsubscribe"), "/desabonnement/") {
			t.Errorf("%s: no one-click unsubscribe: %v", name, m.Header)
		}
	}
}

// The mails are read on a phone and on a screen, by day and by night, and by those who
// hear them.
func TestTheMailsLookRight(t *testing.T) {
	h := quiet(t)
	b := browsertest.New(t)
	digest := h.fullDigest(h.odile())
	changes := h.fullChanges(digest)
	for name, m := range map[string]mailbox.Message{"recapitulatif": digest, "changements": changes, "adresses-en-echec": h.failingMail()} {
		file := saved(t, m)
		for view, v := range map[string]browsertest.View{
			"telephone": {Width: 375, Height: 812}, "ecran": {Width: 800, Height: 900},
			"telephone-sombre": {Width: 375, Height: 812, Dark: true}, "ecran-sombre": {Width: 800, Height: 900, Dark: true},
		} {
			page := b.Page(file, v)
			if wide := page.MustEval(`() => document.documentElement.scrollWidth`).Int(); wide > v.Width {
				t.Errorf("%s, %s: %d pixels wide", name, view, wide)
			}
			browsertest.Axe(t, page)
			browsertest.Screenshot(t, page, "mail-"+name+"-"+view)
		}
	}
}

// saved is the address of a mail opened from a folder, where no server is.
func saved(t *testing.T, m mailbox.Message) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mail.html")
	if err := os.WriteFile(file, []byte(m.HTML), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// failingMail is the mail about two addresses.
func (h *house) failingMail() mailbox.Message {
	h.t.Helper()
	by := h.Join(noticetest.Other, "claire", "claire@vosges.example")
	f := immediate("Bois")
	f.Keywords = "charpente"
	f.Recipients = []string{"devis@vosges.example", "atelier@vosges.example"}
	h.create(by, f)
	h.confirm()
	h.refuseTo(f.Recipients...)
	h.publish(call("28-1", "Charpente"))
	h.mails()
	h.Work()
	h.box.Heal()
	h.Clock.Move(time.Hour)
	for _, m := range h.mails() {
		if strings.Contains(m.Subject, "en échec") {
			return m
		}
	}
	h.t.Fatal("no mail about the addresses")
	return mailbox.Message{}
}

// Read aloud, a mail says what it is about, then each contract from its title to what one
// can do, and last how to stop.
func TestAMailIsReadInItsOrder(t *testing.T) {
	h := quiet(t)
	h.create(h.odile(), immediate("Bois"))
	h.publish(threeNotices()[0])
	m := h.only()
	page := browsertest.New(t).Page(saved(t, m))
	tree, err := proto.AccessibilityGetFullAXTree{}.Call(page)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range inOrder(tree.Nodes) {
		if n.Ignored || n.Role == nil || n.Name == nil {
			continue
		}
		switch role := n.Role.Value.Str(); role {
		case "heading", "link":
			got = append(got, role+": "+n.Name.Value.Str())
		case "StaticText":
			for _, start := range []string{"Date limite", "Visite", "Questions", "Lots", "Pourquoi", "Écarter de la veille", "Vous recevez"} {
				if strings.HasPrefix(n.Name.Value.Str(), start) {
					got = append(got, "text: "+start)
				}
			}
		}
	}
	want := []string{
		"heading: Un nouveau marché correspond à vos veilles.",
		"heading: Réhabilitation du gymnase", "link: Réhabilitation du gymnase", "text: Lots", "text: Date limite", "text: Visite", "text: Questions", "text: Pourquoi",
		"link: Voir l'avis", "link: Mettre les dates dans mon agenda", "link: Suivre cette consultation",
		"text: Écarter de la veille", "link: le mot «\u00a0menuiseries\u00a0»", "link: cet acheteur",
		"link: Modifier ou désactiver la veille «\u00a0Bois\u00a0»", "link: la mettre en pause", "link: Toutes mes veilles", "text: Vous recevez",
		"link: Ne plus recevoir ces veilles",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// inOrder walks the tree as it is read: it comes floor by floor.
func inOrder(nodes []*proto.AccessibilityAXNode) (out []*proto.AccessibilityAXNode) {
	byID := map[proto.AccessibilityAXNodeID]*proto.AccessibilityAXNode{}
	for _, n := range nodes {
		byID[n.NodeID] = n
	}
	var walk func(n *proto.AccessibilityAXNode)
	walk = func(n *proto.AccessibilityAXNode) {
		out = append(out, n)
		for _, id := range n.ChildIDs {
			if child := byID[id]; child != nil {
				walk(child)
			}
		}
	}
	walk(nodes[0])
	return out
}

// Two hundred contracts make a mail that no program cuts: the first ones in full, the
// others on a page that opens from the mail; all are told, and none again.
func TestAMailOfTwoHundredContractsStaysReadable(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), daily("Menuiseries et charpentes du Grand Est", 7))
		h.create(h.Join(noticetest.Other, "claire", "claire@vosges.example"), daily("Bois", 7))
		var records []notice.Record
		for i := range 200 {
			r := call(fmt.Sprint("26-", i), fmt.Sprintf("Fourniture et pose de menuiseries extérieures du bâtiment %d, programme pluriannuel de rénovation", i))
			r.Deadline = inDays(21 + i%30)
			r.Lots = []notice.Lot{{Number: "1", Title: "Menuiseries en bois, y compris dépose"}, {Number: "2", Title: "Menuiseries en aluminium"}}
			records = append(records, r)
		}
		h.publish(records...)
		h.tomorrow(7, 0)
		for _, m := range h.mails() {
			if !strings.HasPrefix(m.Subject, "200 nouveaux marchés\u00a0: ") || utf8.RuneCountInString(m.Subject) > 120 {
				t.Errorf("subject: %s", m.Subject)
			}
			if len(m.HTML) > 100<<10 || len(m.Text) > 100<<10 {
				t.Errorf("%d bytes of HTML and %d of text", len(m.HTML), len(m.Text))
			}
			if !strings.Contains(m.Text, "Et 170 autres marchés, tous sur une page") || !strings.Contains(m.HTML, "Et 170 autres marchés") {
				t.Errorf("the rest is not told:\n%s", m.Text[len(m.Text)-800:])
			}
			told, err := h.alerts.Telling(t.Context(), h.followSecret(m))
			h.must(err)
			if len(told.Notices) != 200 {
				t.Errorf("the page lists %d", len(told.Notices))
			}
		}
		h.tomorrow(24+7, 0)
		h.told("the next day")
	})
}
