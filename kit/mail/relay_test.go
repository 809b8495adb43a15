package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail"
	"parvis/kit/mail/mailbox"
)

func TestARelayIsReadFromItsURL(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://relais.example":                              "relais.example:25 auto ",
		"smtp://relais.example:2525?starttls=require":        "relais.example:2525 require ",
		"smtp://moi:secret@relais.example":                   "relais.example:587 auto moi",
		"smtp://moi%40a.fr:s%2Fe@relais.example?starttls=no": "relais.example:587 no moi@a.fr",
		"smtps://moi:secret@relais.example":                  "relais.example:465 implicit moi",
		"smtp://[::1]:25/":                                   "[::1]:25 auto ",
	} {
		addr, mode, user, err := mail.CheckRelay(url)
		if got := strings.Join([]string{addr, mode, user}, " "); got != want || err != nil {
			t.Errorf("%s is read as %q (%v), want %q", url, got, err, want)
		}
	}
	for _, url := range []string{
		"relais.example:25", "http://relais.example", "smtp://", "smtp:relais.example", "smtp://relais.example/chemin",
		"smtp://relais.example?starttls=peut-être", "smtps://relais.example?starttls=no", "smtp://relais.example?tls=oui",
		"smtp://moi:sec ret@relais.example:port",
	} {
		if _, _, _, err := mail.CheckRelay(url); err == nil {
			t.Errorf("%s is accepted", url)
		} else if strings.Contains(err.Error(), "sec ret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func FuzzRelayURL(f *testing.F) {
	f.Add("smtp://moi:secret@relais.example:25?starttls=auto")
	f.Add("smtps://[::1]")
	f.Fuzz(func(t *testing.T, url string) {
		addr, mode, _, err := mail.CheckRelay(url)
		if err != nil {
			return
		}
		if host, port, err := net.SplitHostPort(addr); err != nil || host == "" || port == "" {
			t.Errorf("%q gives the address %q", url, addr)
		}
		if mode == "" {
			t.Errorf("%q gives no mode", url)
		}
	})
}

// certificate makes one for 127.0.0.1, and the authority that vouches for it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	model := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, model, model, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// TestTheRelayIsTrustedAsTheURLSays tries each way of asking for encryption on
// relays that offer it or not.
func TestTheRelayIsTrustedAsTheURLSays(t *testing.T) {
	server, pool := certificate(t)
	for _, c := range []struct {
		name   string
		box    mailbox.Options
		url    string // %s is the address
		trust  bool
		passes bool
	}{
		{"plain relay, auto", mailbox.Options{}, "smtp://%s", false, true},
		{"plain relay, required", mailbox.Options{}, "smtp://%s?starttls=require", false, false},
		{"encrypted, auto, unproven", mailbox.Options{TLS: server}, "smtp://%s", false, true},
		{"encrypted, required, unproven", mailbox.Options{TLS: server}, "smtp://%s?starttls=require", false, false},
		{"encrypted, required, proven", mailbox.Options{TLS: server}, "smtp://%s?starttls=require", true, true},
		{"password, proven", mailbox.Options{TLS: server, User: "moi", Password: "secret"}, "smtp://moi:secret@%s", true, true},
		{"password, unproven", mailbox.Options{TLS: server, User: "moi", Password: "secret"}, "smtp://moi:secret@%s", false, false},
		{"wrong password", mailbox.Options{TLS: server, User: "moi", Password: "secret"}, "smtp://moi:autre@%s", true, false},
		{"password to ourselves in clear", mailbox.Options{User: "moi", Password: "secret"}, "smtp://moi:secret@%s", false, true},
		{"password never encrypted", mailbox.Options{User: "moi", Password: "secret"}, "smtp://moi:secret@%s?starttls=no", false, true},
		{"password nobody asks for", mailbox.Options{}, "smtp://moi:secret@%s?starttls=no", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, clk := dbtest.Open(t, dbtest.URL(t, db.SQLite))
			c.box.Addr = "127.0.0.1:0"
			box, err := mailbox.Start(c.box)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = box.Close() }()
			p := &post{t: t, db: d, clock: clk, box: box}
			p.out = outbox(t, d)
			p.out.Compose("note", p.compose)
			p.send = sender(t, p.out, strings.Replace(c.url, "%s", box.Addr(), 1))
			if c.trust {
				p.send.Trust(pool)
			}
			p.owe("avis")
			if !c.passes {
				p.due(0)
				if !p.send.RelayDown() || p.row(mail.Pending).Attempts != 0 {
					t.Error("a relay that is not as it should be is down, and costs no attempt")
				}
				return
			}
			p.due(1)
		})
	}
}

// TestImplicitTLS speaks to a mailbox behind a TLS listener, as smtps:// wants.
func TestImplicitTLS(t *testing.T) {
	server, pool := certificate(t)
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = box.Close() }()
	front, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = front.Close() }()
	go relayBytes(front, box.Addr())
	d, c := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	p := &post{t: t, db: d, clock: c, box: box}
	p.out = outbox(t, d)
	p.out.Compose("note", p.compose)
	p.send = sender(t, p.out, "smtps://"+front.Addr().String())
	p.owe("avis")
	p.due(0) // not trusted
	p.clock.Move(time.Minute)
	p.send.Trust(pool)
	p.due(1)
}

func relayBytes(front net.Listener, to string) {
	for {
		in, err := front.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			_ = in.Close()
			continue
		}
		pipe := func(dst, src net.Conn) {
			buffer := make([]byte, 4096)
			for {
				n, err := src.Read(buffer)
				if n > 0 {
					_, _ = dst.Write(buffer[:n])
				}
				if err != nil {
					_ = dst.Close()
					return
				}
			}
		}
		go pipe(out, in)
		go pipe(in, out)
	}
}
