package cli

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Who waits is let go when the last request has ended, or when that takes too long.
func TestAttendance(t *testing.T) {
	t.Parallel()
	for takes, waits := range map[time.Duration]time.Duration{0: 0, time.Second: time.Second, time.Hour: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			var requests attendance
			handler := requests.of(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(takes) }))
			for range 3 {
				go handler.ServeHTTP(nil, nil)
			}
			synctest.Wait()
			start := time.Now()
			requests.wait(time.Minute)
			if waited := time.Since(start); waited != waits {
				t.Errorf("requests of %v were waited for %v", takes, waited)
			}
			time.Sleep(takes) // until they have all ended
		})
	}
}
