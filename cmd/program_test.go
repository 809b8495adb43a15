package cmd_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

// program is the binary under test, built once; its folder goes with the tests.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(programDir, "parvis")
	out, err := exec.Command("go", "build", "-o", path, "parvis").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

var programDir string

func TestMain(m *testing.M) {
	for _, set := range os.Environ() { // what the machine sets is not what is tested
		if name, _, _ := strings.Cut(set, "="); strings.HasPrefix(name, "PARVIS_") && name != "PARVIS_TEST_DATA" && name != "PARVIS_REQUIRE_POSTGRES" {
			_ = os.Unsetenv(name)
		}
	}
	var err error
	if programDir, err = os.MkdirTemp("", "parvis-cmd"); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(programDir)
	os.Exit(status)
}

// where are the options that say where the data are, one empty place for each
// database.
func where(t *testing.T, dialect db.Dialect) []string {
	t.Helper()
	options := []string{"--data", t.TempDir()}
	if dialect == db.Postgres {
		options = append(options, "--database", dbtest.URL(t, dialect))
	}
	return options
}

// eachDatabase runs f on an empty place of each kind.
func eachDatabase(t *testing.T, f func(t *testing.T, place []string)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { f(t, where(t, dialect)) })
	}
}

// process is a running program.
type process struct {
	*exec.Cmd
	out    *bufio.Reader
	mu     sync.Mutex
	errOut bytes.Buffer
	waited error
	ended  chan struct{}
}

// launch starts the program in a folder of its own; it is killed with the test.
func launch(t *testing.T, env []string, in io.Reader, args ...string) *process {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	p.Dir, p.Env, p.Stdin, p.Stderr = t.TempDir(), append(os.Environ(), env...), in, p
	out, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out, p.Stdout = bufio.NewReader(out), to
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	_ = to.Close()
	go func() { p.waited = p.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
		_ = out.Close()
		if t.Failed() {
			t.Logf("%v wrote:\n%s", args, p.said())
		}
	})
	return p
}

// Write keeps what the program writes on its standard error.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errOut.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errOut.String()
}

// line waits for the next line of the standard output.
func (p *process) line(t *testing.T) string {
	t.Helper()
	s, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("no line: %v; %s", err, p.said())
	}
	return s
}

// signal sends a signal to the program.
func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// status waits for the end: the exit status, or -1 when it was killed.
func (p *process) status(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatalf("still running; %s", p.said())
	}
	var exit *exec.ExitError
	if p.waited != nil && !errors.As(p.waited, &exit) {
		t.Fatal(p.waited)
	}
	return p.ProcessState.ExitCode()
}

// awaitPage waits until the address answers 200.
func awaitPage(t *testing.T, p *process, url string) {
	t.Helper()
	eventually(t, "an answer of "+url+"; "+p.said(), func() bool {
		res, err := http.Get(url)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// eventually waits, long enough for a machine that does much else.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
