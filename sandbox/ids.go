package sandbox

import (
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"
)

// newID derives an ID from names, so that equal sandboxes give equal IDs to equal changes.
func newID(names ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("mstudio-sandbox/"+strings.Join(names, "/"))).String()
}

// shortIDSeed seeds the short IDs of new conversations.
const shortIDSeed = 20260821

// newShortID returns the short ID of the n-th new object.
func newShortID(n int) string {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	rng := rand.New(rand.NewPCG(shortIDSeed, uint64(n)))
	id := []byte("c-")
	for range 6 {
		id = append(id, alphabet[rng.IntN(len(alphabet))])
	}
	return string(id)
}

// canonicalID returns a UUID in lower case, and whether it is one. It accepts the form of 36 characters only, unlike
// uuid.Parse, which also accepts braces, a URN prefix and bare hex digits.
func canonicalID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	id, err := uuid.Parse(s)
	return id.String(), err == nil
}
