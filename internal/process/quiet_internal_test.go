package process

import (
	"bytes"
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
)

// A quiet process keeps no garbage, and a busy one is not disturbed.
//
//nolint:paralleltest // it needs a quiet process
func TestQuietWatch(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	debug.FreeOSMemory()
	runtime.KeepAlive(bytes.Repeat([]byte{1}, 65<<20)) // garbage
	var w quietWatch
	w.look()
	if busy := readHeap().returnable(); busy < 64<<20 {
		t.Errorf("a busy process has returned its garbage: %d bytes are left", busy)
	}
	w.look()
	if quiet := readHeap().returnable(); quiet >= worthReturning {
		t.Errorf("a quiet process keeps %d bytes", quiet)
	}
}

// The heartbeats of many streams allocate more than a small process may, but little in relation to what the streams keep.
//
//nolint:paralleltest // it needs a quiet process
func TestQuietWatch_LargeHeap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	kept := bytes.Repeat([]byte{1}, 128<<20)
	debug.FreeOSMemory()
	var w quietWatch
	w.look()
	runtime.KeepAlive(bytes.Repeat([]byte{1}, 65<<20)) // garbage
	w.look()
	if quiet := readHeap().returnable(); quiet >= worthReturning {
		t.Errorf("the process keeps %d bytes", quiet)
	}
	runtime.KeepAlive(kept)
}

// The gaps in a heap are not worth a collection, because no collection closes them.
//
//nolint:paralleltest // it needs a quiet process
func TestQuietWatch_Gaps(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var kept [][]byte
	for i := range 64 << 10 { // one of eight objects on each page
		if object := make([]byte, 1<<10); i%8 == 0 {
			kept = append(kept, object)
		} else {
			runtime.KeepAlive(object)
		}
	}
	debug.FreeOSMemory()
	if returnable := readHeap().returnable(); returnable >= worthReturning {
		t.Errorf("%d bytes look returnable after a collection", returnable)
	}
	runtime.KeepAlive(kept)
}

func TestReturnMemory_Ends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*quietInterval)
		defer cancel()
		ReturnMemory(ctx)
		if ctx.Err() == nil {
			t.Error("it ended before its context")
		}
	})
}
