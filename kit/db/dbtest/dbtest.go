// Package dbtest runs a test on both databases: an SQLite file, and a PostgreSQL
// server that it starts for the test process and throws away.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parvis/kit/clock"
	"parvis/kit/db"
)

// Start is where the clock of a test's database stands: a Tuesday, in winter
// time, ten in the morning in Paris.
var Start = time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Paris)

// Each runs f once on each database, empty and migrated, with a movable clock
// that starts at Start.
func Each(t *testing.T, f func(t *testing.T, d *db.DB, c *clock.Movable)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			d, c := Open(t, URL(t, dialect))
			f(t, d, c)
		})
	}
}

// Open opens and migrates the database of url, and closes it with the test.
func Open(t testing.TB, url string) (*db.DB, *clock.Movable) {
	t.Helper()
	c := &clock.Movable{}
	c.Move(time.Until(Start))
	d, err := db.Open(context.Background(), url, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := d.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return d, c
}

// URL makes an empty database of this kind for one test.
func URL(t testing.TB, dialect db.Dialect) string {
	t.Helper()
	if dialect == db.SQLite {
		return filepath.Join(t.TempDir(), "parvis.db")
	}
	server, err := sharedServer()
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("PARVIS_REQUIRE_POSTGRES") == "1" {
			t.Fatalf("PostgreSQL is required here: %v", err)
		}
		t.Skipf("without PostgreSQL this half of the test is not run: %v", err)
	}
	return server.create(t)
}

// Durable has the PostgreSQL of this process survive a power cut, as one in earnest does:
// for measures. Whoever wants it says so before the first database is made.
var Durable bool

// server is a PostgreSQL of this test process.
type server struct {
	socket string
	port   int
	mu     sync.Mutex
	made   int
}

var sharedServer = sync.OnceValues(startServer)

func (s *server) url(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s&port=%d", database, s.socket, s.port)
}

func (s *server) create(t testing.TB) string {
	t.Helper()
	s.mu.Lock()
	s.made++
	name := fmt.Sprintf("test_%d", s.made)
	s.mu.Unlock()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

// startServer runs initdb and postgres in a temporary folder. A small shell
// waits on a pipe that closes when this process ends, however it ends, then stops
// the server and removes the folder.
func startServer() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "parvis-pg")
	if err != nil {
		return nil, err
	}
	attr, err := asServerOwner(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	options := []string{"-D", data, "-k", dir, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"}
	if !Durable {
		options = append(options, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	run := exec.Command(filepath.Join(bin, "postgres"), options...)
	run.SysProcAttr, run.Dir = attr, dir
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	run.Stdout, run.Stderr = log, log
	if err := run.Start(); err != nil {
		return nil, err
	}
	if err := stopWithUs(run.Process.Pid, dir); err != nil {
		return nil, err
	}
	s := &server{socket: dir, port: port}
	return s, s.awaitReady()
}

func (s *server) awaitReady() error {
	var err error
	for range 200 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), s.url("postgres")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("PostgreSQL does not answer: %w", err)
}

func stopWithUs(pid int, dir string) error {
	guard := exec.Command("sh", "-c", fmt.Sprintf("cat >/dev/null; kill -QUIT %d; sleep 1; rm -rf %s", pid, dir))
	guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var err error
	if lifeline, err = guard.StdinPipe(); err != nil {
		return err
	}
	return guard.Start()
}

// lifeline is the pipe to the guard, held open until the process ends; a
// variable, so that the collector does not close it earlier.
var lifeline io.Closer

// binaries finds the newest installed server.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		if path, err := exec.LookPath("postgres"); err == nil {
			return filepath.Dir(path), nil
		}
		return "", errors.New("no postgres under /usr/lib/postgresql nor on the path")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// asServerOwner makes the folder belong to the account that runs the server:
// PostgreSQL refuses to run as root.
func asServerOwner(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	if err := l.Close(); err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
