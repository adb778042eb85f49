package sharedstate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/valkey-io/valkey-go"
)

// At most maxLate writes wait for a server that does not answer, and only while they are of use.
func TestLate_IsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dropped := 0
		s := &Store{config: Config{Observer: Observer{Dropped: func() { dropped++ }}}}
		for range maxLate + 1 {
			s.tellSurely(UseClaims, time.Minute, nil)
		}
		if len(s.late.tolds) != maxLate || dropped != 1 {
			t.Errorf("%d wait, %d dropped", len(s.late.tolds), dropped)
		}
		s.tellLate()
		if len(s.late.tolds) != maxLate {
			t.Errorf("%d wait after another failure", len(s.late.tolds))
		}
		time.Sleep(time.Minute)
		s.tellLate()
		if len(s.late.tolds) != 0 || dropped != maxLate+1 {
			t.Errorf("%d wait after their time, %d dropped", len(s.late.tolds), dropped)
		}
	})
}

// Writes of an outage that are of no more use neither take the place of later ones nor are sent when it has ended.
func TestLate_LongOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Store{queue: make(chan told, maxQueue)}
		for range maxLate {
			s.tellSurely(UseClaims, endTime, nil)
		}
		time.Sleep(endTime)
		fresh := "the end of a claim that another replica waits for"
		s.tellSurely(Use(fresh), endTime, nil)
		s.client.Store(new(valkey.Client))
		s.tellLate()
		if len(s.queue) != 1 {
			t.Fatalf("%d writes are sent", len(s.queue))
		}
		if got := <-s.queue; got.use != Use(fresh) {
			t.Error("a write that is of no more use is sent")
		}
	})
}
