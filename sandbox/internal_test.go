package sandbox

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSandboxesShareNothing(t *testing.T) {
	t.Parallel()
	one, other := newConversations(initial().conversations), newConversations(initial().conversations)
	conv := one.all[0].clone()
	want := *other.all[0].messages[0]
	conv.Title = "changed"
	conv.messages[0].Content = "changed"
	conv.messages = append(conv.messages, &message{})
	one.replace(conv, time.Now())
	one.add(&conversation{ID: "new"})
	got := other.byID[conv.ID]
	if got.Title == "changed" || got.messages[0].Content != want.Content || len(got.messages) == len(conv.messages) {
		t.Error("a change to a conversation is visible in another sandbox")
	}
	if other.byID["new"] != nil || len(one.all) != len(other.all)+1 {
		t.Error("a new conversation is visible in another sandbox")
	}
}

func TestLimiterWindow(t *testing.T) {
	t.Parallel()
	l := newLimiter(RateLimit{1, 90 * time.Second}, false)
	start := time.Date(2026, time.August, 21, 12, 0, 0, 0, time.UTC)
	steps := []struct {
		after time.Duration
		want  quota
	}{
		{0, quota{limit: 1, remaining: 0, reset: 90}},
		{20*time.Second + time.Millisecond, quota{limit: 1, remaining: 0, reset: 70, exceeded: true}},
		{90 * time.Second, quota{limit: 1, remaining: 0, reset: 90}},
	}
	for _, step := range steps {
		if got := l.take("token", start.Add(step.after)); got != step.want {
			t.Errorf("after %v: %+v, want %+v", step.after, got, step.want)
		}
	}
	l.roundDown = true
	if got := l.take("token", start.Add(179*time.Second+time.Millisecond)).reset; got != 0 {
		t.Errorf("0.999 s are rounded down to %d s", got)
	}
}

func TestRateLimit_Text(t *testing.T) {
	t.Parallel()
	var limit RateLimit
	if err := limit.UnmarshalText([]byte("300/20s")); err != nil || limit != (RateLimit{300, 20 * time.Second}) {
		t.Errorf("%+v, %v", limit, err)
	}
	for _, text := range []string{"", "300", "300/", "/20s", "0/20s", "-1/20s", "300/20", "300/999ms", "300/20s/1s", "3e2/1s"} {
		if limit.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	document := struct {
		A int            `json:"a"`
		B string         `json:"b"`
		C map[string]int `json:"c"`
	}{1, "<ä>", map[string]int{"x": 1, "y": 12345678901234567}}
	got, err := encode(withPatch(document, patch{"b": nil, "c": map[string]any{"x": "one"}, "d": map[string]any{"new": true}}))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":1,"c":{"x":"one","y":12345678901234567},"d":{"new":true}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The number of versions does not grow with the number of writes.
func TestInvisibleVersionsAreDropped(t *testing.T) {
	t.Parallel()
	const lag, pause = time.Second, 100 * time.Millisecond
	s, now := newConversations(initial().conversations), time.Now()
	id := s.all[0].ID
	for range 100 {
		newest := s.byID[id].clone()
		newest.visibleAt = now.Add(lag)
		s.replace(newest, now)
		now = now.Add(pause)
	}
	versions := 0
	for version := s.byID[id]; version != nil; version = version.previous {
		versions++
	}
	if limit := int(lag/pause) + 1; versions > limit {
		t.Errorf("%d versions, want at most %d", versions, limit)
	}
}

// A container may have no writable directory.
func TestFileWithoutDisk(t *testing.T) {
	t.Setenv("TMPDIR", "/none")
	for size, want := range map[int]error{10: nil, maxInMemory: nil, maxInMemory + 10: nil, maxInMemory + 11: errTooMuch} {
		kept, err := spool(strings.NewReader(strings.Repeat("x", size)), maxInMemory+10)
		if !errors.Is(err, want) || err == nil && kept.size != int64(size) {
			t.Errorf("%d bytes: %v, %v", size, kept, err)
		}
	}
}
