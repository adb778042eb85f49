//go:build unix

package loader

import (
	"fmt"
	"net/http"
	"strings"
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

// manyProjects returns single projects and their list, in about the size of the examples in mStudio's documentation.
func manyProjects(rows int) http.Handler {
	all := make([]string, rows)
	for i := range all {
		all[i] = projectDocument(projectID(i))
	}
	list := "[" + strings.Join(all, ",") + "]"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if id, single := strings.CutPrefix(r.URL.Path, "/v2/projects/"); single {
			_, _ = w.Write([]byte(projectDocument(id)))
			return
		}
		_, _ = w.Write([]byte(list))
	})
}

func projectDocument(id string) string {
	const now = "2026-08-21T09:30:00.125Z"
	return fmt.Sprintf(`{"id":%q,"shortId":"p-4e7tz3","description":"Relaunch of the shop","enabled":true,`+
		`"customerId":"f282f1a8-2b15-4b08-9850-6788e3b20136","customerMeta":{"id":"f282f1a8-2b15-4b08-9850-6788e3b20136"},`+
		`"serverId":"0b1c4f8e-9a55-4d0c-8f3e-2d1c7a6b5e40","serverShortId":"s-4e7tz3","serverGroupId":"0b1c4f8e-9a55-4d0c-8f3e-2d1c7a6b5e41",`+
		`"createdAt":%[2]q,"isReady":true,"readiness":"ready","status":"ready","statusSetAt":%[2]q,`+
		`"webStorageUsageInBytes":268435456,"webStorageUsageInBytesSetAt":%[2]q,`+
		`"backupStorageUsageInBytes":536870912,"backupStorageUsageInBytesSetAt":%[2]q,`+
		`"supportedFeatures":["redis","node","container"],"deletionRequested":false}`, id, now)
}
