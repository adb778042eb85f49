package sharedstate

import (
	"testing"
	"testing/synctest"
	"time"
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
