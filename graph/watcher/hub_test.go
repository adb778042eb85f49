package watcher

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Ten tabs that are idle for an hour cost the calls of one.
func TestCalls_TenIdleTabs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(30)...)
		h := newHub(t, Config{})
		var tabs []*tab
		for range 10 {
			tabs = append(tabs, subscribe(t, h, subscription(u.client, Target{})))
		}
		wantCalls(t, u, "list")
		time.Sleep(time.Hour)
		synctest.Wait()
		if calls := len(u.take()); calls < 54 || calls > 65 {
			t.Errorf("%d calls in an hour", calls)
		}
		for _, b := range tabs {
			wantKinds(t, b, "SYNCED")
			b.Close()
		}
		synctest.Wait()
		time.Sleep(time.Hour)
		wantCalls(t, u)
		if state := h.State(); state.Callers > 0 || len(h.all()) > 0 {
			t.Errorf("the hub still has %+v", state)
		}
	})
}

func TestCalls_ThousandSubscribers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(30)...)
		h := newHub(t, Config{})
		h.config.Subscriptions = 1000
		rendered := 0
		sub := subscription(u.client, Target{})
		render := sub.Render
		sub.Render = func(ctx context.Context, change any) []byte {
			rendered++
			return render(ctx, change)
		}
		var tabs []*tab
		for range 1000 {
			tabs = append(tabs, subscribe(t, h, sub))
		}
		wantCalls(t, u, "list")
		rendered = 0
		u.change(func() { u.conversations[3].Status = "closed" })
		time.Sleep(70 * time.Second)
		for _, b := range tabs {
			wantKinds(t, b, "SYNCED CHANGED")
		}
		if rendered != 1 {
			t.Errorf("rendered %d times", rendered)
		}
		for _, call := range u.take() {
			if call != "list" {
				t.Error(call)
			}
		}
	})
}

func TestSubscribe_Rejected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		u.status = http.StatusUnauthorized
		h := newHub(t, Config{})
		if _, err := h.Subscribe(t.Context(), subscription(u.client, Target{})); err == nil {
			t.Error("no error")
		}
		wantCalls(t, u, "list")
		if len(h.all()) > 0 {
			t.Error("the hub remembers the token")
		}
	})
}
