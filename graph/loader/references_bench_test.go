//go:build unix

package loader

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"mstudio-graphql/rest"
)

// BenchmarkReferences measures the cost on both sides of DefaultBulkThreshold: individual fetches and a list.
//
//	go test -run '^$' -bench References -benchmem ./graph/loader
//
// "by id" makes that many concurrent calls. "listed" makes one call with that many rows, and needs six of them. The upstream
// responds immediately, so the benchmark compares CPU time and not latency, which is the same for both.
func BenchmarkReferences(b *testing.B) {
	for _, count := range []int{1, 2, 4, 6, 8, 16, 32} {
		b.Run(fmt.Sprintf("by id/%d", count), func(b *testing.B) { benchmarkReferences(b, 0, count, -1) })
	}
	for _, rows := range []int{10, 50, 100, 200, 500, 1000} {
		b.Run(fmt.Sprintf("listed/%d", rows), func(b *testing.B) { benchmarkReferences(b, rows, 6, 1) })
	}
}

func benchmarkReferences(b *testing.B, rows, count, threshold int) {
	b.Helper()
	u := newUpstream(b, manyProjects(rows))
	client := u.client(b)
	references := make([]rest.Entity, count)
	for i := range references {
		references[i] = &rest.Project{Ref: rest.Ref{ID: projectID(i)}}
	}
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		loaders := New(client.WithLimits(rest.Limits{Calls: 100, Parallel: 32}), nil)
		loaders.BulkThreshold = threshold
		loaders.StartReferences(0, noParents).Fetch(b.Context(), references, func(_ int, _ rest.Entity, err error) {
			if err != nil {
				b.Error(err)
			}
		})
	}
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// processorTime returns the CPU time of the process, which includes client and server. Unlike wall time, it hardly depends
// on the load of the machine.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
