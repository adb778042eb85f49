package rest

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// refuser is an upstream that accepts one set of tokens.
type refuser struct {
	*upstream
	mu     sync.Mutex
	tokens map[string]bool
}

func newRefuser(t *testing.T) *refuser {
	t.Helper()
	r := &refuser{tokens: map[string]bool{}}
	r.upstream = newPipeUpstream(t, func(w http.ResponseWriter, request *http.Request) {
		sleep(request.Context(), 10*time.Millisecond)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.tokens[request.Header.Get("X-Access-Token")] {
			respond(http.StatusOK, `{"conversationId":"`+conversationID+`"}`)(w, request)
			return
		}
		respond(http.StatusUnauthorized, `{}`)(w, request)
	})
	return r
}

func (r *refuser) accept(token string, accepted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens[token] = accepted
}

// wantRefused makes count concurrent calls, which must be refused and cost at most this many requests.
func (r *refuser) wantRefused(t *testing.T, count, requests int, call func() error) {
	t.Helper()
	before := len(r.requests())
	var calls sync.WaitGroup
	for range count {
		calls.Go(func() { wantCode(t, call(), Unauthorized) })
	}
	calls.Wait()
	if sent := len(r.requests()) - before; sent > requests {
		t.Errorf("%d requests were sent, want at most %d", sent, requests)
	}
}

func TestRefusal_EndsTheOperationAndIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRefuser(t)
		r.accept("valid", true)
		client := r.client(t, Config{}).WithToken(newToken(t, "made-up")).WithLimits(Limits{Calls: 250})
		ask := func() error { return read(t.Context(), client) }
		r.wantRefused(t, 100, unknownReads, ask)
		wantEqual(t, "counted calls", unknownReads, client.Calls())
		r.wantRefused(t, 100, 0, ask)
		if err := read(t.Context(), client.WithToken(newToken(t, "valid"))); err != nil {
			t.Errorf("another caller: %v", err)
		}
		time.Sleep(refusedTime - 11*time.Millisecond)
		r.wantRefused(t, 1, 0, ask)
		time.Sleep(time.Millisecond)
		r.wantRefused(t, 1, 1, ask)
		r.accept("made-up", true)
		time.Sleep(refusedTime)
		if err := ask(); err != nil {
			t.Errorf("a token that has become valid: %v", err)
		}
	})
}

func TestRefusal_CostsOneWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRefuser(t)
		client := r.client(t, Config{})
		r.wantRefused(t, 100, 1, func() error {
			_, err := client.SetConversationStatus(t.Context(), conversationID, StatusClosed)
			return err
		})
	})
}

// A single refusal may be an error of a proxy. A token that was accepted before is soon sent again, and then restricted
// like an unknown one.
func TestRefusal_OfAnAcceptedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRefuser(t)
		client := r.client(t, Config{}).WithToken(newToken(t, "valid"))
		ask := func() error { return read(t.Context(), client) }
		r.accept("valid", true)
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		r.accept("valid", false)
		r.wantRefused(t, 100, quarter(256), ask)
		time.Sleep(doubtedTime - time.Millisecond)
		r.wantRefused(t, 1, 0, ask)
		time.Sleep(time.Millisecond)
		r.wantRefused(t, 100, unknownReads, ask)
		time.Sleep(doubtedTime)
		r.wantRefused(t, 1, 0, ask)
		r.accept("valid", true)
		time.Sleep(refusedTime)
		if err := ask(); err != nil {
			t.Error(err)
		}
	})
}

// An upload has a separate token, which says nothing about the caller's.
func TestRefusal_IgnoresUploads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				respond(http.StatusUnauthorized, `{}`)(w, r)
				return
			}
			respond(http.StatusOK, `{}`)(w, r)
		})
		client := u.client(t, Config{})
		_, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: http.NoBody})
		wantCode(t, err, Conflict)
		if err := read(t.Context(), client); err != nil {
			t.Error(err)
		}
	})
}

// The store of refused tokens and the store of accepted ones are bounded, and strangers fill only the former.
func TestTokens_AreBounded(t *testing.T) {
	t.Parallel()
	known, refused := newTokens(), &Error{Code: Unauthorized}
	for i := range maxAccepted + 1 {
		known.learn(callerKey{byte(i), byte(i >> 8), byte(i >> 16), 1}, refused)
	}
	wantEqual(t, "refused", maxRefusals, known.refused.until.Cost())
	wantEqual(t, "accepted", 0, known.accepted.Cost())
	for i := range maxAccepted + 1 {
		known.learn(callerKey{byte(i), byte(i >> 8), byte(i >> 16), 2}, nil)
	}
	wantEqual(t, "accepted", maxAccepted, known.accepted.Cost())
}
