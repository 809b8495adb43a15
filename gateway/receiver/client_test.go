package receiver_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"parvis/gateway/receiver"
	"parvis/procurement/webhook"
)

// Names of the tests' own world, and where they lead.
const (
	good  = "outils.exemple.fr"
	first = "8.8.8.8" // public, and never connected to: see world
)

// certificate is one for good, signed by nobody else.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// world is a name server, a receiver that speaks TLS, and a client that asks the one and
// reaches the other: what it believes to be public addresses are one listener here.
type world struct {
	t        *testing.T
	client   *receiver.Client
	listener net.Listener
	accepted atomic.Int64
	handle   func(http.ResponseWriter, *http.Request)

	mu      sync.Mutex
	answers map[string][][]string // by name: what each asking is answered, the last one for ever
	asked   map[string]int
	dialled []string
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, answers: map[string][][]string{good: {{first}}}, asked: map[string]int{}}
	cert, roots := certificate(t, good)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.listener = inner
	server := &http.Server{Handler: http.HandlerFunc(func(res http.ResponseWriter, r *http.Request) { w.handle(res, r) }), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		_ = server.Serve(tls.NewListener(counted{inner, w}, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}))
	}()
	t.Cleanup(func() { _ = server.Close() })
	w.client = receiver.New(receiver.Config{Agent: "Parvis (test)", Resolver: w.resolver(), Roots: roots, Connect: w.connect})
	return w
}

// counted counts connections.
type counted struct {
	net.Listener
	w *world
}

func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.w.accepted.Add(1)
	}
	return conn, err
}

// connect leads every address to the receiver and notes which it was.
func (w *world) connect(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled = append(w.dialled, address)
	w.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, network, w.listener.Addr().String())
}

// resolver asks a real name server, which answers as the test says.
func (w *world) resolver() *net.Resolver {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	go w.serveNames(conn)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (w *world) serveNames(conn net.PacketConn) {
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
		packed, err := w.answer(m)
		if err == nil {
			_, _ = conn.WriteTo(packed, from)
		}
	}
}

// answer gives the addresses of the kind that is asked. A name is asked twice each time,
// for both kinds: it is the first kind that counts as asking.
func (w *world) answer(m dnsmessage.Message) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := m.Questions[0]
	name := strings.TrimSuffix(q.Name.String(), ".")
	all := w.answers[name]
	m.Response, m.RecursionAvailable = true, true
	m.Additionals = nil
	if len(all) == 0 {
		m.RCode = dnsmessage.RCodeNameError
		return m.Pack()
	}
	turn := min(w.asked[name]/2, len(all)-1)
	w.asked[name]++
	for _, text := range all[turn] {
		a := netip.MustParseAddr(text)
		h := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	return m.Pack()
}

func (w *world) post(address string) webhook.Answer {
	w.t.Helper()
	return w.client.Post(w.t.Context(), webhook.Request{Address: address, Headers: map[string]string{"Content-Type": "application/json", "Webhook-Id": "1"}, Body: []byte(`{"x":1}`)})
}

func TestAReceiverIsPostedToAtTheAddressThatWasJudged(t *testing.T) {
	w := open(t)
	w.handle = func(res http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || !strings.HasPrefix(r.Host, good) || r.URL.Path != "/parvis" || string(body) != `{"x":1}` || r.Header.Get("Webhook-Id") != "1" || r.UserAgent() != "Parvis (test)" {
			t.Errorf("%s %s %s %v %s", r.Method, r.Host, r.URL, r.Header, body)
		}
		_, _ = io.WriteString(res, "merci")
	}
	if a := w.post("https://" + good + "/parvis?k=1"); a != (webhook.Answer{Status: 200, Text: "merci"}) {
		t.Errorf("%+v", a)
	}
	if a := w.post("https://" + good + ":8443/parvis"); a.Status != 200 {
		t.Errorf("%+v", a)
	}
	if len(w.dialled) != 2 || w.dialled[0] != first+":443" || w.dialled[1] != first+":8443" {
		t.Errorf("%v", w.dialled)
	}
}

// A name that leads inside is not connected to, whatever else it leads to, and however
// the address is written.
func TestNamesThatLeadInsideAreNotConnectedTo(t *testing.T) {
	for _, to := range [][]string{
		{"127.0.0.1"}, {"10.0.0.1"}, {"169.254.169.254"}, {"100.64.1.1"}, {"192.168.0.10"}, {"::1"}, {"fd00::1"}, {"fe80::1"}, {"::ffff:127.0.0.1"}, {"::ffff:10.0.0.1"},
		{"64:ff9b::7f00:1"}, {"2002:7f00:1::"}, {first, "127.0.0.1"}, {first, "::1"}, {"0.0.0.0"}, {"168.63.129.16"},
	} {
		w := open(t)
		w.answers[good] = [][]string{to}
		a := w.post("https://" + good + "/")
		if a.Status != 0 || !strings.Contains(a.Text, "n'est pas publique") || len(w.dialled) != 0 || w.accepted.Load() != 0 {
			t.Errorf("%v: %+v, dialled %v", to, a, w.dialled)
		}
	}
}

