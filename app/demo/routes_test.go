package demo_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTheDemonstrationRefusesWhatItDoesNotOffer calls its routes with what no page of
// it sends.
func TestTheDemonstrationRefusesWhatItDoesNotOffer(t *testing.T) {
	r := start(t, t.TempDir())
	shift := r.DB.Clock.Now()
	for _, c := range []struct {
		method, path, form string
		status             int
		says               string
	}{
		{"POST", "/demo/entrer", "identifiant=personne", 404, "Ce compte n'est pas de la démonstration"},
		{"POST", "/demo/entrer", "", 404, "Ce compte n'est pas de la démonstration"},
		{"POST", "/demo/horloge", "de=-24h", 422, "Choisissez de combien avancer l'horloge"},
		{"POST", "/demo/horloge", "de=876000h", 422, "Choisissez de combien avancer l'horloge"},
		{"GET", "/demo/courrier/rien", "", 404, "Ce message n'est plus dans le courrier"},
		{"GET", "/demo/courrier/rien/html", "", 404, "Ce message n'est plus dans le courrier"},
		{"GET", "/demo/courrier/%00", "", 404, "Ce message n'est plus dans le courrier"},
		{"GET", "/demo/courrier/..%2f..%2fparvis.db", "", 404, "Ce message n'est plus dans le courrier"},
		{"GET", "/demo/avis", "", 405, "ne répond pas à ce type de demande"},
		{"GET", "/demo/horloge", "", 405, "ne répond pas à ce type de demande"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, r.url+c.path, strings.NewReader(c.form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != c.status || !strings.Contains(plain(string(body)), c.says) && !strings.Contains(plain(string(body)), strings.ReplaceAll(c.says, "'", "&#39;")) {
			t.Errorf("%s %s %q: %d (%v), want %d and « %s »", c.method, c.path, c.form, res.StatusCode, err, c.status, c.says)
		}
	}
	if by := r.DB.Clock.Now().Sub(shift); by < 0 || by.Hours() > 1 {
		t.Errorf("a refused move moved the clock by %v", by)
	}
	if res, err := http.PostForm(r.url+"/demo/horloge", url.Values{"de": {"24h"}}); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("an offered move: %v %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	if by := r.DB.Clock.Now().Sub(shift); by.Hours() < 23.9 {
		t.Errorf("an offered move moved the clock by %v", by)
	}
}
