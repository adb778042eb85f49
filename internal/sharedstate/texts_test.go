package sharedstate_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

func newStore(t *testing.T, address string) *sharedstate.Store {
	t.Helper()
	return newObservedStore(t, address, sharedstate.Observer{})
}

func newObservedStore(t *testing.T, address string, observer sharedstate.Observer) *sharedstate.Store {
	t.Helper()
	store, err := sharedstate.New(sharedstate.Config{URL: "redis://" + address, Key: make([]byte, 32), Timeout: time.Second, Observer: observer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// awaitText adds a text until another replica finds it.
func awaitText(t *testing.T, a, b sharedstate.Texts, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		a.Add(hashOf(text), text)
		if found, ok := b.Find(ctx, hashOf(text)); ok {
			if found != text {
				t.Errorf("found %q", found)
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("not found")
		}
	}
}

// What one replica adds, another one finds.
func TestTexts(t *testing.T) {
	t.Parallel()
	address := sharedstatetest.Start(t).Address
	a, b := newStore(t, address).Texts(), newStore(t, address).Texts()
	awaitText(t, a, b, "{ conversations { totalCount } }")
	longest := strings.Repeat("x", 8<<10)
	a.Add(hashOf(longest+"x"), longest+"x")
	awaitText(t, a, b, longest)
	for _, text := range []string{"{ unknown }", longest + "x", ""} {
		if found, ok := b.Find(t.Context(), hashOf(text)); ok {
			t.Errorf("found %.20q", found)
		}
	}
}

// A value that is not the text of its key is ignored and counted.
func TestTexts_Poisoned(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	var garbage atomic.Int64
	texts := newObservedStore(t, server.Address, sharedstate.Observer{Garbage: func(sharedstate.Use) { garbage.Add(1) }}).Texts()
	const text = "{ viewer { id } }"
	awaitText(t, texts, texts, text)
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	const key = "mg1:q"
	do := func(command ...string) {
		t.Helper()
		if err := client.Do(t.Context(), client.B().Arbitrary(command...).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	for i, command := range [][]string{
		{"HSET", key, hashOf(text), "mutation { closeConversation }"},
		{"HSET", key, hashOf(text), text + " "},
		{"HSET", key, hashOf(text), ""},
		{"HSET", key, hashOf(text), strings.Repeat("x", 1<<20)},
		{"HSET", key, hashOf(text), "\xff\x00"},
		{"SET", key, text},
	} {
		do(command...)
		if found, ok := texts.Find(t.Context(), hashOf(text)); ok || garbage.Load() != int64(i+1) {
			t.Errorf("%.40q: found %.20q, %d values are counted", command, found, garbage.Load())
		}
	}
	awaitText(t, texts, texts, text) // in the place of the value with another type
}

// Whatever callers send, the texts take a limited amount of memory.
func TestTexts_Bounded(t *testing.T) {
	t.Parallel()
	pipe := sharedstatetest.NewPipe(t)
	store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial, Key: make([]byte, 32), Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	const most = 1000
	texts := store.Texts()
	for i := range most + 100 {
		text := fmt.Sprintf("{ a%d: __typename }", i)
		texts.Add(hashOf(text), text)
		if i%100 == 0 { // the queue is limited
			awaitText(t, texts, texts, text)
		}
	}
	awaitText(t, texts, texts, "{ viewer { id } }")
	if fields, err := pipe.Redis.HKeys("mg1:q"); err != nil || len(fields) != most {
		t.Errorf("%d texts, %v", len(fields), err)
	}
	if life := pipe.Redis.TTL("mg1:q"); life <= 6*24*time.Hour {
		t.Errorf("kept for %s", life)
	}
}
