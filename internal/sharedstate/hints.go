package sharedstate

import (
	"context"
	"crypto/cipher"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

const (
	// channel carries the hints about callers of all replicas. A hint has a caller's hash, a kind and a number, and no data.
	channel = prefix + "h"
	// listenPause is the time between two subscriptions to the channel. Lost hints are found by their number.
	listenPause = time.Second
	// maxHint is the maximum length of a hint, and maxWait that of a wait in it.
	maxHint, maxWait = 128, time.Hour
)

// The kinds of hints.
const (
	kindChange = "change" // the list shows the change
	kindHidden = "hidden" // perhaps only a history shows it
	kindCool   = "cool"   // a 429
)

// hints are the functions that receive them.
type hints struct {
	sealer  cipher.AEAD // of conversations' IDs
	hinted  atomic.Pointer[func(conversationIDs []string)]
	changed atomic.Pointer[func(caller rest.SharedCaller, told watcher.Told)]
	refused atomic.Pointer[func(caller rest.SharedCaller, wait time.Duration)]
}

// ListenRefusals sets the function that is called for each 429 that another replica tells, with the time until the caller's next
// call.
func (s *Store) ListenRefusals(refused func(caller rest.SharedCaller, wait time.Duration)) {
	s.hints.refused.Store(&refused)
}

// listen receives hints until the context of a client's connections ends. The connection is another than that of the commands, which
// hints must not delay.
func (s *Store) listen(ctx context.Context, client valkey.Client) {
	pause := time.NewTicker(listenPause)
	defer pause.Stop()
	for {
		_ = client.Dedicated(func(c valkey.DedicatedClient) error {
			defer c.Close() // otherwise the library unsubscribes, and panics if the answers are not what it expects
			return c.Receive(ctx, c.B().Subscribe().Channel(channel, conversations).Build(), func(m valkey.PubSubMessage) {
				if m.Channel == conversations {
					s.receiveConversations(m.Message)
				} else {
					s.receive(m.Message)
				}
			})
		})
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// receive gives a hint to the function that receives its kind.
func (s *Store) receive(message string) {
	got, ok := parseHint(message)
	if !ok {
		s.garbage(UseHints)
		return
	}
	changed, refused := s.hints.changed.Load(), s.hints.refused.Load()
	switch {
	case got.replica == s.replica:
	case got.kind != kindCool && changed != nil:
		(*changed)(got.caller, watcher.Told{Number: got.number, IsHidden: got.kind == kindHidden})
	case got.kind == kindCool && refused != nil:
		(*refused)(got.caller, min(time.Duration(got.number)*time.Millisecond, maxWait)) //nolint:gosec // see parseHint
	}
}

// receiveConversations handles a hint about conversations. A valid one requires the share key.
func (s *Store) receiveConversations(message string) {
	var text []byte
	if len(message) <= s.hints.sealer.Overhead()+tokenLength+maxConversations*idLength {
		text, _ = s.hints.sealer.Open(nil, nil, []byte(message), nil)
	}
	if len(text) < tokenLength || (len(text)-tokenLength)%idLength != 0 {
		s.garbage(UseHints)
		return
	}
	if hinted := s.hints.hinted.Load(); hinted != nil && string(text[:tokenLength]) != s.replica {
		(*hinted)(unpackIDs(text[tokenLength:]))
	}
}

// hint is a message to the other replicas.
type hint struct {
	caller  rest.SharedCaller
	number  uint64
	kind    string
	replica string // that has sent it
}

// beforeNumber and afterNumber are the parts of a hint around its number, which the server inserts.
func beforeNumber(caller rest.SharedCaller) string { return base64url.Encode(caller[:]) + " " }

func afterNumber(kind, replica string) string { return " " + kind + " " + replica }

// parseHint reads a hint. Anybody who can connect to the server can send one.
func parseHint(message string) (h hint, ok bool) {
	parts := strings.Split(message, " ")
	if len(message) > maxHint || len(parts) != 4 {
		return h, false
	}
	caller, err := base64url.Decode(parts[0])
	if err != nil || len(caller) != len(h.caller) {
		return h, false
	}
	h = hint{caller: rest.SharedCaller(caller), kind: parts[2], replica: parts[3]}
	h.number, err = strconv.ParseUint(parts[1], 10, 48)
	return h, err == nil && (h.kind == kindChange || h.kind == kindHidden || h.kind == kindCool)
}