// A name that led outside when it was judged and leads inside the next moment: what was
// judged is what is connected to, and the next time it is judged anew.
func TestANameThatMovesGainsNothing(t *testing.T) {
	w := open(t)
	w.answers[good] = [][]string{{first}, {"127.0.0.1"}}
	w.handle = func(http.ResponseWriter, *http.Request) {}
	if a := w.post("https://" + good + "/"); a.Status != 200 || len(w.dialled) != 1 || w.dialled[0] != first+":443" {
		t.Errorf("%+v, dialled %v", a, w.dialled)
	}
	if w.asked[good] != 2 { // both kinds of address, once
		t.Errorf("asked %d times", w.asked[good])
	}
	if a := w.post("https://" + good + "/"); a.Status != 0 || !strings.Contains(a.Text, "n'est pas publique") || len(w.dialled) != 1 || w.accepted.Load() != 1 {
		t.Errorf("the second time: %+v, dialled %v", a, w.dialled)
	}
}

// The socket itself is judged too, should anything ever come between.
func TestTheSocketIsJudgedToo(t *testing.T) {
	w := open(t)
	w.answers[good] = [][]string{{"127.0.0.1"}}
	calls := 0
	c := receiver.New(receiver.Config{Resolver: w.resolver(), Allowed: func(netip.Addr) bool { calls++; return calls == 1 }})
	if a := c.Post(t.Context(), webhook.Request{Address: "https://" + good + ":8443/"}); a.Status != 0 || !strings.Contains(a.Text, "n'est pas publique") || calls != 2 {
		t.Errorf("%+v after %d", a, calls)
	}
}

func TestRedirectionsAreNotFollowed(t *testing.T) {
	w := open(t)
	asked := 0
	w.handle = func(res http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(res, r, "https://"+good+"/ailleurs", http.StatusTemporaryRedirect)
	}
	if a := w.post("https://" + good + "/"); a.Status != 307 || !strings.Contains(a.Text, "ne sont pas suivies") || asked != 1 {
		t.Errorf("%+v after %d", a, asked)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	w := open(t)
	w.handle = func(res http.ResponseWriter, _ *http.Request) {
		for range 10_000 {
			if _, err := io.WriteString(res, strings.Repeat("x", 1000)); err != nil {
				return
			}
		}
	}
	if a := w.post("https://" + good + "/"); a.Status != 200 || len(a.Text) != 4<<10 {
		t.Errorf("%d, %d bytes", a.Status, len(a.Text))
	}
	w.handle = func(res http.ResponseWriter, _ *http.Request) {
		res.Header().Set("X", strings.Repeat("x", 100_000))
	}
	if a := w.post("https://" + good + "/"); a.Status != 0 {
		t.Errorf("a header without end: %d", a.Status)
	}
}

// A receiver that is silent is left when the caller's patience ends.
func TestASilentReceiverIsLeft(t *testing.T) {
	w := open(t)
	done := make(chan struct{})
	w.handle = func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-r.Context().Done()
		close(done)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if a := w.client.Post(ctx, webhook.Request{Address: "https://" + good + "/"}); a.Status != 0 || a.Text != "le serveur n'a pas répondu à temps" {
		t.Errorf("%+v", a)
	}
	<-done
}

func TestWhatFailsIsNamedByItsKind(t *testing.T) {
	w := open(t)
	w.handle = func(http.ResponseWriter, *http.Request) { t.Error("it was posted to") }
	w.answers["autre.exemple.fr"] = [][]string{{first}}
	refused := receiver.New(receiver.Config{Resolver: w.resolver(), Connect: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}})
	stranger := receiver.New(receiver.Config{Resolver: w.resolver(), Connect: w.connect})
	for want, a := range map[string]webhook.Answer{
		"ce nom de serveur n'existe pas":                                 w.post("https://inconnu.exemple.fr/"),
		"le certificat du serveur n'est pas valable pour ce nom":         w.post("https://autre.exemple.fr/"),
		"l'adresse n'est pas comprise":                                   w.post("http://" + good + "/"),
		"cette adresse n'est pas publique\u00a0: rien ne lui est envoyé": w.post("https://" + good + ":22/"),
		"le serveur refuse la connexion":                                 refused.Post(t.Context(), webhook.Request{Address: "https://" + good + "/"}),
	} {
		if a.Status != 0 || a.Text != want {
			t.Errorf("%+v, want %q", a, want)
		}
	}
	if a := stranger.Post(t.Context(), webhook.Request{Address: "https://" + good + "/"}); a.Status != 0 || a.Text != "le certificat du serveur n'est pas valable pour ce nom" {
		t.Errorf("signed by nobody: %+v", a)
	}
	for _, path := range []string{"https://127.0.0.1/", "https://[::1]/", "https://localhost/"} {
		if a := w.post(path); a.Status != 0 || strings.Contains(a.Text, strconv.Itoa(443)) {
			t.Errorf("%s: %+v", path, a)
		}
	}
}
