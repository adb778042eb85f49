package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mstudio-graphql/bench/internal/load"
	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/process"
	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/bench/internal/shape"
	"mstudio-graphql/bench/internal/upstream"
	"mstudio-graphql/sandbox"
)

// bench is one run of the benchmark.
type bench struct {
	options  options
	stdout   io.Writer
	stderr   io.Writer
	programs *programs
	upstream *process.Process
	variants []*variant
	client   *load.Client
	report   report.Report
	// inTicks is true if the kernel reports CPU time only in ticks.
	inTicks bool
}

func newBench(given options, stdout, stderr io.Writer) *bench {
	return &bench{options: given, stdout: stdout, stderr: stderr, client: load.NewClient(slices.Max(given.concurrency))}
}

// run builds the gateway, measures all variants, writes the report and removes its files.
func (b *bench) run(ctx context.Context) (err error) {
	directory, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(directory)) }()
	defer b.client.Close()
	b.programs = &programs{directory: directory, options: b.options}
	b.progress("building the gateway")
	if err := b.programs.build(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.measure(ctx); err != nil {
		return err
	}
	if _, err := io.WriteString(b.stdout, b.report.Markdown()); err != nil {
		return err
	}
	if b.options.out != "" {
		return b.report.Save(b.options.out)
	}
	return nil
}

// measure starts all programs, then compares and measures the variants.
func (b *bench) measure(ctx context.Context) error {
	if b.options.streams > 0 {
		return b.streams(ctx)
	}
	if err := b.start(ctx); err != nil {
		return err
	}
	shapes, err := b.shapes(ctx)
	if err != nil {
		return err
	}
	return b.measureAll(ctx, shapes)
}

func (b *bench) measureAll(ctx context.Context, shapes []shape.Shape) error {
	if err := b.compare(ctx, shapes); err != nil {
		return err
	}
	for _, latency := range b.options.latencies {
		if err := b.setLatency(ctx, latency); err != nil {
			return err
		}
		for _, concurrency := range b.options.concurrency {
			for _, asked := range shapes {
				if err := b.measureShape(ctx, asked, concurrency, latency); err != nil {
					return err
				}
			}
		}
	}
	if err := b.setLatency(ctx, 0); err != nil {
		return err
	}
	if err := b.growth(ctx); err != nil {
		return err
	}
	return b.startTimes(ctx)
}

// progress writes a line to standard error.
func (b *bench) progress(format string, values ...any) {
	_, _ = fmt.Fprintf(b.stderr, "# "+format+"\n", values...)
}

// minConversations is the minimum number of conversations for the shapes.
const minConversations = 500

func (b *bench) start(ctx context.Context) error {
	conversations := max(minConversations, slices.Max(append([]int{0}, b.options.sizes...)))
	var err error
	b.upstream, err = b.programs.own(ctx, "upstream", "serve-upstream", 0, "-conversations", strconv.Itoa(conversations))
	if err != nil {
		return err
	}
	b.programs.upstream = b.upstream.Base
	return b.startVariants(ctx, b.programs.selected())
}

func (b *bench) startVariants(ctx context.Context, names []string) error {
	for _, name := range names {
		started, err := b.programs.variant(ctx, name)
		if err != nil {
			return err
		}
		b.variants = append(b.variants, &variant{name, started})
	}
	return nil
}

// restart starts a new process for every variant, so that earlier measurements do not affect its memory.
func (b *bench) restart(ctx context.Context) error {
	var names []string
	for _, v := range b.variants {
		names = append(names, v.name)
	}
	if err := b.stopVariants(); err != nil {
		return err
	}
	return b.startVariants(ctx, names)
}

func (b *bench) stopVariants() error {
	b.client.Close()
	var failures []error
	for _, v := range b.variants {
		failures = append(failures, v.process.Stop())
	}
	b.variants = nil
	return errors.Join(failures...)
}

// stop stops all programs, the upstream last.
func (b *bench) stop() error {
	err := b.stopVariants()
	if b.upstream != nil {
		err = errors.Join(err, b.upstream.Stop())
	}
	return err
}

// shapes returns the shapes to measure.
func (b *bench) shapes(ctx context.Context) ([]shape.Shape, error) {
	ids, err := b.ids(ctx)
	if err != nil {
		return nil, err
	}
	all := shape.All(ids)
	if len(b.options.shapes) == 0 {
		return all, nil
	}
	var chosen []shape.Shape
	for _, name := range b.options.shapes {
		index := slices.IndexFunc(all, func(s shape.Shape) bool { return s.Name == name })
		switch {
		case index >= 0:
			chosen = append(chosen, all[index])
		case name != "none":
			return nil, fmt.Errorf("unknown shape %q", name)
		}
	}
	return chosen, nil
}

// ids returns the IDs of the first conversations in the upstream's list.
func (b *bench) ids(ctx context.Context) ([]string, error) {
	body, err := b.client.Once(ctx, b.control(http.MethodGet, "/v2"+mstudio.ListPath(shape.DistinctIDs, "")))
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID string `json:"conversationId"`
	}
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, err
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids, nil
}

// control returns a request of the benchmark itself to the upstream.
func (b *bench) control(method, path string) load.Query {
	return load.Query{Method: method, URL: b.upstream.Base + path, Token: sandbox.DemoTokens()[0].Token}
}

func (b *bench) setLatency(ctx context.Context, latency time.Duration) error {
	_, err := b.client.Once(ctx, b.control(http.MethodPost, upstream.LatencyPath+"?value="+latency.String()))
	return err
}

// takeCalls returns the number of upstream calls since the previous takeCalls.
func (b *bench) takeCalls(ctx context.Context) (int, error) {
	body, err := b.client.Once(ctx, b.control(http.MethodGet, upstream.CallsPath))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(body)))
}
