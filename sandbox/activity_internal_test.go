package sandbox

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Other people write once per interval, until the end of the context.
func TestActivity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{})
		host := s.activity.host
		shown := s.activity.conversations.visible(host)
		before := versions(shown)
		ctx, cancel := context.WithCancel(t.Context())
		go s.run(ctx, 20*time.Second)
		time.Sleep(time.Second + 5*20*time.Second)
		cancel()
		synctest.Wait()
		statuses := map[string]int{}
		for _, conv := range s.activity.conversations.visible(host) {
			if before[conv.ID] == len(conv.messages) {
				continue
			}
			statuses[conv.Status]++
			if by := conv.LastMessage.CreatedBy; by.ID == host.Profile.ID {
				t.Errorf("%s is by the caller", conv.ID)
			}
		}
		if statuses[statusAnswered] != 2 || statuses[statusClosed] != 1 || statuses[statusOpen] < 1 {
			t.Errorf("the statuses of changed conversations are %v", statuses)
		}
		if got := len(s.activity.conversations.visible(host)); got != len(shown)+1 {
			t.Errorf("%d conversations, had %d", got, len(shown))
		}
		time.Sleep(time.Hour)
		if s.activity.turn != 5 {
			t.Errorf("%d changes, want 5", s.activity.turn)
		}
	})
}

// With everything closed, nobody writes but into new conversations.
func TestActivity_NothingOpen(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	for _, conv := range slices.Clone(s.activity.conversations.all) {
		conv = conv.clone()
		conv.Status = statusClosed
		s.activity.conversations.replace(conv, time.Now())
	}
	before := len(s.activity.conversations.all)
	for range 5 {
		s.activity.act()
	}
	if got := len(s.activity.conversations.all); got != before+1 {
		t.Errorf("%d conversations, want %d", got, before+1)
	}
}

// versions returns the number of messages of each conversation.
func versions(list []*conversation) map[string]int {
	counts := make(map[string]int)
	for _, conv := range list {
		counts[conv.ID] = len(conv.messages)
	}
	return counts
}

// The sandbox does not grow without end.
func TestActivity_IsBounded(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	s.activity.turn = maxTurns - 1
	s.activity.act()
	conversations, user := len(s.activity.conversations.all), s.activity.host.Profile.ID
	notified := len(s.activity.notifications.byUser[user])
	for range 5 {
		s.activity.act()
	}
	if len(s.activity.conversations.all) != conversations || len(s.activity.notifications.byUser[user]) != notified || s.activity.turn != maxTurns {
		t.Errorf("%d turns", s.activity.turn)
	}
}
