package gateway

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Names that clients choose must not fill the memory, and those of operations that fail must not fill the places.
func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	var n names
	told := sync.Map{}
	for i := range 10_000 {
		told.Store(n.label(fmt.Sprintf("Attack%d", i), false), true)
	}
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 2 * maxNames {
				told.Store(n.label(fmt.Sprintf("Good%d", (i+worker*17)%(2*maxNames)), true), true)
			}
		})
	}
	running.Wait()
	labels := 0
	told.Range(func(any, any) bool { labels++; return true })
	if labels != maxNames+1 || len(n.kept) != maxNames {
		t.Errorf("%d labels, %d names are kept", labels, len(n.kept))
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	var n names
	long := strings.Repeat("a", maxLoggedName)
	for _, step := range []struct {
		name string
		good bool
		want string
	}{
		{"Inbox", false, otherName},
		{"Inbox", true, "Inbox"},
		{"Inbox", false, "Inbox"},
		{"", true, noName},
		{"", false, noName},
		{long + "a", true, otherName},
		{long, true, long},
	} {
		if got := n.label(step.name, step.good); got != step.want {
			t.Errorf("%q, %t: want %q, got %q", step.name, step.good, step.want, got)
		}
	}
}
