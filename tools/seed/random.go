package main

import (
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"
)

// seedVersion seeds every random choice. A different value changes all texts and times but no ID.
const seedVersion = 20260821

// newID derives an ID from names, so that an object keeps its ID if other objects are added.
func newID(names ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("mstudio-sandbox/"+strings.Join(names, "/"))).String()
}

// newRand returns a random source for one conversation, so that a change to one does not change the others.
func newRand(key string, i int) *rand.Rand {
	sum := uint64(i)
	for _, r := range key {
		sum = sum*31 + uint64(r)<<20
	}
	return rand.New(rand.NewPCG(seedVersion, sum))
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// chance returns true with the given probability in percent.
func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }
