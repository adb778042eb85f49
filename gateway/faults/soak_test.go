package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

var soak = flag.Duration("soak", 0, "run TestSoak for this time")

const (
	soakTenants = 50
	soakWorkers = 8 // per program
	soakPause   = 150 * time.Millisecond
	faultRate   = 0.1 // of the calls of mStudio
	hangUpRate  = 0.1 // of the operations
)

// The bounds of what a program may gain while it serves: a constant for noise, and a part that grows with the time.
var (
	noise   = usage{resident: 32, heap: 8, goroutines: 10, descriptors: 10}
	perHour = usage{resident: 20, heap: 4, goroutines: 20, descriptors: 20}
)

// The real binary serves a mixed load while a tenth of its calls fail. Memory, goroutines and descriptors do not grow, no write
// is sent twice, and the log holds nothing of what the upstream sends. One process for each protocol.
func TestSoak(t *testing.T) {
	t.Parallel()
	if *soak == 0 {
		t.Skip("run make soak")
	}
	if runtime.GOOS != "linux" {
		t.Skip("it reads /proc")
	}
	path := build(t)
	for _, protocol := range []string{http1, http2} {
		t.Run("HTTP "+protocol, func(t *testing.T) { t.Parallel(); testSoak(t, path, protocol) })
	}
}

func testSoak(t *testing.T, path, protocol string) {
	t.Helper()
	handler := newSoakUpstream(protocol)
	u := &upstream{healthy: handler, meets: func(*http.Request) bool { return false }}
	handler.upstream = u
	if err := u.start(protocol); err != nil {
		t.Fatal(err)
	}
	defer u.close()
	p := startProgram(t, path, u.url)
	before, err := p.usage()
	if err != nil {
		t.Fatal(err)
	}
	load := &load{program: p, codes: map[string]int{}}
	ctx, cancel := context.WithTimeout(t.Context(), *soak)
	defer cancel()
	workers := load.start(ctx, t)
	samples := p.sample(ctx, t)
	workers.Wait()
	checkGrowth(t, samples)
	load.client.CloseIdleConnections()
	u.server.SetKeepAlivesEnabled(false) // closes idle connections
	p.awaitCalm(t, before)
	p.stop(t)
	if line := p.leaks(sandbox.DemoTokens()[0].Token, "token-of-tenant", "mark-of-tenant"); line != "" {
		t.Errorf("the log holds %s", line)
	}
	handler.check(t)
	t.Logf("%d operations, %d cancelled, codes: %v", load.answered.Load(), load.cancelled.Load(), load.codes)
}

// sample reads what the program uses until ctx ends.
func (p *program) sample(ctx context.Context, t *testing.T) []sample {
	t.Helper()
	start := time.Now()
	tick := time.NewTicker(max(*soak/300, time.Second))
	defer tick.Stop()
	var all []sample
	for {
		select {
		case <-ctx.Done():
			return all
		case <-tick.C:
			got, err := p.usage()
			if err != nil {
				t.Error(err)
				return all
			}
			all = append(all, sample{time.Since(start), got})
			if len(all)%25 == 0 {
				t.Logf("after %v: %v", time.Since(start).Round(time.Second), got)
			}
		}
	}
}

type sample struct {
	at time.Duration
	usage
}

// checkGrowth compares the slopes with the bounds, without the first quarter, in which caches and pools fill.
func checkGrowth(t *testing.T, samples []sample) {
	t.Helper()
	samples = samples[len(samples)/4:]
	if len(samples) < 10 {
		t.Fatalf("only %d samples", len(samples))
	}
	hours := (samples[len(samples)-1].at - samples[0].at).Hours()
	for _, figure := range []struct {
		name string
		of   func(u usage) float64
	}{
		{"MB resident", func(u usage) float64 { return u.resident }},
		{"MB of heap", func(u usage) float64 { return u.heap }},
		{"goroutines", func(u usage) float64 { return u.goroutines }},
		{"descriptors", func(u usage) float64 { return u.descriptors }},
	} {
		slope, limit := slope(samples, figure.of), figure.of(noise)+figure.of(perHour)*hours
		t.Logf("slope: %+.1f %s per hour, so %+.1f in %.0f s (at most %.1f)", slope, figure.name, slope*hours, hours*3600, limit)
		if slope*hours > limit {
			t.Errorf("%s: it grows", figure.name)
		}
	}
}

