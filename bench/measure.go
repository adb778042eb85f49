package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"mstudio-graphql/bench/internal/load"
	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/bench/internal/shape"
)

// samples holds the figures of one variant, one per round.
type samples struct {
	cpu     []float64 // ms per query
	rate    []float64 // queries per second
	p50     []float64 // ms
	p99     []float64 // ms
	objects []float64 // allocated per query
	bytes   []float64 // allocated per query
	calls   []float64 // of the upstream, per query
	rss     int64     // bytes
	failed  int
}

// turns is the number of queries in a turn and how many of them are concurrent.
type turns struct{ queries, concurrency int }

// turn returns the number of queries per round. Higher concurrency needs more queries for a stable figure. With
// latency, fewer suffice, because latency dominates the time.
func (b *bench) turn(asked shape.Shape, concurrency int, latency time.Duration) turns {
	count := asked.Queries
	switch {
	case b.options.queries > 0:
		return turns{max(b.options.queries, concurrency), concurrency}
	case b.options.quick:
		const share = 20
		return turns{max(2, count/share, concurrency), concurrency}
	case latency > 0:
		const perWorker, atLeast = 20, 40
		count = min(count, max(atLeast, perWorker*concurrency))
	}
	return turns{max(count, 2*concurrency), concurrency}
}

// measureShape measures all variants and adds a table.
func (b *bench) measureShape(ctx context.Context, asked shape.Shape, concurrency int, latency time.Duration) error {
	turn := b.turn(asked, concurrency, latency)
	b.progress("%s: %d rounds of %d queries, concurrency %d, upstream latency %v", asked.Name, b.options.rounds, turn.queries, concurrency, latency)
	measured, err := b.rounds(ctx, asked, turn)
	if err != nil {
		return err
	}
	title := "`" + asked.Name + "`: " + asked.About
	if b.options.matrix || concurrency > 1 || latency > 0 {
		title += fmt.Sprintf("; concurrency %d, upstream latency %v", concurrency, latency)
	}
	table := report.Table{
		Title: title,
		Header: []string{
			"variant", "CPU ms/query", "÷ floor (min–max)", "queries/s", "p50 ms", "p99 ms", "max RSS MB", "allocs/query", "KB/query", "calls/query", "failed",
		},
	}
	for _, v := range b.variants {
		if own, ok := measured[v.name]; ok {
			table.Add(own.row(v.name, measured[floorName])...)
		}
	}
	b.report.Add(table)
	b.progressRatio(asked, measured, gatewayName, againstName)
	b.progressRatio(asked, measured, sharedName, gatewayName)
	return nil
}

// progressRatio writes the CPU time of a variant divided by that of another, if both are measured.
func (b *bench) progressRatio(asked shape.Shape, measured map[string]*samples, name, other string) {
	if measured[name] != nil && measured[other] != nil {
		b.progress("%s: CPU of %s ÷ %s %s", asked.Name, name, other, spread(measured[name].ratios(measured[other])))
	}
}

// rounds restarts all variants and measures each of them once per round, in a different order each time, so that other
// load on the machine affects all variants equally.
func (b *bench) rounds(ctx context.Context, asked shape.Shape, turn turns) (map[string]*samples, error) {
	if err := b.restart(ctx); err != nil {
		return nil, err
	}
	var able []*variant
	for _, v := range b.variants {
		if v.answers(asked) {
			able = append(able, v)
		}
	}
	measured := map[string]*samples{}
	queries := map[string]load.Query{}
	for _, v := range able {
		query := v.query(asked)
		warm, err := b.client.Once(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", asked.Name, v.name, err)
		}
		query.Size = len(warm)
		queries[v.name] = query
		measured[v.name] = &samples{}
		b.client.Many(ctx, query, max(turn.concurrency, turn.queries/10), turn.concurrency)
	}
	for round := range b.options.rounds {
		for index := range able {
			v := able[(round+index)%len(able)]
			if err := b.measureTurn(ctx, v, queries[v.name], turn, measured[v.name]); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", asked.Name, v.name, err)
			}
		}
	}
	return measured, nil
}

