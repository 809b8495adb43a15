package receiver_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"parvis/gateway/receiver"
)

func TestOnlyThePublicNetworkIsWrittenTo(t *testing.T) {
	for _, a := range []string{
		"0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fe80::1%eth0", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fec0::1",
	} {
		if receiver.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s may be written to", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "193.0.0.1", "2606:4700::1111", "2a01:e0a::1", "2001:4860:4860::8888", "2400::1"} {
		if !receiver.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be written to", a)
		}
	}
	if receiver.Public(netip.Addr{}) {
		t.Error("no address at all may be written to")
	}
}

// What the library itself calls private, local or multicast is refused, whichever it is.
func TestNothingThatTheLibraryKnowsAsPrivatePasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address")
		a := netip.AddrFrom16([16]byte(b))
		if rapid.Bool().Draw(t, "four") {
			a = netip.AddrFrom4([4]byte(b[:4]))
		}
		special := a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a.Is4In6()
		if special && receiver.Public(a) {
			t.Fatalf("%s may be written to", a)
		}
	})
}