// slope returns the median of the slopes between all pairs of samples, per hour. Unlike a regression, it ignores peaks.
func slope(samples []sample, of func(usage) float64) float64 {
	var all []float64
	for i, a := range samples {
		for _, b := range samples[i+1:] {
			all = append(all, (of(b.usage)-of(a.usage))/(b.at-a.at).Hours())
		}
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// awaitCalm waits until the program has as many goroutines and descriptors as before the load.
func (p *program) awaitCalm(t *testing.T, before usage) {
	t.Helper()
	var after usage
	calm := poll(time.Minute, func() bool {
		var err error
		after, err = p.usage()
		return err == nil && after.goroutines <= before.goroutines+3 && after.descriptors <= before.descriptors+3
	})
	t.Logf("before: %v; after: %v", before, after)
	if !calm {
		t.Error("goroutines or descriptors are left")
	}
}

// soakUpstream responds to a part of the calls with a random fault.
type soakUpstream struct {
	upstream *upstream
	healthy  http.Handler
	faults   []fault

	mu     sync.Mutex
	met    map[string]int // faults by name
	writes map[string]int // requests that may have changed something, by their unique title
}

func newSoakUpstream(protocol string) *soakUpstream {
	s := &soakUpstream{healthy: gatewaytest.Tenants(sandbox.New(sandbox.Config{})), met: map[string]int{}, writes: map[string]int{}}
	for _, f := range allFaults() {
		longWait := strings.HasPrefix(f.name, "429") && !strings.Contains(f.name, "1 s")
		// Faults that refuse are left out, because the other calls on their connection have been processed.
		if f.answer != nil && (f.only == "" || f.only == protocol) && !longWait && !f.refuses {
			s.faults = append(s.faults, slices.Repeat([]fault{f}, f.frequency())...)
		}
	}
	return s
}

// frequency returns how often a fault occurs, relative to others. Megabytes from mStudio are rare, and their peaks would hide
// slow growth.
func (f fault) frequency() int {
	if f.want.reason == "too_large" || f.name == "200,000 elements" {
		return 1
	}
	return 20
}

func (s *soakUpstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.choose()
	if r.Method == http.MethodPut {
		s.record(r, f)
	}
	if f.answer == nil {
		s.healthy.ServeHTTP(w, r)
		return
	}
	f.answer(&exchange{ResponseWriter: w, request: r, upstream: s.upstream, healthy: s.healthy})
}

// choose returns a fault, or none.
func (s *soakUpstream) choose() fault {
	if rand.Float64() > faultRate {
		return fault{}
	}
	f := s.faults[rand.IntN(len(s.faults))]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met[f.name]++
	return f
}

// record counts a write, unless it is rejected because of its rate, after which it may be sent again.
func (s *soakUpstream) record(r *http.Request, f fault) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if strings.HasPrefix(f.name, "429") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if title := regexp.MustCompile(`title \d+`).FindString(string(body)); title != "" { // else the client has left
		s.writes[title]++
	}
}

func (s *soakUpstream) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, count := range s.met {
		total += count
	}
	t.Logf("%d faults of %d kinds, %d writes", total, len(s.met), len(s.writes))
	for title, count := range s.writes {
		if count > 1 {
			t.Errorf("%s was sent %d times", title, count)
		}
	}
}

// load sends operations.
type load struct {
	program *program
	client  http.Client

	answered, cancelled, titles atomic.Int64

	mu    sync.Mutex
	codes map[string]int
}

func (l *load) start(ctx context.Context, t *testing.T) *sync.WaitGroup {
	var workers sync.WaitGroup
	l.client.Transport = &http.Transport{MaxIdleConnsPerHost: soakWorkers}
	for range soakWorkers {
		workers.Go(func() {
			tick := time.NewTicker(soakPause)
			defer tick.Stop()
			for ctx.Err() == nil {
				l.turn(context.WithoutCancel(ctx), t)
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		})
	}
	return &workers
}

// randomQuery returns an operation. Their number is small, so that caches of documents do not grow.
func randomQuery() string {
	queries := []string{
		`{ viewer { name } conversations(first: 20) { totalCount nodes { title messages(last: 2) { nodes { createdAt ...on TextMessage { content files { ...on UploadedFile { name download { url } } } } } } } } }`,
		`{ conversation(id: "` + shortID + `") { title messages { totalCount } members { user { name } } } conversationCategories { name } }`,
		`{ nodes(ids: ["` + shortID + `", "` + otherID + `", "` + listedID + `"]) { ...on Conversation { title relatedTo { __typename ...on Project { description } } } } }`,
		`{ conversations(first: 5, filter: {statuses: [OPEN]}) { totalCount nodes { title } } }`,
		`mutation($title: String!) { updateConversation(input: {conversationId: "` + otherID + `", title: $title}) { conversation { title } userErrors { code } } }`,
		`{ __schema { types { name } } }`,
		`{ conversation(id: "x") { title } }`,
		`{ unknown`,
	}
	return queries[rand.IntN(len(queries))]
}

// turn sends an operation and checks the response.
func (l *load) turn(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	hangsUp := rand.Float64() < hangUpRate
	if hangsUp {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(100))*time.Millisecond)
		defer cancel()
	}
	title := fmt.Sprintf("title %d", l.titles.Add(1))
	body, _ := json.Marshal(map[string]any{"query": randomQuery(), "variables": map[string]string{"title": title}})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.program.url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Tenant(rand.IntN(soakTenants)).Token())
	answer, err := l.client.Do(request)
	if err == nil {
		defer answer.Body.Close()
		body, err = io.ReadAll(answer.Body)
	}
	switch {
	case err != nil && hangsUp:
		l.cancelled.Add(1)
	case err != nil:
		t.Error(err)
	default:
		l.answered.Add(1)
		l.check(t, body)
	}
}

// check counts the codes of a response.
func (l *load) check(t *testing.T, body []byte) {
	var got result
	if err := json.Unmarshal(body, &got); err != nil || bytes.Contains(body, []byte(canary)) {
		t.Errorf("%v: %s", err, body)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, failure := range got.Errors {
		l.codes[label(failure.Extensions.Code, failure.Extensions.Outcome)]++
		if failure.Extensions.Code == "INTERNAL_SERVER_ERROR" {
			t.Errorf("internal error at %v", failure.Path)
		}
	}
}
