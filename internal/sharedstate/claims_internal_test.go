package sharedstate

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/graph/loader"
)

// claimsOf returns the claims of a replica with a share key, without a server.
func claimsOf(key byte) *Claims {
	return (&Store{config: Config{Key: bytes.Repeat([]byte{key}, keySize)}}).Claims()
}

// sealed returns the claim of a write that has ended.
func (c *Claims) sealed(key [32]byte, result string) string {
	return string(c.sealer.Seal([]byte{endedClaim}, nil, []byte(result), key[:]))
}

// A result can be opened with its own key and share key only, and whole.
func TestClaims_Open(t *testing.T) {
	t.Parallel()
	a, b, stranger := claimsOf(1), claimsOf(1), claimsOf(2)
	key, other := [32]byte{1}, [32]byte{2}
	claim := a.sealed(key, "result")
	if strings.Contains(claim, "result") || claim == a.sealed(key, "result") {
		t.Errorf("sealed as %q", claim)
	}
	if got := b.open(key, claim, time.Minute); got.State != loader.ClaimEnded || string(got.Result) != "result" {
		t.Errorf("got %+v", got)
	}
	if got := b.open(other, claim, time.Minute); got.State != loader.ClaimLocal {
		t.Errorf("with another key: %+v", got)
	}
	if got := stranger.open(key, claim, time.Minute); got.State != loader.ClaimLocal {
		t.Errorf("with another share key: %+v", got)
	}
	for i := range len(claim) {
		changed := []byte(claim)
		changed[i] ^= 1
		for _, broken := range []string{string(changed), claim[:i]} {
			if got := b.open(key, broken, time.Minute); broken != "" && got.State != loader.ClaimLocal {
				t.Errorf("%q: %+v", broken, got)
			}
		}
	}
}

// Names of entries tell nothing without the share key, and agree on all replicas.
func TestClaims_Names(t *testing.T) {
	t.Parallel()
	a, b, stranger := claimsOf(1), claimsOf(1), claimsOf(2)
	key, other := [32]byte{1}, [32]byte{2}
	names := []string{a.name(key), a.name(other), stranger.name(key)}
	if a.name(key) != b.name(key) {
		t.Error("two replicas disagree")
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) != 3 {
		t.Errorf("got %q", names)
	}
}

// Whatever the server holds, a claim is either one of ours or no answer.
func FuzzClaims_Open(f *testing.F) {
	c := claimsOf(1)
	key := [32]byte{1}
	for _, claim := range []string{"", "f", "ff", "r", "r" + strings.Repeat("A", 2*tokenLength), "s", "s\x00", "?", c.sealed(key, ""), c.sealed(key, "{}")} {
		f.Add(claim, int64(1))
		f.Add(claim, int64(-1))
	}
	f.Fuzz(func(t *testing.T, claim string, left int64) {
		got := c.open(key, claim, time.Duration(left))
		isOurs := claim == "" || claim == "f" || claim[0] == runningClaim && got.Left > 0 || claim[0] == endedClaim
		if got.State != loader.ClaimLocal && !isOurs {
			t.Errorf("%q: %+v", claim, got)
		}
	})
}
