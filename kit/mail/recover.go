package mail

import (
	"context"
	"errors"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// Recover puts back in the queue, at once, the rows of senders that died, and
// those whose lease is over. Their bytes stay: they may have been sent. Run calls
// it when it starts and every few seconds.
func (s *Sender) Recover(ctx context.Context) error {
	boot, err := s.bootID(ctx)
	if err != nil {
		return err
	}
	now := clock.System{}.Now()
	var owners, late []string
	if err := s.out.db.Read(ctx, func(tx *db.Tx) (err error) {
		if owners, err = holders(tx, boot); err != nil {
			return err
		}
		late, err = lapsed(tx, now)
		return err
	}); err != nil {
		return err
	}
	for _, owner := range owners {
		alive, err := s.out.db.Alive(ctx, owner)
		if err != nil {
			return err
		}
		// One look can fall between a lost connection and its lock taken again.
		if gone := !alive && (s.gone[owner] || s.out.db.Dialect() == db.SQLite); !gone {
			s.note(owner, alive)
			continue
		}
		var ids []string
		if err := s.out.db.Read(ctx, func(tx *db.Tx) (err error) { ids, err = held(tx, owner); return err }); err != nil {
			return err
		}
		if err := s.free(ctx, "of a sender that died", ids, owner, now); err != nil {
			return err
		}
	}
	return s.free(ctx, "whose lease was over", late, "", now)
}

// note remembers a run that was not there at this look.
func (s *Sender) note(owner string, alive bool) {
	if alive {
		delete(s.gone, owner)
		return
	}
	if s.gone == nil {
		s.gone = map[string]bool{}
	}
	s.gone[owner] = true
}

func (s *Sender) free(ctx context.Context, whose string, ids []string, owner string, now clock.Instant) error {
	if len(ids) == 0 {
		return nil
	}
	var freed int64
	err := s.out.db.Write(ctx, func(tx *db.Tx) error {
		freed = 0
		for _, id := range ids {
			n, err := takeBack(tx, id, owner, now)
			if err != nil {
				return err
			}
			freed += n
		}
		return nil
	})
	if err == nil && freed > 0 {
		s.log.WarnContext(ctx, "mails taken back", "whose", whose, "count", freed)
		s.out.Nudge()
	}
	return err
}

// expireOverdue ends what has waited too long, the relay up or down.
func (s *Sender) expireOverdue(ctx context.Context) error {
	for {
		var ids []string
		err := s.out.db.Read(ctx, func(tx *db.Tx) (err error) { ids, err = overdue(tx, 100); return err })
		if err != nil || len(ids) == 0 {
			return err
		}
		slices.Sort(ids) // one order for all replicas
		err = s.out.db.Write(ctx, func(tx *db.Tx) error {
			for _, id := range ids {
				kind, err := expire(tx, id)
				if errors.Is(err, db.ErrNone) {
					continue // taken or ended meanwhile
				}
				if err != nil {
					return err
				}
				tx.AfterCommit(func() { s.log.WarnContext(ctx, "mail expired unsent", "id", id, "kind", kind) })
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
