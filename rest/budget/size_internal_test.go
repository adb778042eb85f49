package budget

import (
	"testing"
	"unsafe"
)

// A gateway knows thousands of callers.
func TestSize(t *testing.T) {
	t.Parallel()
	if got := unsafe.Sizeof(Budget{}); got > 512 {
		t.Errorf("a caller's budget has %d bytes", got)
	}
}
