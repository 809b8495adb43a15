package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"parvis/app"
	"parvis/gateway/receiver"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// tool is a company's own program: it speaks TLS, verifies what it is sent, and does
// each thing once however often it is sent.
type tool struct {
	t      *testing.T
	inner  net.Listener
	roots  *x509.CertPool
	mu     sync.Mutex
	secret string
	broken int // how many times it is still to fail after having done what it was told
	done   []string
	seen   map[string]int
}

const toolName = "outils.exemple.fr"

func listenTool(t *testing.T) *tool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{toolName}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	w := &tool{t: t, roots: x509.NewCertPool(), seen: map[string]int{}}
	w.roots.AddCert(parsed)
	if w.inner, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: w, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		_ = server.Serve(tls.NewListener(w.inner, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}))
	}()
	t.Cleanup(func() { _ = server.Close() })
	return w
}

// reached has the program reach the tool, by a name server of its own, as if it were on
// the public network.
func (w *tool) reached(c *app.Config) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	go serveName(conn)
	c.Receivers = receiver.Config{
		Roots: w.roots,
		Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
		}},
		Connect: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, w.inner.Addr().String())
		},
	}
}

// serveName says of every name that it is at one public address.
func serveName(conn net.PacketConn) {
	b := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Additionals = true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{A: [4]byte{8, 8, 8, 8}}}}
		}
		if packed, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(packed, from)
		}
	}
}

// ServeHTTP is written from docs/guide/webhooks.md alone.
func (w *tool) ServeHTTP(res http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(w.secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if !slices.Contains(strings.Fields(r.Header.Get("webhook-signature")), want) {
		http.Error(res, "signature refusée", http.StatusUnauthorized)
		return
	}
	var m struct {
		Type   string
		Notice struct{ Title string }
	}
	if err := json.Unmarshal(body, &m); err != nil {
		w.t.Error(err)
	}
	id := r.Header.Get("webhook-id")
	if w.seen[id]++; w.seen[id] == 1 {
		w.done = append(w.done, strings.TrimSpace(m.Type+" "+m.Notice.Title))
	}
	if w.broken > 0 && m.Type != "test" {
		w.broken--
		http.Error(res, "en panne", http.StatusServiceUnavailable)
	}
}

// did waits until the tool has done these things, in any order.
func (w *tool) did(want ...string) {
	w.t.Helper()
	var got []string
	for range 3000 {
		w.mu.Lock()
		got = slices.Sorted(slices.Values(w.done))
		w.mu.Unlock()
		if slices.Equal(got, want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatalf("done: %q, want %q", got, want)
}

// The whole way, over TLS, to a program that verifies: a trial, a match at once, a
// failure after the fact that is tried again and done once.
func TestAWebhookReachesAProgram(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			w := listenTool(t)
			p := start(t, dialect, w.reached)
			who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
			saved, err := p.Watches.Create(t.Context(), who.Actor, watch.Form{Name: "Bois", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
			if err != nil {
				t.Fatal(err)
			}
			w.mu.Lock() // the trial leaves before the secret is known here
			h, err := p.Webhooks.Add(t.Context(), who.Actor, saved.ID, "https://"+toolName+"/parvis")
			w.secret = h.Secret
			w.mu.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			w.did("test")
			p.awaitHook(t, "SELECT count(*) FROM webhook WHERE confirmed_at IS NOT NULL")
			p.clock.Move(time.Second)
			w.mu.Lock()
			w.broken = 1
			w.mu.Unlock()
			p.publish(t, notice.Record{SourceID: "26-1", Title: "Menuiseries de l'école", Departments: []string{"67"}})
			w.did("notice.matched Menuiseries de l'école", "test")
			p.awaitHook(t, "SELECT count(*) FROM webhook_delivery WHERE attempts = 1 AND status = 503 AND ended_at IS NULL")
			p.clock.Move(5 * time.Minute)
			p.awaitHook(t, "SELECT count(*) FROM webhook_delivery WHERE attempts = 2 AND status = 200 AND delivered_at IS NOT NULL")
			w.did("notice.matched Menuiseries de l'école", "test")
		})
	}
}

// awaitHook waits until a query counts one.
func (p *platform) awaitHook(t *testing.T, query string) {
	t.Helper()
	for range 3000 {
		var n int
		if err := p.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&n, query) }); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", query)
}
