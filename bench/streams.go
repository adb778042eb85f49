package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"mstudio-graphql/bench/internal/process"
	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/bench/internal/stream"
)

// streamCase is a number of streams that is measured. Each watches an inbox of 100 conversations in which nothing happens.
type streamCase struct {
	transport stream.Transport
	perCaller int
}

const (
	// perCaller is the number of streams of one caller.
	perCaller = 50
	// streamRows is the size of the inboxes: one page.
	streamRows = 100
	// pollInterval makes the figures independent of the pace.
	pollInterval = time.Minute
	// opening is the number of streams that are opened at once.
	opening = 16
)

// streams measures idle streams: the memory of the gateway, its CPU time and its polls.
func (b *bench) streams(ctx context.Context) (err error) {
	b.upstream, err = b.programs.own(ctx, "upstream", "serve-upstream", 0, "-conversations", strconv.Itoa(streamRows))
	if err != nil {
		return err
	}
	b.programs.upstream = b.upstream.Base
	table := report.Table{
		Title:  fmt.Sprintf("%d idle streams", b.options.streams),
		Note:   fmt.Sprintf("Each watches an inbox of %d conversations in which nothing happens. Each caller's is polled every %v. Memory is measured %v after the last stream was opened.", streamRows, pollInterval, b.options.idle),
		Header: []string{"transport", "callers", "RSS MB", "KB/stream", "max RSS MB", "polls/s", "CPU % of one core", "CPU ms/poll"},
	}
	for _, measured := range []streamCase{{stream.SSE, perCaller}, {stream.WebSocket, perCaller}, {stream.SSE, 1}} {
		row, err := b.streamRow(ctx, measured)
		if err != nil {
			return fmt.Errorf("%s: %w", measured.transport, err)
		}
		table.Add(row...)
	}
	b.report.Add(table)
	return nil
}

// streamRow opens streams and measures them while they are idle.
func (b *bench) streamRow(ctx context.Context, measured streamCase) (row []string, err error) {
	callers := (b.options.streams + measured.perCaller - 1) / measured.perCaller
	b.progress("%d idle streams over %s, %d callers", b.options.streams, measured.transport, callers)
	limit := strconv.Itoa(perCaller)
	gateway, err := b.programs.gateway(ctx, "gateway-streams", b.programs.binary(), "--max-streams", strconv.Itoa(b.options.streams), "--max-streams-per-caller", limit,
		"--max-subscriptions-per-caller", limit, "--live-interval", pollInterval.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, gateway.Stop()) }()
	before, err := gateway.RSS()
	if err != nil {
		return nil, err
	}
	stop, err := b.openStreams(ctx, gateway, measured)
	defer stop()
	if err != nil {
		return nil, err
	}
	idle, err := b.measureIdle(ctx, gateway)
	if err != nil {
		return nil, err
	}
	const mega, kilo = 1 << 20, 1 << 10
	return []string{
		string(measured.transport), strconv.Itoa(callers), figure(float64(idle.rss) / mega), figure(float64(idle.rss-before) / float64(b.options.streams) / kilo),
		figure(float64(idle.maxRSS) / mega), figure(float64(idle.polls) / b.options.idle.Seconds()), figure(100 * idle.cpu.Seconds() / b.options.idle.Seconds()),
		figure(milliseconds(idle.cpu) / float64(max(idle.polls, 1))),
	}, nil
}

// openStreams opens all streams. stop closes those that are open.
func (b *bench) openStreams(ctx context.Context, gateway *process.Process, measured streamCase) (stop func(), err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var mu sync.Mutex
	var open []func()
	indices := make(chan int)
	var workers sync.WaitGroup
	for range opening {
		workers.Go(func() {
			for index := range indices {
				stop, err := stream.Open(ctx, measured.transport, gateway.Base, "caller-"+strconv.Itoa(index/measured.perCaller))
				if err != nil {
					cancel(fmt.Errorf("stream %d: %w", index, err))
					return
				}
				mu.Lock()
				open = append(open, stop)
				mu.Unlock()
			}
		})
	}
	for index := 0; index < b.options.streams && ctx.Err() == nil; index++ {
		select {
		case indices <- index:
		case <-ctx.Done():
		}
	}
	close(indices)
	workers.Wait()
	return func() {
		for _, each := range open {
			each()
		}
		cancel(nil)
	}, context.Cause(ctx)
}

// idleFigures are the figures of a program that serves idle streams.
type idleFigures struct {
	rss, maxRSS int64
	cpu         time.Duration
	polls       int
}

// measureIdle measures a program while nothing happens.
func (b *bench) measureIdle(ctx context.Context, gateway *process.Process) (idle idleFigures, err error) {
	if _, err := b.takeCalls(ctx); err != nil {
		return idle, err
	}
	before, _, err := gateway.CPU()
	if err != nil {
		return idle, err
	}
	select {
	case <-time.After(b.options.idle):
	case <-ctx.Done():
		return idle, ctx.Err()
	}
	after, precise, err := gateway.CPU()
	if err != nil {
		return idle, err
	}
	b.inTicks = b.inTicks || !precise
	idle.cpu = after - before
	if idle.polls, err = b.takeCalls(ctx); err != nil {
		return idle, err
	}
	if idle.rss, err = gateway.RSS(); err != nil {
		return idle, err
	}
	idle.maxRSS, err = gateway.MaxRSS()
	return idle, err
}
