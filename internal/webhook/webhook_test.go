package webhook_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/webhook"
)

// inTime runs a test in virtual time.
func inTime(t *testing.T, run func(t *testing.T, i *inbox, r *receiver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		i, r := &inbox{}, newReceiver(t)
		run(t, i, r)
	})
}

// pass lets virtual time pass.
func pass(duration time.Duration) { time.Sleep(duration) }

func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A new receiver is told what happens from now on, by signed requests without titles and texts.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "secret title")
		i.write(c, "m1", "secret text")
		run := start(t, i, r, func(c *webhook.Config) { c.Keys = append(c.Keys, []byte("second")) })
		time.Sleep(time.Second)
		equal(t, []string(nil), r.kinds())
		i.write(c, "m2", "secret text")
		i.tell("CHANGED", c)
		sent := r.take()
		if len(sent) != 1 {
			t.Fatalf("%d requests", len(sent))
		}
		equal(t, `{"type":"message.added","timestamp":"2000-01-01T00:00:01Z","data":{"conversationId":"1","shortId":"c-1","status":"OPEN",`+
			`"lastMessage":{"createdAt":"2000-01-01T00:00:01Z","createdBy":{"id":"u-1","isEmployee":true}},`+
			`"message":{"type":"TextMessage","id":"m2","createdAt":"2000-01-01T00:00:01Z","createdBy":{"id":"u-1","isEmployee":true}}}}`, sent[0].body)
		for _, key := range []string{firstKey, "second"} {
			verifier, _ := webhooks.NewWebhookRaw([]byte(key))
			if err := verifier.Verify([]byte(sent[0].body), sent[0].header); err != nil {
				t.Error(err)
			}
		}
		equal(t, []string{"application/json"}, sent[0].header["Content-Type"])
		equal(t, []string{"mstudio-graphql/1.2.3"}, sent[0].header["User-Agent"])
		if log := run.log.String(); strings.Contains(log, "secret") || !strings.Contains(log, "webhook delivered") {
			t.Errorf("log: %s", log)
		}
	})
}

func TestWebhooks_EachKind(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		first := i.add(1, "one")
		start(t, i, r, nil)
		time.Sleep(time.Second)
		second := i.add(2, "two")
		i.write(second, "m1", "text")
		i.tell("ADDED", second)
		equal(t, []string{"conversation.added 2", "message.added m1"}, r.kinds())
		i.edit(func() { first["rawStatus"] = "closed" })
		i.tell("CHANGED", first)
		i.tell("CHANGED", first) // repeated
		equal(t, []string{"conversation.changed 1"}, r.kinds())
		i.tell("REMOVED", first)
		i.tell("REMOVED", first)
		equal(t, []string{"conversation.removed 1"}, r.kinds())
		i.tell("CHANGED", object{"id": "1", "rawStatus": "open"})
		equal(t, []string{"conversation.added 1"}, r.kinds())
		i.tell("CHANGED", object{"id": "2", "title": "two", "rawStatus": "open", "rawVisibility": "private", "relatedTo": object{"id": "p-1"}, "messages": object{"nodes": []object{
			{"type": "StatusUpdate", "id": "m2", "createdAt": time.Now().Add(1)},
			{"type": "TextMessage", "id": "m3", "createdAt": time.Now().Add(2), "isInternal": true},
			{"type": "UnknownMessage", "id": "m4", "createdAt": time.Now().Add(3)},
		}}})
		equal(t, []string{"message.added m4"}, r.kinds())
	})
}

// Titles and texts are sent only with content.
func TestWebhooks_Content(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "the title")
		start(t, i, r, func(c *webhook.Config) { c.Content = true })
		i.write(c, "m1", "the text")
		i.edit(func() { c["rawStatus"] = "closed" })
		time.Sleep(time.Millisecond)
		i.tell("CHANGED", c)
		for _, sent := range r.take() {
			if !strings.Contains(sent.body, `"title":"the title"`) {
				t.Errorf("no title: %s", sent.body)
			}
		}
		i.tell("REMOVED", c)
		if sent := r.take(); len(sent) != 1 || strings.Contains(sent[0].body, "title") {
			t.Errorf("removed: %v", sent)
		}
	})
}

