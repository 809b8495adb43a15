package mail_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

// TestTwoReplicasSendEachMailOnce has two programs on one PostgreSQL race for 500
// mails, each believing the other may have died.
func TestTwoReplicasSendEachMailOnce(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = box.Close() }()
	var posts []*post
	for range 2 {
		d, c := dbtest.Open(t, url)
		p := &post{t: t, db: d, clock: c, box: box, said: "bonjour"}
		p.out = outbox(t, d)
		p.out.Compose("note", p.compose)
		p.send = sender(t, p.out, "smtp://"+box.Addr())
		posts = append(posts, p)
	}
	const mails = 500
	var refs []string
	for i := range mails {
		refs = append(refs, fmt.Sprintf("avis-%d", i))
	}
	posts[0].owe(refs...)
	began := time.Now()
	var total atomic.Int64
	var wg sync.WaitGroup
	var share [2]int
	for i, p := range posts {
		wg.Go(func() {
			for range 2000 {
				if total.Load() >= mails {
					return
				}
				if err := p.send.Recover(context.Background()); err != nil {
					t.Error(err)
					return
				}
				n, err := p.send.SendDue(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				share[i] += n
				if total.Add(int64(n)); n == 0 {
					time.Sleep(20 * time.Millisecond)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d mails in %v, shared %v", mails, time.Since(began).Round(time.Millisecond), share)
	seen := map[string]int{}
	for _, m := range box.Messages() {
		seen[m.Subject]++
	}
	if len(box.Messages()) != mails || len(seen) != mails {
		t.Errorf("%d messages about %d subjects, want %d of each", len(box.Messages()), len(seen), mails)
	}
	posts[0].stand(map[mail.State]int{mail.Sent: mails})
}

// TestTheDeadAreRelievedAndTheLivingAreNot: a row held by a run that is over goes
// back at once with its bytes; one whose holder lives stays until its lease ends.
func TestTheDeadAreRelievedAndTheLivingAreNot(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		hold := func(owner string, until clock.Instant) {
			t.Helper()
			if err := p.db.Write(context.Background(), func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE outbox SET state = 'sending', lease_owner = $1, lease_until = $2, bytes = 'frozen'", owner, until)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		back := func(want mail.State) {
			t.Helper()
			for range 2 { // on PostgreSQL it takes two looks to be sure that a run is dead
				if err := p.send.Recover(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			p.stand(map[mail.State]int{want: 1})
			if p.frozen("avis") != "frozen" {
				t.Error("the bytes are gone")
			}
		}
		now := clock.System{}.Now()
		p.owe("avis")
		hold("a-run-that-is-over", now.Add(time.Hour))
		back(mail.Pending)
		us, err := p.db.Boot(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		hold(us, now.Add(time.Hour))
		p.clock.Move(48 * time.Hour) // the demonstration's clock does not end a lease
		back(mail.Sending)
		hold(us, now.Add(-time.Second))
		back(mail.Pending)
	})
}
