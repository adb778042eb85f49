package webhook_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/internal/webhook"
)

// model is what a receiver knows, which ignores IDs that it has processed.
type model struct {
	statuses map[string]string // by conversation
	messages map[string]int    // how often each was reported
	seen     map[string]bool   // IDs of webhooks
}

func (m *model) apply(r *received) {
	id := r.header.Get("Webhook-Id")
	if r.status != http.StatusNoContent || m.seen[id] {
		return
	}
	m.seen[id] = true
	var body struct {
		Type string
		Data struct {
			ConversationID, Status string
			Message                struct{ ID string }
		}
	}
	_ = json.Unmarshal([]byte(r.body), &body)
	switch body.Type {
	case "conversation.removed":
		delete(m.statuses, body.Data.ConversationID)
	case "message.added":
		m.messages[body.Data.Message.ID]++
	default:
		m.statuses[body.Data.ConversationID] = body.Data.Status
	}
}

// storm is an inbox that changes at random.
type storm struct {
	*inbox

	random  *rand.Rand
	next    int // number of the next conversation or message
	written []string
}

// act makes one change, and tells subscribers of it or that they have missed something.
func (s *storm) act() {
	s.next++
	number := s.next
	kind, changed := "CHANGED", object(nil)
	s.edit(func() {
		if len(s.conversations) > 0 {
			changed = s.conversations[s.random.IntN(len(s.conversations))]
		}
	})
	switch choice := s.random.IntN(10); {
	case changed == nil || choice == 0:
		kind, changed = "ADDED", s.add(number, "title")
	case choice == 1:
		kind = "REMOVED"
		s.edit(func() {
			s.conversations = slices.DeleteFunc(s.conversations, func(c object) bool { return c["id"] == changed["id"] })
		})
	case choice < 5:
		s.edit(func() { changed["status"], changed["rawStatus"] = strconv.Itoa(number), strconv.Itoa(number) })
	default:
		s.written = append(s.written, "m"+strconv.Itoa(number))
		s.write(changed, "m"+strconv.Itoa(number), "text")
	}
	if s.random.IntN(8) == 0 {
		kind, changed = "RESYNC", nil
	}
	s.tell(kind, changed)
}

// After random changes, failures of the receiver and restarts, the receiver knows the inbox as it is, and has got each message
// once. Messages of a conversation that was removed meanwhile may be missing.
func TestWebhooks_Storm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				s := &storm{inbox: i, random: rand.New(rand.NewPCG(seed, 0))}
				var mu sync.Mutex // a restart may overlap the last delivery
				failing := rand.New(rand.NewPCG(seed, 1))
				below := func(n int) int {
					mu.Lock()
					defer mu.Unlock()
					return failing.IntN(n)
				}
				r.respond(func(w http.ResponseWriter, _ *http.Request) {
					pass(time.Duration(below(2000)) * time.Millisecond) // a stop loses what has not been answered
					w.WriteHeader([]int{204, 204, 204, 500, 429}[below(5)])
				})
				got := &model{map[string]string{}, map[string]int{}, map[string]bool{}}
				file := filepath.Join(t.TempDir(), "state.json")
				withState := func(c *webhook.Config) { c.StateFile = file }
				run := start(t, i, r, withState)
				for range 300 {
					s.act()
					pass(time.Duration(s.random.IntN(3000)) * time.Millisecond)
					if s.random.IntN(40) == 0 {
						run.stop()
						<-run.ended
						run = start(t, i, r, withState)
					}
				}
				r.respond(nil)
				pass(10 * time.Hour)
				for _, request := range r.take() {
					got.apply(request)
				}
				want := map[string]string{}
				i.edit(func() {
					for _, c := range i.conversations {
						want[fmt.Sprint(c["id"])] = fmt.Sprint(c["status"])
					}
				})
				equal(t, want, got.statuses)
				checkMessages(t, s, got.messages)
			})
		})
	}
}

// checkMessages compares the messages of the conversations in the inbox with those that were reported.
func checkMessages(t *testing.T, s *storm, reported map[string]int) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(reported)) {
		if reported[id] != 1 || !slices.Contains(s.written, id) {
			t.Errorf("%s was reported %d times", id, reported[id])
		}
	}
	s.edit(func() {
		for _, c := range s.conversations {
			history, _ := c["messages"].(object)
			nodes, _ := history["nodes"].([]any)
			for _, node := range nodes {
				message, _ := node.(object)
				if id := fmt.Sprint(message["id"]); reported[id] == 0 {
					t.Errorf("%s is missing", id)
				}
			}
		}
	})
}
