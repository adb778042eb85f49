package lru_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"mstudio-graphql/internal/lru"
)

func newCache(maxCost int) *lru.Cache[string, string] {
	return lru.New(maxCost, func(key, value string) int { return len(key) + len(value) })
}

func checkCost(t *testing.T, c *lru.Cache[string, string], want int) {
	t.Helper()
	if got := c.Cost(); got != want {
		t.Errorf("cost is %d, want %d", got, want)
	}
}

func checkKeys(t *testing.T, c *lru.Cache[string, string], want string) {
	t.Helper()
	var got []string
	for key := range strings.SplitSeq("a b c d e", " ") {
		if _, ok := c.Peek(key); ok {
			got = append(got, key)
		}
	}
	if keys := strings.Join(got, " "); keys != want {
		t.Errorf("keys are %q, want %q", keys, want)
	}
}

func TestCache_EvictsLeastRecentlyUsed(t *testing.T) {
	t.Parallel()
	c := newCache(6)
	for _, key := range []string{"a", "b", "c"} {
		c.Add(key, "1", nil)
	}
	checkCost(t, c, 6)
	c.Peek("b") // does not count as use
	if value, ok := c.Get("a"); value != "1" || !ok {
		t.Errorf("Get(a) = %q, %t", value, ok)
	}
	c.Add("d", "1", nil)
	checkKeys(t, c, "a c d")
	c.Add("e", "123", nil)
	checkKeys(t, c, "d e")
	checkCost(t, c, 6)
}

func TestCache_RejectsEntriesBeyondMaximum(t *testing.T) {
	t.Parallel()
	c := newCache(6)
	c.Add("a", "1", nil)
	c.Add("b", "123456", nil)
	checkKeys(t, c, "a")
	empty := newCache(-1)
	empty.Add("a", "", nil)
	checkKeys(t, empty, "")
	checkCost(t, empty, 0)
}

func TestCache_ReplacesOnRequest(t *testing.T) {
	t.Parallel()
	c := newCache(10)
	c.Add("a", "1", nil)
	c.Add("a", "123", nil)
	checkCost(t, c, 2)
	c.Add("a", "123", func(old string) bool { return old != "1" })
	checkCost(t, c, 2)
	c.Add("a", "123", func(old string) bool { return old == "1" })
	checkCost(t, c, 4)
	if value, _ := c.Get("a"); value != "123" {
		t.Errorf("Get(a) = %q", value)
	}
}

func TestCache_Grow(t *testing.T) {
	t.Parallel()
	c := newCache(10)
	c.Add("a", "1", nil)
	c.Add("b", "1", nil)
	c.Grow("a", "1", 6)
	checkCost(t, c, 10)
	c.Grow("a", "another value", 1)
	c.Grow("c", "1", 1)
	checkCost(t, c, 10)
	c.Grow("b", "1", 1)
	checkKeys(t, c, "b")
	checkCost(t, c, 3)
	c.Grow("b", "1", 100)
	checkKeys(t, c, "")
	checkCost(t, c, 0)
}

func TestCache_RemoveOldest(t *testing.T) {
	t.Parallel()
	c := newCache(10)
	c.Add("a", "0", nil)
	c.Add("b", "0", nil)
	c.Add("c", "1", nil)
	c.Add("d", "0", nil)
	c.RemoveOldest(func(value string) bool { return value == "0" })
	checkKeys(t, c, "c d")
	checkCost(t, c, 4)
	c.RemoveOldest(func(string) bool { return true })
	checkKeys(t, c, "")
}

func TestCache_Concurrent(t *testing.T) {
	t.Parallel()
	c := newCache(100)
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 500 {
				key := fmt.Sprint((i*7 + worker) % 60)
				if _, ok := c.Get(key); !ok {
					c.Add(key, "1", nil)
				}
				c.Grow(key, "1", 1)
			}
		})
	}
	running.Wait()
	if c.Cost() > 100 || c.Cost() < 50 {
		t.Errorf("cost is %d, want nearly 100", c.Cost())
	}
	c.RemoveOldest(func(string) bool { return true })
	checkCost(t, c, 0)
}

// rest skips its lookup while the cost is 0, so a replacement must not let the cost drop to 0 in between.
func TestCache_CostWhileReplacing(t *testing.T) {
	t.Parallel()
	c := newCache(100)
	c.Add("a", "b", nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100_000 {
			c.Add("a", "b", func(string) bool { return true })
		}
	}()
	for {
		if got := c.Cost(); got != 2 {
			t.Errorf("cost is %d while the entry is replaced, want 2", got)
			<-done
			return
		}
		select {
		case <-done:
			return
		default:
		}
	}
}
