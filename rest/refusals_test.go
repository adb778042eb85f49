package rest

import (
	"strconv"
	"testing"
	"time"
)

func TestRefusals_AreBounded(t *testing.T) {
	t.Parallel()
	b, now := newRefusals(), time.Now()
	hash := callerHash(nil)
	caller := func(number int) callerKey { return hash(newToken(t, "caller-"+strconv.Itoa(number))) }
	first, last := caller(0), caller(maxRefusals)
	for i := range maxRefusals + 1 {
		b.remember(caller(i), now, time.Hour)
	}
	if got := b.until.Cost(); got != maxRefusals {
		t.Errorf("callers: want %d, got %d", maxRefusals, got)
	}
	if got := b.left(first, now); got != 0 {
		t.Errorf("the first caller was not evicted: it must wait %s", got)
	}
	if got := b.left(last, now); got != time.Hour {
		t.Errorf("the last caller: want a wait of %s, got %s", time.Hour, got)
	}
	b.remember(last, now, time.Second)
	if got := b.left(last, now); got != time.Hour {
		t.Errorf("a shorter wait replaced a longer one: %s", got)
	}
	if got := b.left(first, now.Add(time.Hour)); got != 0 || b.until.Cost() != 0 {
		t.Errorf("%d expired waits were not removed", b.until.Cost())
	}
}
