// Command bench compares the gateway with a handler without GraphQL and with a gateway built the usual way, each in a
// separate process, and prints Markdown tables. See docs/performance.md.
//
//	go -C bench run .            everything, in some minutes
//	go -C bench run . -quick     checks that all variants run and return equal responses
//	go -C bench run . -matrix    more concurrency and a slow upstream
//	go -C bench run . -streams 10000    memory and CPU time of idle streams
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:forbidigo // a separate program
	}
}

func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	if len(arguments) > 0 && strings.HasPrefix(arguments[0], "serve-") {
		return serveRole(ctx, arguments[0], arguments[1:], stdout)
	}
	given, err := parseOptions(arguments, stderr)
	if err != nil {
		return err
	}
	return newBench(given, stdout, stderr).run(ctx)
}

// options holds the parsed flags.
type options struct {
	shapes        []string
	variants      []string
	sizes         []int
	concurrency   []int
	latencies     []time.Duration
	rounds        int
	queries       int
	processors    int
	starts        int
	streams       int
	idle          time.Duration
	quick         bool
	matrix        bool
	out           string
	against       string
	valkey        string
	gatewayArgs   []string
	gatewayEnv    []string
	variantsGiven bool
}

// parseOptions parses and checks the flags.
func parseOptions(arguments []string, stderr io.Writer) (options, error) {
	var (
		given                  options
		shapes, variants, size string
		concurrency            int
		latency                time.Duration
	)
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&shapes, "shapes", "", "shapes to measure, separated by commas; all if empty, \"none\" for none")
	flags.StringVar(&variants, "variants", "", "variants to measure, separated by commas: "+strings.Join(variantNames(), ", ")+"; all if empty (with -matrix: floor and gateway)")
	flags.StringVar(&size, "sizes", "10,50,100,500,1000", "inbox sizes of the growth table, in conversations; multiples of 100 above 100; no table if empty")
	flags.IntVar(&given.rounds, "rounds", 5, "rounds; each measures every variant once")
	flags.IntVar(&given.queries, "queries", 0, "queries per variant and round; 0 for a number that fits the shape")
	flags.IntVar(&concurrency, "concurrency", 1, "concurrent queries")
	flags.DurationVar(&latency, "latency", 0, "latency of the upstream")
	flags.BoolVar(&given.matrix, "matrix", false, "measure 1, 8, 64 and 256 concurrent queries, and upstream latencies of 0 and 20ms")
	flags.BoolVar(&given.quick, "quick", false, "only check that all variants run and return equal responses")
	flags.IntVar(&given.processors, "procs", 1, "GOMAXPROCS of the measured processes")
	flags.IntVar(&given.starts, "starts", 5, "how often to measure the time from start to first response")
	flags.IntVar(&given.streams, "streams", 0, "measure this number of idle streams instead, such as 10000; needs as many file descriptors")
	flags.DurationVar(&given.idle, "idle", 2*time.Minute, "how long to measure idle streams")
	flags.StringVar(&given.out, "out", "", "file for the tables; text between its markers is replaced")
	flags.StringVar(&given.against, "against", "", "another build of the gateway to measure")
	flags.StringVar(&given.valkey, "valkey", "", "URL of a running Valkey or Redis server, to measure the gateway with it too, such as redis://127.0.0.1:6379")
	flags.Func("gateway-arg", "another flag for the gateway, such as -gateway-arg=--log-level=error; repeatable", appendTo(&given.gatewayArgs))
	flags.Func("gateway-env", "environment variable for the gateway, such as GOGC=200; repeatable", appendTo(&given.gatewayEnv))
	if err := flags.Parse(arguments); err != nil {
		return given, err
	}
	if flags.NArg() > 0 {
		return given, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	given.shapes, given.variants, given.variantsGiven = fields(shapes), fields(variants), variants != ""
	given.concurrency, given.latencies = []int{concurrency}, []time.Duration{latency}
	if given.matrix {
		given.concurrency = []int{1, 8, 64, 256}
		given.latencies = []time.Duration{0, 20 * time.Millisecond}
	}
	var err error
	if given.sizes, err = parseSizes(size); err != nil {
		return given, err
	}
	given.applyQuick()
	err = given.check()
	return given, err
}

func appendTo(list *[]string) func(string) error {
	return func(value string) error {
		*list = append(*list, value)
		return nil
	}
}

// applyQuick reduces the numbers of rounds and queries.
func (o *options) applyQuick() {
	if !o.quick {
		return
	}
	o.rounds, o.starts = min(o.rounds, 2), min(o.starts, 1)
	o.sizes = slices.DeleteFunc(o.sizes, func(size int) bool { return size == 50 || size == 100 || size > 500 })
}

func (o *options) check() error {
	var errs []error
	for _, name := range o.variants {
		if !slices.Contains(variantNames(), name) {
			errs = append(errs, fmt.Errorf("unknown variant %q", name))
		}
	}
	if o.rounds < 1 || o.queries < 0 || o.processors < 1 || o.starts < 0 || o.streams < 0 || o.concurrency[0] < 1 || o.latencies[0] < 0 {
		errs = append(errs, errors.New("numbers must not be negative; -rounds, -procs and -concurrency must be at least 1"))
	}
	return errors.Join(errs...)
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func parseSizes(list string) ([]int, error) {
	var sizes []int
	for _, field := range fields(list) {
		size, err := strconv.Atoi(field)
		if err != nil || size < 1 || size > 100 && size%100 != 0 {
			return nil, fmt.Errorf("-sizes: invalid size %q (want 1 to 100 or a multiple of 100)", field)
		}
		sizes = append(sizes, size)
	}
	slices.Sort(sizes)
	return sizes, nil
}
