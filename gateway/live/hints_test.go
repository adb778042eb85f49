package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mstudio-graphql/gateway/live"
)

const hintedID = "e75fead9-213f-5585-aeb3-59327a7b3b59"

// hinted is a handler of hints, and what it has passed on.
type hinted struct {
	http.Handler

	mu  sync.Mutex
	ids []string
}

func newHinted(keys ...string) *hinted {
	h := &hinted{}
	var all [][]byte
	for _, key := range keys {
		all = append(all, []byte(key))
	}
	h.Handler = live.NewHints(all, func(ids []string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ids = append(h.ids, ids...)
	})
	return h
}

// post sends a body that was signed with a key some time ago.
func (h *hinted) post(ctx context.Context, key, body string, age time.Duration) int {
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, signed(ctx, key, body, age))
	return recorder.Code
}

func signed(ctx context.Context, key, body string, age time.Duration) *http.Request {
	signer, _ := webhooks.NewWebhookRaw([]byte(key))
	at := time.Now().Add(-age)
	signature, _ := signer.Sign("msg_1", at, []byte(body))
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/hints", strings.NewReader(body))
	r.Header.Set("Webhook-Id", "msg_1")
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", signature)
	return r
}

func idsBody(count int) string {
	body, _ := json.Marshal(map[string]any{"conversationIds": slices.Repeat([]string{hintedID}, count)})
	return string(body)
}

func TestHints(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key, body string
		age       time.Duration
		status    int
	}{
		"one conversation":         {body: idsBody(1), status: 204},
		"the limit":                {body: idsBody(100), status: 204},
		"one above the limit":      {body: idsBody(101), status: 400},
		"no JSON, but an ID":       {body: hintedID, status: 400},
		"other members":            {body: `{"type": "mail", "conversationIds": ["` + strings.ToUpper(hintedID) + `"]}`, status: 204},
		"no conversation":          {body: `{"conversationIds": []}`, status: 400},
		"no object":                {body: `["` + hintedID + `"]`, status: 400},
		"no UUID":                  {body: `{"conversationIds": ["../users/self"]}`, status: 400},
		"no JSON":                  {body: `conversationIds`, status: 400},
		"the previous key":         {key: "second", body: idsBody(1), status: 204},
		"another key":              {key: "third", body: idsBody(1), status: 401},
		"old":                      {body: idsBody(1), age: 5 * time.Minute, status: 204},
		"too old":                  {body: idsBody(1), age: 5*time.Minute + time.Second, status: 401},
		"from the future":          {body: idsBody(1), age: -5 * time.Minute, status: 204},
		"too far from the future":  {body: idsBody(1), age: -5*time.Minute - time.Second, status: 401},
		"the longest body":         {body: idsBody(1) + strings.Repeat(" ", 8<<10-len(idsBody(1))), status: 204},
		"one byte above the limit": {body: idsBody(1) + strings.Repeat(" ", 8<<10-len(idsBody(1))+1), status: 413},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHinted("first", "second")
				if test.key == "" {
					test.key = "first"
				}
				if got := h.post(t.Context(), test.key, test.body, test.age); got != test.status {
					t.Errorf("got %d, want %d", got, test.status)
				}
				if passed := len(h.ids) > 0; passed != (test.status == http.StatusNoContent) {
					t.Errorf("passed on %v", h.ids)
				}
				for _, id := range h.ids {
					if id != hintedID {
						t.Errorf("passed on %s", id)
					}
				}
			})
		})
	}
}

// Every header that is missing or wrong makes a request unsigned.
func TestHints_Unsigned(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		for _, value := range []string{"", "1", "v1,", "v1,AAAA", "v1a,AAAA v2,AAAA"} {
			h, r := newHinted("first"), signed(t.Context(), "first", idsBody(1), 0)
			r.Header.Set(header, value)
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, r)
			if recorder.Code != http.StatusUnauthorized || len(h.ids) > 0 {
				t.Errorf("%s %q: %d, passed on %v", header, value, recorder.Code, h.ids)
			}
		}
	}
}

// Ten requests per second pass. Requests without a valid signature do not count.
func TestHints_Rate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHinted("first")
		var got []int
		for range 11 {
			if status := h.post(t.Context(), "other", idsBody(1), 0); status != http.StatusUnauthorized {
				t.Errorf("unsigned: %d", status)
			}
			got = append(got, h.post(t.Context(), "first", idsBody(1), 0))
		}
		if diff := cmp.Diff(append(slices.Repeat([]int{204}, 10), 429), got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		time.Sleep(time.Second)
		if got := h.post(t.Context(), "first", idsBody(1), 0); got != http.StatusNoContent {
			t.Errorf("a second later: %d", got)
		}
	})
}

func FuzzHints(f *testing.F) {
	f.Add([]byte(idsBody(1)), "msg_1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	f.Add([]byte(`{"conversationIds": [null, 1, "x"]}`), "", "-1", "v1")
	f.Fuzz(func(t *testing.T, body []byte, id, timestamp, signature string) {
		h := newHinted("first")
		signedBody := signed(t.Context(), "first", string(body), 0)
		forged := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hints", bytes.NewReader(body))
		forged.Header = http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {timestamp}, "Webhook-Signature": {signature}}
		for _, r := range []*http.Request{forged, signedBody} {
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, r)
			if recorder.Code == http.StatusNoContent != (len(h.ids) > 0) || r == forged && len(h.ids) > 0 {
				t.Errorf("%d, passed on %v", recorder.Code, h.ids)
			}
		}
	})
}
