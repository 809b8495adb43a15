package mail

import (
	"context"
	"crypto/x509"
	"time"
)

// Hurry makes the sender as impatient as a test.
func (s *Sender) Hurry(command, dot time.Duration) {
	s.relay.patience = patience{connect: 5 * time.Second, command: command, dot: dot, whole: 10 * time.Second}
}

// Trust has the sender accept certificates of this authority.
func (s *Sender) Trust(roots *x509.CertPool) { s.relay.roots = roots }

// Delay is the time before the attempt that follows the n-th failure.
func Delay(n int64) time.Duration { return delay(n) }

// The probes of a breaker.
const (
	FirstProbe = firstProbe
	LastProbe  = lastProbe
)

// Connections is how many mails may be in flight at once.
const Connections = connections

// CheckRelay reads a relay's URL.
func CheckRelay(s string) (addr, mode, user string, err error) {
	r, err := parseRelay(s, "parvis.example")
	if err != nil {
		return "", "", "", err
	}
	return r.addr, string(r.mode), r.user, nil
}

// DeliverAll sends n mails over one link, and tells how many the relay took.
func DeliverAll(url string, n int) (taken int, err error) {
	r, err := parseRelay(url, "parvis.example")
	if err != nil {
		return 0, err
	}
	l := &link{relay: r}
	defer l.hangUp()
	for range n {
		if o := l.deliver(context.Background(), "a@b.example", "c@d.example", "Subject: x\r\n\r\ny\r\n"); o.verdict == accepted {
			taken++
		}
	}
	return taken, nil
}

// PerLink is how many mails go through one connection.
const PerLink = perLink
