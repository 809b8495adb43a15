package db

import (
	"context"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// boot is one run of the program: who holds a lease. On PostgreSQL it holds an
// advisory lock on a connection of its own, which the server lets go the moment
// the process is dead, so that others can tell.
type boot struct {
	id   string
	mu   sync.Mutex // of conn
	conn *pgxpool.Conn
	stop context.CancelFunc
}

// watchEvery is how often the run looks whether it still holds its lock.
const watchEvery = 2 * time.Second

// Boot starts (once) this run and gives its id.
func (d *DB) Boot(ctx context.Context) (string, error) {
	d.bootMu.Lock()
	defer d.bootMu.Unlock()
	if d.boot != nil {
		return d.boot.id, nil
	}
	b := &boot{id: NewID(), stop: func() {}}
	if d.pool != nil {
		if err := b.take(ctx, d.pool); err != nil {
			return "", fmt.Errorf("boot: %w", err)
		}
		var watched context.Context
		watched, b.stop = context.WithCancel(context.Background())
		go b.hold(watched, d.pool)
	}
	d.boot = b
	return b.id, nil
}

// take locks the run's key on a connection that is kept.
func (b *boot) take(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", bootKey(b.id)); err != nil {
		conn.Release()
		return err
	}
	b.mu.Lock()
	b.conn = conn
	b.mu.Unlock()
	return nil
}

// hold takes the lock again when its connection is lost: until then the others
// believe this run dead.
func (b *boot) hold(ctx context.Context, pool *pgxpool.Pool) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		b.mu.Lock()
		lost := b.conn == nil || b.conn.Ping(ctx) != nil
		if lost && b.conn != nil && ctx.Err() == nil {
			b.conn.Release()
			b.conn = nil
		}
		b.mu.Unlock()
		if lost && ctx.Err() == nil {
			_ = b.take(ctx, pool) // tried again at the next tick
		}
	}
}

func (b *boot) release() {
	b.stop()
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
	d.bootMu.Lock()
	mine := d.boot != nil && d.boot.id == id
	d.bootMu.Unlock()
	if mine {
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

// Dead tells whether the run that took a lease is surely gone. On SQLite a command that
// runs beside the server looks like a dead one: there, leases end by their term alone.
func (d *DB) Dead(ctx context.Context, id string) (bool, error) {
	if d.pool == nil {
		return false, nil
	}
	alive, err := d.Alive(ctx, id)
	return !alive && err == nil, err
}

func bootKey(id string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("parvis boot " + id))
	return int64(h.Sum64())
}
