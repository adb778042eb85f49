package sharedstate

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed" // for the scripts
	"strconv"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/base64url"
)

// The first byte of a claim tells what it is.
const (
	freedClaim   = 'f' // nothing follows; the next write may claim the key
	runningClaim = 'r' // the replica follows, then the attempt, both of tokenLength
	endedClaim   = 's' // the sealed result follows
)

// maxClaim is the maximum length of a claim that is read, in bytes.
const maxClaim = 4 << 10

var (
	//go:embed scripts/claim.lua
	claimScript string
	//go:embed scripts/end_claim.lua
	endClaimScript string
)

// Claims are the claims of writes. They implement loader.SharedClaims.
type Claims struct {
	store     *Store
	take, end *valkey.Lua

	names  []byte // key of the hashes that entries are named by
	sealer cipher.AEAD
}

// Claims returns the claims of writes.
func (s *Store) Claims() *Claims {
	return &Claims{
		store:  s,
		take:   valkey.NewLuaScript(claimScript),
		end:    valkey.NewLuaScript(endClaimScript),
		names:  derive(s.config.Key, "claims"),
		sealer: newSealer(derive(s.config.Key, "results of claims")),
	}
}

// Take claims a key, or returns what its claim has come to.
func (c *Claims) Take(ctx context.Context, key [32]byte, life time.Duration) loader.SharedClaim {
	running := string(runningClaim) + c.store.replica + rand.Text()
	answer, ok := c.store.ask(ctx, UseClaims, exec(c.take, c.name(key), running, milliseconds(life), strconv.Itoa(maxClaim), strconv.Itoa(1+tokenLength)))
	claim := loader.SharedClaim{}
	if ok {
		claim = c.read(key, answer)
		if claim.State == loader.ClaimLocal {
			c.store.garbage(UseClaims)
		}
	}
	claim.End = func(result []byte, life time.Duration) { c.finish(key, running, result, life) } // it may be claimed without an answer
	return claim
}

// read decodes an answer. One without a valid form counts as none.
func (c *Claims) read(key [32]byte, answer valkey.ValkeyMessage) loader.SharedClaim {
	fields, err := answer.ToArray()
	if err != nil || len(fields) != 2 {
		return loader.SharedClaim{}
	}
	claim, claimErr := fields[0].ToString()
	left, leftErr := fields[1].AsInt64()
	if claimErr != nil || leftErr != nil {
		return loader.SharedClaim{}
	}
	return c.open(key, claim, time.Duration(left)*time.Millisecond)
}

func (c *Claims) open(key [32]byte, claim string, left time.Duration) loader.SharedClaim {
	switch {
	case claim == "":
		return loader.SharedClaim{State: loader.ClaimNew}
	case claim == string(freedClaim):
		return loader.SharedClaim{State: loader.ClaimNew, Freed: true}
	case claim[0] == runningClaim && len(claim) == 1+2*tokenLength && left > 0:
		return loader.SharedClaim{State: loader.ClaimRunning, Left: left}
	case claim[0] == endedClaim:
		if result, err := c.sealer.Open(nil, nil, []byte(claim[1:]), key[:]); err == nil {
			return loader.SharedClaim{State: loader.ClaimEnded, Result: result}
		}
	}
	return loader.SharedClaim{}
}

// endTime is how long the end of a claim is tried to be shared. Other replicas wait no longer for it.
const endTime = 10 * time.Minute

// finish ends a running claim.
func (c *Claims) finish(key [32]byte, running string, result []byte, life time.Duration) {
	ended := string(freedClaim)
	if result != nil {
		ended = string(c.sealer.Seal([]byte{endedClaim}, nil, result, key[:])) //nolint:gosec // this cipher generates its own nonce
	}
	c.store.tellSurely(UseClaims, endTime, exec(c.end, c.name(key), running, ended, milliseconds(life), strconv.Itoa(maxClaim)))
}

// name returns the name of a claim's entry. Its hash has a key, so that nobody can try out conversations or keys of clients.
func (c *Claims) name(key [32]byte) string {
	hash := hmac.New(sha256.New, c.names)
	_, _ = hash.Write(key[:]) // documented to never fail
	return prefix + "o:" + base64url.Encode(hash.Sum(nil))
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