// A failed attempt is repeated with the same ID and body, and a new signature, and given up after ten.
func TestWebhooks_Retries(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "one")
		run := start(t, i, r, nil)
		r.respond(func(w http.ResponseWriter, _ *http.Request) {
			http.Redirect(w, &http.Request{Method: http.MethodPost}, "http://localhost/elsewhere", http.StatusTemporaryRedirect)
		})
		i.edit(func() { c["rawStatus"] = "closed" })
		i.tell("CHANGED", c)
		time.Sleep(200 * time.Hour)
		sent := r.take()
		var waits []time.Duration
		for n, request := range sent {
			equal(t, sent[0].body, request.body)
			equal(t, sent[0].header["Webhook-Id"], request.header["Webhook-Id"])
			equal(t, strconv.FormatInt(r.start.Add(request.after).Unix(), 10), request.header.Get("Webhook-Timestamp"))
			if n > 0 {
				waits = append(waits, request.after-sent[n-1].after)
			}
		}
		equal(t, []time.Duration{
			5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
		}, waits)
		if log := run.log.String(); strings.Count(log, "webhook failed") != 9 || strings.Count(log, "webhook dropped") != 1 {
			t.Errorf("log: %s", log)
		}
	})
}

// A receiver that hangs is given 15 s.
func TestWebhooks_Timeout(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "one")
		run := start(t, i, r, nil)
		r.respond(func(_ http.ResponseWriter, request *http.Request) {
			<-request.Context().Done()
			r.respond(nil)
		})
		i.edit(func() { c["rawStatus"] = "closed" })
		i.tell("CHANGED", c)
		time.Sleep(time.Minute)
		sent := r.take()
		if len(sent) != 2 || sent[1].after-sent[0].after != 20*time.Second {
			t.Errorf("%v", sent)
		}
		if log := run.log.String(); strings.Contains(log, "localhost") {
			t.Errorf("log: %s", log)
		}
	})
}

// Events of a conversation stay in order. Those of others do not wait for them.
func TestWebhooks_Order(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		first, second := i.add(1, "one"), i.add(2, "two")
		start(t, i, r, nil)
		r.respond(func(w http.ResponseWriter, _ *http.Request) {
			r.respond(nil)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		i.edit(func() { first["rawStatus"] = "closed" })
		i.tell("CHANGED", first)
		i.tell("REMOVED", first)
		i.tell("REMOVED", second)
		equal(t, []string{"conversation.changed 1", "conversation.removed 2"}, r.kinds())
		time.Sleep(5 * time.Second)
		equal(t, []string{"conversation.changed 1", "conversation.removed 1"}, r.kinds())
	})
}

func TestWebhooks_Gone(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "one")
		run := start(t, i, r, nil)
		r.respond(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
		i.tell("REMOVED", c)
		equal(t, "the receiver responded with 410 Gone", (<-run.ended).Error())
		equal(t, 1, len(r.take()))
	})
}

// A thousand events wait. The oldest make room for newer ones.
func TestWebhooks_Limit(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1000, 1001} {
		t.Run(strconv.Itoa(count), func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				run := start(t, i, r, nil)
				r.respond(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
				for n := range count {
					i.tell("ADDED", i.add(n, "title"))
					synctest.Wait()
				}
				equal(t, count-1000, strings.Count(run.log.String(), "webhook dropped"))
				r.take()
				r.respond(nil)
				time.Sleep(time.Hour)
				got := r.kinds()
				if len(got) != 1000 || !slices.Contains(got, "conversation.added "+strconv.Itoa(count-1)) || slices.Contains(got, "conversation.added 0") != (count == 1000) {
					t.Errorf("%d events", len(got))
				}
			})
		})
	}
}

