package stack_test

import (
	"runtime/metrics"
	"sync"
	"testing"

	"mstudio-graphql/internal/stack"
)

// stacks returns the size of all stacks in bytes.
func stacks() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// TestGrow uses so many goroutines that the program's other stacks do not matter.
func TestGrow(t *testing.T) { //nolint:paralleltest // it measures the whole process
	const goroutines, frame = 1000, 8 << 10
	var grown, ended sync.WaitGroup
	release := make(chan struct{})
	before := stacks()
	for range goroutines {
		grown.Add(1)
		ended.Go(func() {
			stack.Grow()
			grown.Done()
			<-release
		})
	}
	grown.Wait()
	during := stacks()
	close(release)
	ended.Wait()
	if room := (during - before) / goroutines; room < frame {
		t.Errorf("want at least %d bytes of stack for each goroutine, got %d", frame, room)
	}
}
