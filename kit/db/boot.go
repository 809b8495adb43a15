package db

import (
	"context"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
)

// boot is one run of the program: who holds a lease. On PostgreSQL it holds an
// advisory lock on a connection of its own, which the server lets go the moment
// the process is dead, so that others can tell.
type boot struct {
	id   string
	mu   sync.Mutex
	conn *pgxpool.Conn
}

// Boot starts (once) this run and gives its id.
func (d *DB) Boot(ctx context.Context) (string, error) {
	if d.boot != nil {
		return d.boot.id, nil
	}
	b := &boot{id: NewID()}
	if d.pool != nil {
		conn, err := d.pool.Acquire(ctx)
		if err != nil {
			return "", fmt.Errorf("boot: %w", err)
		}
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", bootKey(b.id)); err != nil {
			conn.Release()
			return "", fmt.Errorf("boot: %w", err)
		}
		b.conn = conn
	}
	d.boot = b
	return b.id, nil
}

func (b *boot) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil {
		_, _ = b.conn.Exec(context.Background(), "SELECT pg_advisory_unlock($1)", bootKey(b.id))
		b.conn.Release()
		b.conn = nil
	}
}

// Alive tells whether the run that took a lease may still be working on it. On
// SQLite only one run serves a data directory at a time, so any other is dead.
func (d *DB) Alive(ctx context.Context, id string) (bool, error) {
	if d.boot != nil && d.boot.id == id {
		return true, nil
	}
	if d.pool == nil {
		return false, nil
	}
	alive := true
	err := d.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		var free bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", bootKey(id)).Scan(&free); err != nil {
			return err
		}
		if free {
			alive = false
			_, err := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", bootKey(id))
			return err
		}
		return nil
	})
	return alive, err
}

func bootKey(id string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("parvis boot " + id))
	return int64(h.Sum64())
}