// An event is dropped while the one before it is being sent. A restart reports both, unless the one before has been accepted.
func TestWebhooks_LimitDuringAttempt(t *testing.T) {
	t.Parallel()
	for _, accepted := range []bool{false, true} {
		t.Run("accepted: "+strconv.FormatBool(accepted), func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				file := filepath.Join(t.TempDir(), "state.json")
				withState := func(c *webhook.Config) { c.StateFile = file }
				run := start(t, i, r, withState)
				time.Sleep(time.Second)
				r.respond(func(w http.ResponseWriter, _ *http.Request) {
					r.respond(nil)
					time.Sleep(10 * time.Second)
					w.WriteHeader(http.StatusNoContent)
				})
				first := i.add(0, "title")
				i.write(first, "m0", "text")
				i.tell("ADDED", first)
				for n := range 999 {
					i.tell("ADDED", i.add(n+1, "title"))
				}
				synctest.Wait()
				want := []string(nil)
				if accepted {
					time.Sleep(time.Minute)
				} else {
					i.edit(func() { i.conversations = []object{first} }) // with the others, too many would wait again
					want = []string{"conversation.added 0", "message.added m0"}
				}
				run.stop()
				equal(t, error(nil), <-run.ended)
				equal(t, 1, strings.Count(run.log.String(), "webhook dropped"))
				r.take()
				start(t, i, r, withState)
				time.Sleep(time.Minute)
				equal(t, want, r.kinds())
			})
		})
	}
}

// The state file remembers what the receiver knows, so that a restart reports each change once.
func TestWebhooks_Restart(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		file := filepath.Join(t.TempDir(), "state.json")
		withState := func(c *webhook.Config) { c.StateFile = file }
		first, second := i.add(1, "secret one"), i.add(2, "secret two")
		i.write(first, "m1", "secret")
		run := start(t, i, r, withState)
		time.Sleep(time.Second)
		r.respond(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		i.write(first, "m2", "secret")
		i.tell("CHANGED", first)
		undelivered := r.take()
		time.Sleep(time.Second)
		run.stop()
		equal(t, error(nil), <-run.ended)
		info, err := os.Stat(file)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "secret") || !strings.Contains(string(text), `"hash"`) {
			t.Errorf("%s, %v", text, err)
		}

		time.Sleep(time.Hour)
		r.respond(nil)
		i.write(first, "m3", "text")
		i.edit(func() { second["rawStatus"] = "closed" })
		third := i.add(3, "three")
		i.edit(func() { i.conversations = []object{first, third} })
		run = start(t, i, r, withState)
		sent := r.take()
		var got []string
		for _, request := range sent {
			got = append(got, request.kind())
			if request.kind() == undelivered[0].kind() {
				equal(t, undelivered[0].header["Webhook-Id"], request.header["Webhook-Id"])
			}
		}
		equal(t, []string{"message.added m2", "message.added m3", "conversation.added 3", "conversation.removed 2"}, got)
		run.stop()
		<-run.ended

		run = start(t, i, r, withState)
		equal(t, []string(nil), r.kinds())
		run.stop()
		<-run.ended
		leftovers, err := os.ReadDir(filepath.Dir(file))
		if err != nil || len(leftovers) != 1 {
			t.Errorf("%v, %v", leftovers, err)
		}
	})
}

// A start that ends before it has read the list leaves the receiver new.
func TestWebhooks_StateBeforeTheList(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		file := filepath.Join(t.TempDir(), "state.json")
		withState := func(c *webhook.Config) { c.StateFile = file }
		i.add(1, "one")
		i.edit(func() { i.failing = true })
		run := start(t, i, r, withState)
		run.stop()
		<-run.ended
		i.edit(func() { i.failing = false })
		run = start(t, i, r, withState)
		time.Sleep(time.Second)
		equal(t, []string(nil), r.kinds())
		run.stop()
	})
}

func TestWebhooks_InvalidState(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{":                             "the state file is damaged; delete it to start without one",
		`{"version":2}`:                 "unsupported version 2 of the state file (want 1)",
		`{"version":1}/`:                "the state file is damaged; delete it to start without one",
		`{"version":1,"since":"never"}`: "the state file is damaged; delete it to start without one",
		`{"version":1,"filter":"x"}`:    "the state file belongs to another filter; use one file for each filter",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				file := filepath.Join(t.TempDir(), "state.json")
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				run := start(t, i, r, func(c *webhook.Config) { c.StateFile = file })
				equal(t, want, (<-run.ended).Error())
			})
		})
	}
}

