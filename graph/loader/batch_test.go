package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest"
)

// countingFetch counts the fetches of each project. In the tests below, fetches take no virtual time, because goroutines
// that wait for a thunk wait for a mutex, which stops the clock of synctest. A batch that waits for further IDs would
// take 16ms, the library's window.
type countingFetch struct{ counts sync.Map }

func (c *countingFetch) fetch(_ context.Context, id string) (*rest.Project, error) {
	count, _ := c.counts.LoadOrStore(id, &atomic.Int32{})
	count.(*atomic.Int32).Add(1) //nolint:forcetypeassert // the map has no other type
	return &rest.Project{Ref: rest.Ref{ID: id}}, nil
}

// fetched returns the number of fetched projects, and fails the test if one was fetched twice.
func (c *countingFetch) fetched(t *testing.T) (count int) {
	t.Helper()
	c.counts.Range(func(id, fetches any) bool {
		count++
		if got := fetches.(*atomic.Int32).Load(); got != 1 { //nolint:forcetypeassert // as above
			t.Errorf("%s: want 1 fetch, got %d", id, got)
		}
		return true
	})
	return count
}

// Each object is in exactly one batch, and no batch waits for further IDs.
func TestBatch_ConcurrentSteps(t *testing.T) {
	t.Parallel()
	const steps, perStep, projects = 50, 20, 200
	synctest.Test(t, func(t *testing.T) {
		fetch, stats := &countingFetch{}, &Stats{}
		var batched atomic.Int64
		stats.Batch = func(keys int) { batched.Add(int64(keys)) }
		ctx, began := WithStats(t.Context(), stats), time.Now()
		b := newBatch(nil, fetch.fetch)
		var running sync.WaitGroup
		for range steps {
			running.Go(func() {
				ids := map[string]struct{}{}
				for _, i := range rand.Perm(projects)[:perStep] {
					ids[projectID(i)] = struct{}{}
				}
				b.start(ctx, ids, false)
				for id := range ids {
					if object, err := b.load(ctx, id, false); err != nil || object.EntityID() != id {
						t.Errorf("%s: got %+v, %v", id, object, err)
					}
				}
			})
		}
		running.Wait()
		if took := time.Since(began); took > 0 {
			t.Errorf("a batch waited: took %s", took)
		}
		if got := fetch.fetched(t); int64(got) != batched.Load() || stats.Fetches.Load() != batched.Load() {
			t.Errorf("%d objects, %d keys in batches, %d fetches counted", got, batched.Load(), stats.Fetches.Load())
		}
	})
}

// Steps that read the list share one call. They share individual fetches of objects that the list lacks with other steps.
func TestBatch_ConcurrentStepsFromAList(t *testing.T) {
	t.Parallel()
	const steps, listed, projects = 50, 100, 130
	synctest.Test(t, func(t *testing.T) {
		fetch, began := &countingFetch{}, time.Now()
		var lists atomic.Int32
		b := newBatch(&listLoader[*rest.Project]{fetch: func(context.Context) (*rest.EntityList[*rest.Project], error) {
			lists.Add(1)
			list := &rest.EntityList[*rest.Project]{}
			for i := range listed {
				list.Rows = append(list.Rows, &rest.Project{Ref: rest.Ref{ID: projectID(i)}})
			}
			return list, nil
		}}, fetch.fetch)
		var running sync.WaitGroup
		for step := range steps {
			running.Go(func() {
				for _, i := range rand.Perm(projects) {
					if fromList := step%5 != 0; fromList || i >= listed {
						if object, err := b.load(t.Context(), projectID(i), fromList); err != nil || object.EntityID() != projectID(i) {
							t.Errorf("%d: got %+v, %v", i, object, err)
						}
					}
				}
			})
		}
		running.Wait()
		if got := lists.Load(); got != 1 {
			t.Errorf("want 1 list, got %d", got)
		}
		if got := fetch.fetched(t); got != projects-listed {
			t.Errorf("want %d individual fetches, got %d", projects-listed, got)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("a batch waited: took %s", took)
		}
	})
}

// The calls are the same whether a step that fetches individually runs before or after one that reads the list.
func TestBatch_CallsDoNotDependOnTiming(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string][2]int{"individual first": {3, 5}, "list first": {5, 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, manyProjects(9))
			loaders := up.loaders(t, "me")
			for key, count := range counts {
				fetchAll(t, loaders.StartReferences(key, noParents), projectsUpTo(count))
			}
			up.wantCalls(t, append(byIDs(3), listCall)...)
		})
	}
}

// Each object has its own error. A panic becomes an error without its value, which is not logged either.
func TestBatch_OneErrorPerObject(t *testing.T) { //nolint:paralleltest // it replaces the output of package log
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	errFailed := errors.New("failed")
	b := newBatch(nil, func(_ context.Context, id string) (*rest.Project, error) {
		switch id {
		case projectID(1):
			return nil, errFailed
		case projectID(2):
			panic("a password from a document")
		}
		return &rest.Project{Ref: rest.Ref{ID: id}}, nil
	})
	b.start(t.Context(), map[string]struct{}{projectID(0): {}, projectID(1): {}, projectID(2): {}}, false)
	for range 2 {
		if object, err := b.load(t.Context(), projectID(0), false); err != nil || object.EntityID() != projectID(0) {
			t.Errorf("got %+v, %v", object, err)
		}
		if _, err := b.load(t.Context(), projectID(1), false); !errors.Is(err, errFailed) {
			t.Errorf("want its error, got %v", err)
		}
		if _, err := b.load(t.Context(), projectID(2), false); err == nil || err.Error() != "loader: panic while fetching" {
			t.Errorf("want a *PanicError, got %v", err)
		}
	}
	if logged.Len() > 0 {
		t.Errorf("logged: %s", &logged)
	}
}

func noParents(func(any) bool) {}

func projectID(i int) string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", i) }

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
