package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// account is a [Memory] with a limit.
type account struct {
	mu         sync.Mutex
	used, most int
}

func (a *account) Reserve(size int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used+size > a.most {
		return errors.New("too much")
	}
	a.used += size
	return nil
}

func (a *account) Release(size int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used -= size
}

func zipped(text string) string {
	var to bytes.Buffer
	writer := gzip.NewWriter(&to)
	_, _ = writer.Write([]byte(text))
	_ = writer.Close()
	return to.String()
}

// sending returns a handler for a body of known or unknown length.
func sending(body, encoding string, known bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		if known {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		_, _ = w.Write([]byte(body[:1]))
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write([]byte(body[1:]))
	}
}

// Bodies are counted before they are read and after they are decompressed, and lists also by their elements.
func TestMemory_Read(t *testing.T) {
	t.Parallel()
	long := `[{"messageId":"` + messageID + `","messageContent":"` + strings.Repeat("a", 200_000) + `"}]`
	many := "[" + strings.Repeat("0,", 20_000) + "0]"
	for name, test := range map[string]struct {
		body, encoding string
		known          bool
		needed         int // while reading
		held           int // afterwards
	}{
		"known length":   {long, "", true, len(long), len(long)},
		"unknown length": {long, "", false, len(long) + 4*pieceSize, len(long)},
		"compressed":     {zipped(long), "gzip", true, len(long) + 4*pieceSize, len(long)},
		"elements":       {many, "", true, len(many) + 20_000/countedElements*countedElements*elementBytes, len(many) + 20_000/countedElements*countedElements*elementBytes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, sending(test.body, test.encoding, test.known))
			for _, short := range []int{0, 1} {
				memory := &account{most: test.needed - short}
				client := u.client(t, Config{}).WithLimits(Limits{Memory: memory})
				read := func(ctx context.Context, client *Client) error {
					_, err := client.Messages(ctx, conversationID)
					return err
				}
				if short == 0 {
					wantEqual(t, "error", nil, read(t.Context(), client))
					wantEqual(t, "held", test.held, memory.used)
					continue
				}
				wantEqual(t, "reasons", []Reason{ReasonMemory}, failures(t, client, read))
				if name != "elements" {
					wantEqual(t, "held", 0, memory.used)
				}
			}
			u.wantCalls(t, 2)
		})
	}
}

// A body that breaks off is not counted, because the next attempt counts its own.
func TestMemory_BrokenBody(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{true, false} {
		t.Run(fmt.Sprint(known), func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, script(t, func(w http.ResponseWriter, r *http.Request) {
				sending(strings.Repeat(" ", 1000), "", false)(w, r)
				panic(http.ErrAbortHandler)
			}, sending(`{"title":"a"}`, "", known)))
			memory := &account{most: 2 * pieceSize}
			conversation, err := u.client(t, Config{}).WithLimits(Limits{Memory: memory}).Conversation(t.Context(), conversationID)
			if err != nil || conversation.Title != "a" {
				t.Fatalf("%v, %v", conversation, err)
			}
			wantEqual(t, "held", len(`{"title":"a"}`), memory.used)
		})
	}
}

// A write whose response cannot be read for lack of memory has happened.
func TestMemory_Write(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusCreated, `{"conversationId":"`+conversationID+`"}`))
	_, err := u.client(t, Config{}).WithLimits(Limits{Memory: &account{}}).CreateConversation(t.Context(), NewConversation{Title: "a"})
	wantCode(t, err, Canceled)
	var failure *Error
	if !errors.As(err, &failure) || failure.Outcome != OutcomeDone {
		t.Errorf("outcome: %v", err)
	}
	u.wantCalls(t, 1)
}