// RESYNC compares the whole list, page by page, and reads only histories with new messages.
func TestWebhooks_Resync(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		var all []object
		for n := range 250 {
			all = append(all, i.add(n, "title"))
		}
		start(t, i, r, nil)
		equal(t, []string{"subscribe", "list", "list", "list"}, i.ran())
		time.Sleep(time.Second)
		i.write(all[240], "m1", "text")
		i.edit(func() { all[10]["title"] = "new title" })
		i.tell("RESYNC", nil)
		equal(t, []string{"conversation.changed 10", "message.added m1"}, r.kinds())
		equal(t, []string{"list", "list", "list", "history"}, i.ran())
	})
}

// A history may be older than the list. It is read again once, and then the missing message is given up.
func TestWebhooks_StaleHistory(t *testing.T) {
	t.Parallel()
	for _, recovers := range []bool{true, false} {
		t.Run(strconv.FormatBool(recovers), func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				c := i.add(1, "one")
				start(t, i, r, nil)
				time.Sleep(time.Second)
				i.write(c, "m1", "text")
				i.edit(func() { i.stale = true })
				i.edit(func() { c = i.find("1") })
				i.tell("CHANGED", c)
				synctest.Wait()
				i.edit(func() { i.stale = !recovers })
				time.Sleep(time.Minute)
				want := map[bool][]string{true: {"message.added m1"}}[recovers]
				equal(t, want, r.kinds())
				equal(t, []string{"subscribe", "list", "list", "history"}, i.ran())
			})
		})
	}
}

// The same for histories that are read because of the list. A history that fails is read again until it does not.
func TestWebhooks_HistoryOfTheList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		start, end func(*inbox)
		want       []string
	}{
		"stale":   {func(i *inbox) { i.stale = true }, func(i *inbox) { i.stale = false }, []string{"message.added m1"}},
		"lost":    {func(i *inbox) { i.stale = true }, func(*inbox) {}, nil},
		"failing": {func(i *inbox) { i.noHistory = "FORBIDDEN" }, func(i *inbox) { i.noHistory = "" }, []string{"message.added m1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				c := i.add(1, "one")
				start(t, i, r, nil)
				i.ran()
				time.Sleep(time.Second)
				i.write(c, "m1", "text")
				i.edit(func() { test.start(i) })
				i.tell("RESYNC", nil)
				time.Sleep(4 * time.Second)
				i.edit(func() { test.end(i) })
				time.Sleep(time.Minute)
				equal(t, test.want, r.kinds())
				equal(t, []string{"list", "history", "list", "history"}, i.ran())
			})
		})
	}
}

// Conversations beyond the newest 2,000 are reported when they change, and are not removed.
func TestWebhooks_LongList(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		for n := range 2001 {
			i.add(n, "title")
		}
		start(t, i, r, nil)
		equal(t, append([]string{"subscribe"}, slices.Repeat([]string{"list"}, 20)...), i.ran())
		last := i.conversations[2000]
		i.tell("CHANGED", last)
		equal(t, []string{"conversation.added 2000"}, r.kinds())
		i.tell("RESYNC", nil)
		equal(t, []string(nil), r.kinds())
	})
}

// What fails is repeated, less and less often, and nothing is lost.
func TestWebhooks_Failures(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, i *inbox, r *receiver) {
		c := i.add(1, "one")
		start(t, i, r, nil)
		time.Sleep(time.Second)
		i.write(c, "m1", "text")
		i.edit(func() { i.failing = true })
		i.push(nil, failure("UPSTREAM_UNAVAILABLE"))
		i.push(&watcher.End{Errors: []byte(`[{"message": "It failed.", "extensions": {"code": "UPSTREAM_TIMEOUT"}}]`)})
		time.Sleep(20 * time.Second)
		i.edit(func() { i.failing = false })
		time.Sleep(2 * time.Minute)
		equal(t, []string{"message.added m1"}, r.kinds())
		equal(t, []string{"subscribe", "list", "subscribe c1", "list", "history"}, i.ran())
	})
}

// A rejected token or filter ends the command.
func TestWebhooks_Rejected(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"UNAUTHENTICATED", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			inTime(t, func(t *testing.T, i *inbox, r *receiver) {
				run := start(t, i, r, nil)
				i.push(&watcher.End{Errors: []byte(`[{"message": "It failed.", "extensions": {"code": "` + code + `"}}]`)})
				equal(t, code+": It failed.", (<-run.ended).Error())
			})
		})
	}
}
