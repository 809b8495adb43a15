package answer

import (
	"net/http"
	"net/netip"
	"strings"
)

// visitor is the network address of whoever asks: the peer's, or what a proxy that
// we trust says of it. Proxies append to X-Forwarded-For, so it is read from its
// end; what stands before the first stranger is the stranger's own invention.
func (s *Site) visitor(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !s.trusts(peer.Addr()) {
		return r.RemoteAddr
	}
	at := peer.Addr()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop
	}
	return at.String()
}

func (s *Site) trusts(a netip.Addr) bool {
	a = a.Unmap()
	if a.IsLoopback() {
		return true
	}
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
