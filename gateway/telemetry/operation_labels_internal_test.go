package telemetry

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// The number of labels is bounded, and failed operations do not use up any.
func TestOperationLabelsAreBounded(t *testing.T) {
	t.Parallel()
	var labels operationLabels
	returned := sync.Map{}
	for i := range 10_000 {
		returned.Store(labels.label(fmt.Sprintf("Attack%d", i), false), true)
	}
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 2 * maxLabels {
				returned.Store(labels.label(fmt.Sprintf("Good%d", (i+worker*17)%(2*maxLabels)), true), true)
			}
		})
	}
	running.Wait()
	count := 0
	returned.Range(func(any, any) bool { count++; return true })
	if count != maxLabels+1 || len(labels.admitted) != maxLabels {
		t.Errorf("%d distinct labels, %d admitted names", count, len(labels.admitted))
	}
}

func TestOperationLabels(t *testing.T) {
	t.Parallel()
	var labels operationLabels
	long := strings.Repeat("a", maxText)
	for _, step := range []struct {
		name    string
		trusted bool
		want    string
	}{
		{"Inbox", false, otherLabel},
		{"Inbox", true, "Inbox"},
		{"Inbox", false, "Inbox"},
		{"", true, unnamedLabel},
		{"", false, unnamedLabel},
		{long + "a", true, otherLabel},
		{long, true, long},
	} {
		if got := labels.label(step.name, step.trusted); got != step.want {
			t.Errorf("label(%q, %t) = %q, want %q", step.name, step.trusted, got, step.want)
		}
	}
}