// measureTurn measures one variant in one round.
func (b *bench) measureTurn(ctx context.Context, v *variant, query load.Query, turn turns, into *samples) error {
	if _, err := b.takeCalls(ctx); err != nil {
		return err
	}
	heapBefore, err := b.allocated(ctx, v)
	if err != nil {
		return err
	}
	before, _, err := v.process.CPU()
	if err != nil {
		return err
	}
	result := b.client.Many(ctx, query, turn.queries, turn.concurrency)
	after, precise, err := v.process.CPU()
	if err != nil {
		return err
	}
	b.inTicks = b.inTicks || !precise
	heapAfter, err := b.allocated(ctx, v)
	if err != nil {
		return err
	}
	calls, err := b.takeCalls(ctx)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := v.process.Alive(); err != nil {
		return err
	}
	if result.Failed > 0 {
		b.progress("%s: %d of %d queries failed: %v", v.name, result.Failed, turn.queries, result.Failure)
	}
	into.rss, err = v.process.MaxRSS()
	if err != nil && runtime.GOOS == "linux" {
		return err
	}
	into.add(result, after-before, heapBefore, heapAfter, calls)
	return nil
}

// allocated returns the bytes and objects that a variant has allocated, or nil for the gateway, which does not report
// them.
func (b *bench) allocated(ctx context.Context, v *variant) (*allocated, error) {
	if v.gateway() {
		return nil, nil //nolint:nilnil // it does not say
	}
	body, err := b.client.Once(ctx, load.Query{Method: http.MethodGet, URL: v.process.Base + memoryPath})
	if err != nil {
		return nil, err
	}
	var said allocated
	return &said, json.Unmarshal(body, &said)
}

func (s *samples) add(result load.Result, cpu time.Duration, before, after *allocated, calls int) {
	count := float64(len(result.Latencies))
	s.cpu = append(s.cpu, milliseconds(cpu)/count)
	s.rate = append(s.rate, count/result.Elapsed.Seconds())
	s.p50 = append(s.p50, milliseconds(load.Percentile(result.Latencies, 0.50)))
	s.p99 = append(s.p99, milliseconds(load.Percentile(result.Latencies, 0.99)))
	s.calls = append(s.calls, float64(calls)/count)
	s.failed += result.Failed
	if before != nil && after != nil {
		s.objects = append(s.objects, float64(after.Objects-before.Objects)/count)
		s.bytes = append(s.bytes, float64(after.Bytes-before.Bytes)/count)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ratios divides round by round, because other load affects both sides of a round.
func (s *samples) ratios(floor *samples) []float64 {
	if floor == nil {
		return nil
	}
	var ratios []float64
	for round := range min(len(s.cpu), len(floor.cpu)) {
		ratios = append(ratios, s.cpu[round]/floor.cpu[round])
	}
	return ratios
}

// row returns the variant's row of the table.
func (s *samples) row(name string, floor *samples) []string {
	row := []string{
		name, figure(load.Median(s.cpu)), spread(s.ratios(floor)), figure(load.Median(s.rate)),
		figure(load.Median(s.p50)), figure(load.Median(s.p99)), figure(float64(s.rss) / (1 << 20)), "–", "–",
		figure(load.Median(s.calls)), strconv.Itoa(s.failed),
	}
	if len(s.objects) > 0 {
		const kilo = 1 << 10
		row[7], row[8] = figure(load.Median(s.objects)), figure(load.Median(s.bytes)/kilo)
	}
	return row
}

func spread(ratios []float64) string {
	if len(ratios) == 0 {
		return "–"
	}
	found := load.NewSpread(ratios)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", found.Median, found.Min, found.Max)
}

// figure formats a value with three significant digits.
func figure(value float64) string {
	switch {
	case value == float64(int(value)) || value >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case value >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	case value >= 1:
		return strconv.FormatFloat(value, 'f', 2, 64)
	}
	return strconv.FormatFloat(value, 'f', 3, 64)
}
