package faults_test

import (
	"fmt"
	"regexp"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/rest"
)

// maxWaiting and maxBusy limit the cells that run at the same time. Slow ones wait, the others need a processor, and more of
// them at once than these would only make connections time out.
const (
	maxWaiting = 100
	maxBusy    = 32
)

// cell is a fault in a scenario.
type cell struct {
	fault    fault
	protocol string
	scenario scenario
	want     string

	client   *rest.Client
	got      string
	reasons  string // in the log, for operators
	problems []string
}

func (c *cell) name() string { return c.fault.name + " / " + c.protocol + " / " + c.scenario.name }

// Each fault of mStudio costs the field that needs the call and nothing else. The client gets the code that helps, knows of
// each failed write what happened, and sees nothing that mStudio sent. A read is at most three requests, a write is one.
func TestMatrix(t *testing.T) {
	t.Parallel()
	cells := allCells(t)
	table := newHealthyResults(t)
	upstreams := runAll(t, cells, table)
	// The upstreams still hold their connections, so nothing that hangs with them has been freed.
	if left := gatewayGoroutines(cells, 10*time.Second); left != "" {
		t.Errorf("goroutines of the gateway are left:\n%s", left)
	}
	for _, u := range upstreams {
		u.close()
	}
	report(t, cells)
}

// runAll runs the cells that wait apart from the others, and returns all upstreams.
func runAll(t *testing.T, cells []*cell, table *healthyResults) []*upstream {
	t.Helper()
	var mu sync.Mutex
	var upstreams []*upstream
	for slow, most := range map[bool]int{true: maxWaiting, false: maxBusy} {
		var group sync.WaitGroup
		busy := make(chan struct{}, most)
		for _, c := range cells {
			if c.fault.slow != slow {
				continue
			}
			group.Go(func() {
				busy <- struct{}{}
				defer func() { <-busy }()
				u := c.run(t, table)
				mu.Lock()
				defer mu.Unlock()
				upstreams = append(upstreams, u)
			})
		}
		group.Wait()
	}
	return upstreams
}

// allCells returns the selected cells.
func allCells(t *testing.T) []*cell {
	t.Helper()
	wanted := regexp.MustCompile(*onlyFaults)
	names := map[string]bool{}
	var all []*cell
	for _, f := range allFaults() {
		if names[f.name] {
			t.Errorf("two faults are named %q", f.name)
		}
		names[f.name] = true
		if wanted.MatchString(f.name) {
			all = append(all, f.cells()...)
		}
	}
	if len(names) < 60 {
		t.Errorf("only %d faults", len(names))
	}
	return all
}

// cells returns the fault in all scenarios. A fault of both protocols is enough with HTTP/2 in those without a list.
func (f fault) cells() []*cell {
	var all []*cell
	for _, s := range scenarios() {
		want := s.want(f.want)
		if want == "" {
			continue
		}
		if f.only != http2 {
			all = append(all, &cell{fault: f, protocol: http1, scenario: s, want: want})
		}
		if f.only == http2 || f.only == "" && !f.everywhere() && (s.name == "read" || s.name == "write") {
			all = append(all, &cell{fault: f, protocol: http2, scenario: s, want: want})
		}
	}
	return all
}

// gatewayGoroutines waits until no goroutine of a gateway is left, and returns those that are left nevertheless.
func gatewayGoroutines(cells []*cell, patience time.Duration) string {
	var left []string
	poll(patience, func() bool {
		var all strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&all, 1)
		left = nil
		for _, c := range cells { // a connection may become idle after its operation has ended
			c.client.Close()
		}
		for block := range strings.SplitSeq(all.String(), "\n\n") {
			if strings.Contains(block, `"role":"gateway"`) {
				left = append(left, block)
			}
		}
		return len(left) == 0
	})
	return strings.Join(left, "\n\n")
}

// poll calls done until it returns true or the time is over, and returns its last result.
func poll(patience time.Duration, done func() bool) bool {
	deadline, tick := time.NewTimer(patience), time.NewTicker(20*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return done()
		}
	}
	return true
}

// report prints the table and fails for each cell that is wrong.
func report(t *testing.T, cells []*cell) {
	t.Helper()
	var names []string
	rows, faults := map[string]map[string]string{}, map[string]bool{}
	for _, c := range cells {
		row := "| " + c.fault.name + " | " + c.fault.want.reason + " | " + c.protocol + " |"
		if rows[row] == nil {
			rows[row] = map[string]string{}
			names = append(names, row)
		}
		rows[row][c.scenario.name] = c.got
		faults[c.fault.name] = true
		c.judge(t)
	}
	header, line := "| fault | reason | HTTP |", "|---|---|---|"
	for _, s := range scenarios() {
		header, line = header+" "+s.name+" |", line+"---|"
	}
	out := t.Output()
	_, _ = fmt.Fprintln(out, header+"\n"+line)
	for _, name := range names {
		text := name
		for _, s := range scenarios() {
			text += " " + rows[name][s.name] + " |"
		}
		_, _ = fmt.Fprintln(out, text)
	}
	_, _ = fmt.Fprintf(out, "%d faults, %d cells\n", len(faults), len(cells))
}

// judge fails the test if the cell is wrong.
func (c *cell) judge(t *testing.T) {
	t.Helper()
	if c.got != c.want {
		c.problem("want %s, got %s", c.want, c.got)
	}
	if want := c.fault.want.reason; !c.hasReason(want) {
		c.problem("want the reason %q, got %q", want, c.reasons)
	}
	if len(c.problems) > 0 {
		t.Errorf("%s: %s", c.name(), strings.Join(c.problems, "; "))
	}
}

// hasReason reports whether the log names the reason, or none if the scenario does not notice the fault.
func (c *cell) hasReason(reason string) bool {
	switch {
	case c.reasons == reason, c.reasons == "" && c.want == "ok ×1":
		return true
	case c.want == "ok ×1" && !c.fault.everywhere():
		reason = ""
	}
	switch {
	case c.fault.shared: // calls on one connection may learn of its end in different ways
		return c.reasons == "reset" || c.reasons == "protocol" || c.reasons == "protocol,reset"
	case c.reasons == "rate_budget,rate_limited": // another call of the operation was not sent
		return reason == "rate_limited"
	case c.fault.spoils: // another call may have noticed
		return c.reasons == strings.TrimSuffix("reset,"+reason, ",")
	}
	return c.reasons == reason
}
