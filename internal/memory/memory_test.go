package memory

import (
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
)

func TestDefault(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]int{math.MaxInt64: defaultMax, 0: defaultMax, 256 << 20: 128 << 20, 192 << 20: 96 << 20} {
		if got := Default(limit); got != want {
			t.Errorf("limit %d: want %d, got %d", limit, want, got)
		}
	}
}

// reserve reserves bytes and checks the error and the memory in use.
func reserve(t *testing.T, account *Account, bytes int, want error, used int64) {
	t.Helper()
	err := account.Reserve(bytes)
	var exceeded, wanted *ExceededError
	if errors.As(want, &wanted) {
		if !errors.As(err, &exceeded) || *exceeded != *wanted {
			t.Errorf("want %v, got %v", want, err)
		}
	} else if !errors.Is(err, want) {
		t.Errorf("want %v, got %v", want, err)
	}
	if got := account.budget.all; got != used {
		t.Errorf("want %d bytes in use, got %d", used, got)
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	budget := NewBudget(100, 40)
	first, second := budget.Open("a"), budget.Open("a")
	reserve(t, first, 30, nil, 30)
	reserve(t, second, 30, ErrCallerBusy, 30) // it would fit without the other operation
	reserve(t, second, 1, ErrCallerBusy, 30)  // the operation has failed
	first.Release(20)
	reserve(t, first, 31, &ExceededError{Max: 40, Actual: 41}, 10)
	others := []*Account{budget.Open("b"), budget.Open("c"), budget.Open("d")}
	reserve(t, others[0], 40, nil, 50)
	reserve(t, others[1], 40, nil, 90)
	reserve(t, others[2], 40, ErrBusy, 90)
	for _, account := range append(others, first, second) {
		account.Close()
	}
	if budget.all != 0 || len(budget.callers) != 0 {
		t.Errorf("%d bytes of %d callers are left", budget.all, len(budget.callers))
	}
}

func TestReserve_EndsTheOperation(t *testing.T) {
	t.Parallel()
	account := NewBudget(100, 40).Open("a")
	ends := 0
	account.OnExceeded(func() { ends++ })
	for range 3 {
		reserve(t, account, 41, &ExceededError{Max: 40, Actual: 41}, 0)
	}
	if ends != 1 || account.Err() == nil {
		t.Errorf("ended %d times, error %v", ends, account.Err())
	}
}

// Calls that an operation has abandoned reserve and release nothing.
func TestSettle(t *testing.T) {
	t.Parallel()
	budget := NewBudget(100, 40)
	for name, test := range map[string]struct {
		before, response int
		used             int64
		fails            bool
	}{
		"less":     {30, 10, 10, false},
		"more":     {5, 10, 10, false},
		"too much": {30, 41, 30, true},
	} {
		account := budget.Open("a")
		reserve(t, account, test.before, nil, int64(test.before))
		if err := account.Settle(test.response); (err != nil) != test.fails {
			t.Errorf("%s: %v", name, err)
		}
		if !test.fails && account.Reserve(1) == nil {
			t.Errorf("%s: reserved after the end", name)
		}
		account.Release(5)
		if budget.all != test.used {
			t.Errorf("%s: want %d bytes in use, got %d", name, test.used, budget.all)
		}
		account.Close()
	}
}

func TestNilAccount(t *testing.T) {
	t.Parallel()
	account := From(t.Context())
	account.Release(1)
	if account.Reserve(math.MaxInt) != nil || account.Err() != nil {
		t.Error("without an account there is a limit")
	}
	if own := NewBudget(1, 1).Open("a"); From(With(t.Context(), own)) != own {
		t.Error("another account")
	}
}

// Concurrent operations never hold more than the budget, and nothing is left after them.
func TestBudget_Concurrent(t *testing.T) {
	t.Parallel()
	budget := NewBudget(1000, 300)
	var running sync.WaitGroup
	for i := range 16 {
		running.Go(func() {
			for range 200 {
				account := budget.Open(string(rune('a' + i%8)))
				for range 10 {
					if account.Reserve(20) == nil {
						account.Release(5)
					}
				}
				if held, _ := budget.Use(); held > 1000 {
					t.Errorf("%d bytes in use", held)
				}
				account.Close()
			}
		})
	}
	running.Wait()
	if budget.all != 0 || len(budget.callers) != 0 {
		t.Errorf("%d bytes of %d callers are left", budget.all, len(budget.callers))
	}
}

// An operation waits for what a failed operation still holds, and fails only if that is not enough.
func TestReserve_WaitsForFailedOperations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bytes int
		want  error
	}{"enough": {30, nil}, "not enough": {31, ErrCallerBusy}} {
		synctest.Test(t, func(t *testing.T) {
			budget := NewBudget(1000, 40)
			running, failing := budget.Open("a"), budget.Open("a")
			reserve(t, running, 10, nil, 10)
			reserve(t, failing, 20, nil, 30)
			reserve(t, failing, 11, ErrCallerBusy, 30)
			other := budget.Open("a")
			result := make(chan error, 1)
			go func() { result <- other.Reserve(test.bytes) }()
			synctest.Wait()
			if waits := len(result) == 0; waits != (test.want == nil) {
				t.Errorf("%s: waits: %v", name, waits)
			}
			if err := failing.Settle(40); !errors.Is(err, ErrCallerBusy) {
				t.Errorf("%s: %v", name, err)
			}
			if err := <-result; !errors.Is(err, test.want) {
				t.Errorf("%s: want %v, got %v", name, test.want, err)
			}
		})
	}
}

// A few large operations leave room for small ones.
func TestReserve_LeavesRoomForSmallOperations(t *testing.T) {
	t.Parallel()
	const limit = 64 << 20
	budget := NewBudget(limit, limit/4)
	for i, caller := range []string{"a", "b", "c"} {
		reserve(t, budget.Open(caller), limit/4, nil, int64(i+1)*limit/4)
	}
	reserve(t, budget.Open("d"), limit/4, ErrBusy, limit*3/4)
	reserve(t, budget.Open("d"), limit/8, nil, limit*7/8)
	reserve(t, budget.Open("d"), small, nil, limit*7/8+small)
	reserve(t, budget.Open("e"), small+1, ErrBusy, limit*7/8+small)
}
