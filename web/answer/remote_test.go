package answer

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestTheVisitorIsWhoTrustedProxiesSay(t *testing.T) {
	s := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	cases := []struct{ name, peer, forwarded, want string }{
		{"straight", "203.0.113.7:4000", "", "203.0.113.7:4000"},
		{"a stranger's word", "203.0.113.7:4000", "198.51.100.1", "203.0.113.7:4000"},
		{"a proxy on this machine", "127.0.0.1:4000", "198.51.100.1", "198.51.100.1"},
		{"a proxy of the network", "10.1.2.3:4000", "198.51.100.1", "198.51.100.1"},
		{"two proxies", "127.0.0.1:4000", "198.51.100.1, 10.1.2.3", "198.51.100.1"},
		{"an invention before the truth", "127.0.0.1:4000", "1.2.3.4, 198.51.100.1", "198.51.100.1"},
		{"nonsense", "127.0.0.1:4000", "198.51.100.1, moi", "127.0.0.1"},
		{"nothing said", "127.0.0.1:4000", "", "127.0.0.1"},
		{"over IPv6", "[::1]:4000", "2001:db8::7", "2001:db8::7"},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.visitor(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
