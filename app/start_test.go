package app_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

// A platform that starts answers at once: while the notices cannot be read yet, every
// page that searches says that results are missing; once they are, none does.
func TestPagesAreAnsweredWhileTheIndexIsLoaded(t *testing.T) {
	locked, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	let := func() { once.Do(func() { close(release) }) }
	defer let()
	p := start(t, db.Postgres, func(c *app.Config) {
		d, _ := dbtest.Open(t, c.Database)
		t.Cleanup(let)
		go func() {
			if err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := tx.Exec("LOCK TABLE notice IN ACCESS EXCLUSIVE MODE")
				close(locked)
				<-release
				return err
			}); err != nil {
				t.Error(err)
			}
		}()
		<-locked
	})
	const loading = "index de recherche est en cours de chargement"
	says := func(path string) bool {
		answer, err := http.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d (%v)", path, answer.StatusCode, err)
		}
		return strings.Contains(string(body), loading)
	}
	if p.Notices.Progress().Ready {
		t.Fatal("the index is ready, though nobody can read the notices")
	}
	for _, path := range []string{"/", "/annonces", "/annonces?mots_cles=voirie"} {
		if !says(path) {
			t.Errorf("%s does not say that results are missing", path)
		}
	}
	let()
	select {
	case <-p.Notices.Ready():
	case <-time.After(time.Minute):
		t.Fatal("the index is never loaded")
	}
	for _, path := range []string{"/", "/annonces", "/annonces?mots_cles=voirie"} {
		if says(path) {
			t.Errorf("%s says that results are missing when none are", path)
		}
	}
}
