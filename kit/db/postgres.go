package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is the name under which a commit wakes the other replicas.
const channel = "parvis_change"

func (d *DB) openPostgres(ctx context.Context, url string) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	if cfg.MaxConns < 16 {
		cfg.MaxConns = 16
	}
	cfg.AfterConnect = compressFast
	if d.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	if err := d.pool.Ping(ctx); err != nil {
		d.pool.Close()
		return err
	}
	listen, cancel := context.WithCancel(context.Background())
	d.stopListener, d.listenerDone = cancel, make(chan struct{})
	go d.listen(listen, cfg.ConnConfig.Copy())
	return nil
}

// compressFast has PostgreSQL compress long rows by LZ4, where it was built with it (14 and
// later): its own method takes a tenth of the server's time in an import. What is there
// already stays as it is, and is read by both.
func compressFast(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SELECT set_config('default_toast_compression', 'lz4', false)
		FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)`)
	return err
}

// listen wakes the followers of this process when another one commits. A lost
// connection costs only delay: followers also look every second.
func (d *DB) listen(ctx context.Context, cfg *pgx.ConnConfig) {
	defer close(d.listenerDone)
	for ctx.Err() == nil {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err == nil {
			if _, err = conn.Exec(ctx, "LISTEN "+channel); err == nil {
				for {
					if _, err = conn.WaitForNotification(ctx); err != nil {
						break
					}
					d.Wake()
				}
			}
			_ = conn.Close(context.WithoutCancel(ctx))
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}
