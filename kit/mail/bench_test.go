package mail_test

import (
	"context"
	"fmt"
	"testing"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

// BenchmarkSendDue is the time per mail, from owed to marked, to a relay on the
// same machine: what the database costs.
func BenchmarkSendDue(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			d, _ := dbtest.Open(b, dbtest.URL(b, dialect))
			box, err := mailbox.Listen("127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = box.Close() }()
			o, err := mail.New(d, mail.Options{From: "ne-pas-repondre@parvis.example", Log: silent})
			if err != nil {
				b.Fatal(err)
			}
			o.Compose("note", func(_ *db.Tx, ref, _ string) (mail.Message, error) {
				return mail.Message{Subject: ref, Text: "Bonjour"}, nil
			})
			s, err := mail.NewSender(o, "smtp://"+box.Addr(), silent)
			if err != nil {
				b.Fatal(err)
			}
			if err := d.Write(context.Background(), func(tx *db.Tx) error {
				for i := range b.N {
					if err := o.Owe(tx, mail.Owed{Kind: "note", Ref: fmt.Sprint(i), Recipient: "a@b.example"}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if n, err := s.SendDue(context.Background()); n != b.N || err != nil {
				b.Fatalf("%d sent of %d: %v", n, b.N, err)
			}
		})
	}
}
