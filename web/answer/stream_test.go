package answer_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/web/answer"
)

// A file that could not be read to its end must not pass for whole.
func TestAFileThatBreaksOffIsSeenToBreakOff(t *testing.T) {
	site := answer.New(func(context.Context, string) (access.Actor, error) { return access.Anybody(), nil }, slog.New(slog.DiscardHandler))
	for path, last := range map[string]error{"/entier": nil, "/coupe": errors.New("the database is gone")} {
		site.Route("GET "+path, access.VisitSite, func(*answer.Visit) (answer.Answer, error) {
			return answer.Stream("liste.csv", "text/csv", func(to io.Writer) error {
				_, err := io.WriteString(to, strings.Repeat("ligne\n", 100_000))
				return errors.Join(err, last)
			}), nil
		})
	}
	server := httptest.NewServer(site.Server())
	defer server.Close()
	for path, whole := range map[string]bool{"/entier": true, "/coupe": false} {
		r, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if (err == nil) != whole || whole && len(body) != 600_000 {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
		if r.Header.Get("Content-Disposition") != `attachment; filename="liste.csv"` || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, r.Header)
		}
	}
}
