package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"parvis/kit/fault"
)

// Cost of one hash: OWASP's second choice for Argon2id, 19 MiB and two passes.
// What is stored names its own cost, so that these may grow.
const (
	hashPasses  = 2
	hashMemory  = 19 * 1024 // KiB
	hashThreads = 1
	saltBytes   = 16
	keyBytes    = 32
)

// maxWaiting is how many may wait for a hash before others are sent away: sign-ins
// give way before deposits run out of memory.
const maxWaiting = 200

// hasher hashes passwords, a few at a time: each hash takes 19 MiB.
type hasher struct {
	slots   chan struct{}
	waiting atomic.Int64
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
}

// turn waits for a slot; release gives it back.
func (h *hasher) turn(ctx context.Context) (release func(), err error) {
	busy := fault.New(fault.Unavailable, "Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.")
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return nil, busy
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, busy.Because(ctx.Err())
	}
}

// hash gives the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	release, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: the runtime stops the program instead
	return phcOf(password, salt), nil
}

// verify tells whether password is the one of phc. An empty phc stands for an
// account that does not exist: the same work is done, and the answer is no.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	release, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	normal, plausible := normalPassword(password)
	known := phc != ""
	if !known {
		phc = nobodysHash()
	}
	c, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(normal), c.salt, c.passes, c.memory, c.threads, uint32(len(c.key)))
	return subtle.ConstantTimeCompare(got, c.key) == 1 && known && plausible, nil
}

// nobodysHash is what the password of an unknown account is compared with.
var nobodysHash = sync.OnceValue(func() string { return phcOf("", make([]byte, saltBytes)) })

func phcOf(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashThreads, keyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// phc is a parsed PHC string.
type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// errHash says that a stored hash is not ours: a damaged row, not a wrong password.
var errHash = errors.New("account: stored password hash cannot be read")

// parsePHC reads what phcOf wrote, at any cost that one attempt can bear.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errHash
	}
	var c phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return phc{}, errors.Join(errHash, err)
	}
	var err1, err2 error
	c.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	c.key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2); err != nil {
		return phc{}, errors.Join(errHash, err)
	}
	if c.passes < 1 || c.passes > 20 || c.threads < 1 || c.memory > 1<<20 || len(c.salt) < 8 || len(c.key) < 16 || len(c.key) > 64 {
		return phc{}, errHash
	}
	return c, nil
}
