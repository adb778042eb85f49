package rest

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRateWait(t *testing.T) {
	t.Parallel()
	now := at("2026-07-01T12:00:00Z")
	in := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, test := range map[string]struct {
		retryAfter, reset string
		want              time.Duration
	}{
		"none":                        {"", "", unknownRateWait},
		"reset":                       {"", "60", 61 * time.Second},
		"reset of zero":               {"", "0", time.Second},
		"reset of a fraction":         {"", "0.5", 2 * time.Second},
		"reset, negative":             {"", "-1", unknownRateWait},
		"reset, epoch":                {"", strconv.FormatInt(now.Unix()+30, 10), 31 * time.Second},
		"reset, epoch in the past":    {"", strconv.FormatInt(now.Unix()-30, 10), time.Second},
		"reset, epoch far away":       {"", "2000000000", maxRateWait},
		"reset, milliseconds":         {"", strconv.FormatInt(now.UnixMilli()+1500, 10), 3 * time.Second},
		"reset, absurd":               {"", "999999999", maxRateWait},
		"reset, more than 64 bits":    {"", "99999999999999999999", maxRateWait},
		"reset, 10 minutes":           {"", "600", maxRateWait},
		"reset, infinite":             {"", "Inf", maxRateWait},
		"reset, not a number":         {"", "NaN", unknownRateWait},
		"seconds":                     {"2", "", 2 * time.Second},
		"seconds, zero":               {"0", "", time.Second},
		"seconds, fraction":           {"1.5", "", 2 * time.Second},
		"seconds, absurd":             {"999999999", "", maxRateWait},
		"seconds, negative":           {"-5", "", unknownRateWait},
		"seconds, negative and reset": {"-5", "60", 61 * time.Second},
		"date":                        {in(90 * time.Second), "", 90 * time.Second},
		"date in the past":            {in(-time.Hour), "", time.Second},
		"date far away":               {in(time.Hour), "", maxRateWait},
		"both":                        {"5", "60", 5 * time.Second},
		"one is invalid":              {"soon", "60", 61 * time.Second},
		"both are invalid":            {"soon", "later", unknownRateWait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Retry-After": {test.retryAfter}, "X-Ratelimit-Reset": {test.reset}}
			got, _ := rateWait(header, now)
			wantEqual(t, "wait", test.want, got)
			if got < time.Second || got > 600*time.Second || got%time.Second != 0 {
				t.Errorf("%v is not from 1 s to 600 s in whole seconds", got)
			}
		})
	}
}

// Five pages with 21 calls each come from an API with 60 calls in 2 s. However it rounds the remaining time, all are
// complete after one wait.
func TestRateWait_SurvivesRounding(t *testing.T) {
	t.Parallel()
	for name, round := range map[string]func(float64) float64{"up": math.Ceil, "down": math.Floor, "nearest": math.Round} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var ends time.Time
				used := 0
				u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					defer mu.Unlock()
					if !time.Now().Before(ends) {
						ends, used = time.Now().Add(2*time.Second), 0
					}
					used++
					if used > 60 {
						rateLimited(strconv.Itoa(int(round(time.Until(ends).Seconds()))))(w, r)
						return
					}
					respond(http.StatusOK, `{"userId":"`+conversationID+`"}`)(w, r)
				})
				client := u.client(t, Config{})
				warm(t, client, 1)
				time.Sleep(300 * time.Millisecond) // within the window, so that the remaining time is not a whole second
				var calls sync.WaitGroup
				for range 5 * 21 {
					calls.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), shippedDeadline)
						defer cancel()
						if _, err := client.Conversation(ctx, conversationID); err != nil {
							t.Error(err)
						}
					})
				}
				calls.Wait()
			})
		})
	}
}
