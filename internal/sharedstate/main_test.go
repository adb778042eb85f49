package sharedstate_test

import (
	"testing"

	"go.uber.org/goleak"
)

// A client of a cluster waits a second before it reads the nodes again, also if it has been closed.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valkey-io/valkey-go.(*call).DelayDo.func1"))
}
