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
	runtime.KeepAlive(bytes.Repeat([]byte{1}, 64<<20)) // garbage
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
