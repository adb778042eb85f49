package sharedstate_test

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
)

const (
	conversation = "e75fead9-213f-5585-aeb3-59327a7b3b59"
	// timeout is that of the operations of tests.
	timeout = 20 * time.Second
)

// replica is a process with its own memory.
type replica struct {
	claims *loader.Claims
	store  *sharedstate.Store
	writes int

	garbage atomic.Int64 // values that are not ours
}

func newReplica(t *testing.T, pipe *sharedstatetest.Pipe) *replica {
	t.Helper()
	r := &replica{claims: loader.NewClaims(nil)}
	observer := sharedstate.Observer{Garbage: func(sharedstate.Use) { r.garbage.Add(1) }}
	store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial, Observer: observer})
	if err != nil {
		t.Fatal(err)
	}
	r.store, r.claims.Shared = store, store.Claims()
	synctest.Wait()
	return r
}

// replicas runs a test in virtual time with two replicas that share a server.
func replicas(t *testing.T, test func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		a, b := newReplica(t, pipe), newReplica(t, pipe)
		defer a.store.Close()
		defer b.store.Close()
		test(t, pipe, a, b)
	})
}

// sent is the result of a write.
type sent struct {
	id      string
	err     error
	isLocal bool
}

// send makes a write that has a result, unless its key was used, and waits until the end is shared.
func (r *replica) send(t *testing.T, id string, result error) sent {
	t.Helper()
	defer synctest.Wait()
	return r.write(t, 0, id, result)
}

// write makes a write that takes some time.
func (r *replica) write(t *testing.T, took time.Duration, id string, result error) sent {
	t.Helper()
	return r.run(t, func() (string, error) {
		r.writes++
		time.Sleep(took)
		return id, result
	})
}

// run makes a write with the key of this test.
func (r *replica) run(t *testing.T, write func() (string, error)) sent {
	t.Helper()
	client, err := rest.New(rest.Config{CallerKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	loaders := loader.New(client, nil)
	loaders.Claims = r.claims
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	var got sent
	got.id, got.err = loaders.Once(ctx, "key", conversation, "input", func(context.Context) (string, error) { return write() })
	got.isLocal = loaders.KeysAreLocal()
	return got
}

// start makes a write in the background and waits until it is running.
func (r *replica) start(t *testing.T, took time.Duration, id string, result error) <-chan sent {
	t.Helper()
	done := make(chan sent, 1)
	go func() { done <- r.write(t, took, id, result) }()
	synctest.Wait()
	return done
}

func (s sent) want(t *testing.T, id string, isLocal bool) {
	t.Helper()
	if s.id != id || s.err != nil || s.isLocal != isLocal {
		t.Errorf("got %+v", s)
	}
}

func (s sent) wantUnknown(t *testing.T) {
	t.Helper()
	if failure, ok := errors.AsType[*rest.Error](s.err); !ok || failure.Outcome != rest.OutcomeUnknown || s.id != "" {
		t.Errorf("got %+v", s)
	}
}

func wantWrites(t *testing.T, replica *replica, want int) {
	t.Helper()
	if replica.writes != want {
		t.Errorf("%d writes, want %d", replica.writes, want)
	}
}

// A write with a key is made by one of two replicas, and the other one waits for its result. It is remembered for ten minutes.
func TestClaims_TwoReplicas(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
		first := a.start(t, time.Second, "id", nil)
		began := time.Now()
		b.send(t, "other", nil).want(t, "id", false)
		(<-first).want(t, "id", false)
		if waited := time.Since(began); waited > 1100*time.Millisecond {
			t.Errorf("it waited %v", waited)
		}
		commands := pipe.Commands("EVALSHA")
		b.send(t, "other", nil).want(t, "id", false)
		if pipe.Commands("EVALSHA") != commands {
			t.Error("a repetition on the same replica makes a command")
		}
		wantWrites(t, b, 0)
		c := newReplica(t, pipe)
		defer c.store.Close()
		time.Sleep(10 * time.Minute)
		c.send(t, "other", nil).want(t, "other", false)
	})
}

// A write that has changed nothing frees the key for a replica that waits, and for later ones.
func TestClaims_NothingChanged(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, _ *sharedstatetest.Pipe, a, b *replica) {
		rejected := &rest.Error{Code: rest.BadInput}
		first := a.start(t, time.Second, "", rejected)
		b.send(t, "", rejected)
		if got := <-first; !errors.Is(got.err, rejected) {
			t.Errorf("got %+v", got)
		}
		wantWrites(t, b, 1)
		a.send(t, "id", nil).want(t, "id", false)
	})
}

// A write with an unknown outcome is unknown to all replicas, with all that clients see of the error.
func TestClaims_UnknownOutcome(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, _ *sharedstatetest.Pipe, a, b *replica) {
		broken := &rest.Error{Code: rest.Unavailable, RetryAfter: time.Minute, Outcome: rest.OutcomeUnknown}
		a.send(t, "", broken)
		got := b.send(t, "id", nil)
		got.wantUnknown(t)
		if failure, ok := errors.AsType[*rest.Error](got.err); !ok || failure.Code != broken.Code || failure.RetryAfter != time.Minute {
			t.Errorf("got %+v", got)
		}
		wantWrites(t, b, 0)
	})
}

// While a replica may still be writing, another one reports that it runs. Some time after its deadline, it has died.
func TestClaims_DeadReplica(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, _ *sharedstatetest.Pipe, a, b *replica) {
		first := a.start(t, time.Second, "id", nil)
		a.store.Close()
		<-first
		if got := b.send(t, "id", nil); !errors.Is(got.err, loader.ErrRunning) {
			t.Errorf("got %+v", got)
		}
		time.Sleep(11 * time.Second)
		for range 2 {
			b.send(t, "id", nil).wantUnknown(t)
		}
		wantWrites(t, b, 0)
	})
}

// A server that hangs while a replica waits delays it. One that loses its data makes the outcome unknown.
func TestClaims_ServerFails(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
		first := a.start(t, 8*time.Second, "id", nil)
		second := b.start(t, 0, "other", nil)
		pipe.Stop()
		time.Sleep(3 * time.Second)
		pipe.Continue()
		(<-first).want(t, "id", false)
		(<-second).want(t, "id", false)
	})
	replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
		first := a.start(t, 8*time.Second, "id", nil)
		second := b.start(t, 0, "other", nil)
		pipe.Kill()
		time.Sleep(time.Second)
		pipe.Run()
		(<-first).want(t, "id", false)
		(<-second).wantUnknown(t)
		wantWrites(t, b, 0)
		a.send(t, "other", nil).want(t, "id", false) // this replica has its own memory
		b.send(t, "other", nil).wantUnknown(t)
	})
}

// A result that the server did not take at first is shared when it answers again.
func TestClaims_LateResult(t *testing.T) {
	t.Parallel()
	for name, result := range map[string]error{"id": nil, "": &rest.Error{Code: rest.BadInput}} {
		replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
			pipe.Stop() // the server takes the claim later
			first := a.start(t, time.Second, name, result)
			if got := <-first; !got.isLocal {
				t.Errorf("got %+v", got)
			}
			pipe.Continue()
			time.Sleep(time.Minute)
			if got := b.send(t, "other", nil); got.id != cmp.Or(name, "other") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Without an answer, the keys of each replica are its own. A result that was known to one replica only is shared if the server is
// back at its end.
func TestClaims_Away(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
		pipe.Kill()
		first := a.start(t, 20*time.Second-time.Millisecond, "id", nil)
		pipe.Run()
		(<-first).want(t, "id", true)
		a.send(t, "other", nil).want(t, "id", true)
		synctest.Wait()
		b.send(t, "other", nil).want(t, "id", false)
		pipe.Kill()
		b.send(t, "other", nil).want(t, "id", false)
	})
}

// Values that are not ours are ignored and counted. The claims of the replica decide.
func TestClaims_Garbage(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, pipe *sharedstatetest.Pipe, a, b *replica) {
		a.send(t, "id", nil)
		key := pipe.Keys()[0]
		sealed, err := pipe.Redis.Get(key)
		if err != nil {
			t.Fatal(err)
		}
		for name, spoil := range map[string]func(){
			"text":    func() { _ = pipe.Redis.Set(key, "garbage") },
			"long":    func() { _ = pipe.Redis.Set(key, strings.Repeat("s", 1<<20)) },
			"cut":     func() { _ = pipe.Redis.Set(key, sealed[:len(sealed)-1]) },
			"forever": func() { _ = pipe.Redis.Set(key, "r"+strings.Repeat("A", 52)) },
			"hash":    func() { pipe.Redis.HSet(key, "a", "b") },
		} {
			pipe.Redis.Del(key)
			spoil()
			for range 2 {
				b.send(t, name, nil).want(t, name, true)
			}
			if b.garbage.Load() != 1 {
				t.Errorf("%s: %d values are counted", name, b.garbage.Load())
			}
			b.garbage.Store(0)
			b.claims = loader.NewClaims(nil)
			b.claims.Shared = b.store.Claims()
		}
		wantWrites(t, b, 5)
	})
}

// storm counts what one write on three replicas at random times comes to, with random results.
type storm struct {
	*rand.Rand

	mu                    sync.Mutex
	writes, local, effect int             // operations that wrote, that reported that keys are local, and that had an effect
	ids                   map[string]bool // results
}

func (s *storm) duration(below int) time.Duration {
	return time.Duration(s.IntN(below)) * time.Millisecond
}

// write returns the result of a write that takes some time.
func (s *storm) write(took time.Duration, result error) (string, error) {
	time.Sleep(took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if outcome, ok := errors.AsType[*rest.Error](result); !ok || outcome.Outcome != "" {
		s.effect++
	}
	if result != nil {
		return "", result
	}
	return strconv.Itoa(s.writes), nil
}

func (s *storm) count(got sent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if got.err == nil {
		s.ids[got.id] = true
	}
	if got.isLocal {
		s.local++
	}
}

// run makes twelve attempts, while the server hangs up to four times.
func (s *storm) run(t *testing.T, hangs int) {
	t.Helper()
	pipe := sharedstatetest.NewPipe(t)
	var attempts sync.WaitGroup
	members := []*replica{newReplica(t, pipe), newReplica(t, pipe), newReplica(t, pipe)}
	for _, r := range members {
		for range 4 {
			pause, took := s.duration(4_000), s.duration(2_000)
			result := []error{nil, &rest.Error{Code: rest.BadInput}, &rest.Error{Code: rest.Unavailable, Outcome: rest.OutcomeUnknown}}[s.IntN(3)]
			attempts.Go(func() {
				time.Sleep(pause)
				s.count(r.run(t, func() (string, error) { return s.write(took, result) }))
			})
		}
	}
	for range hangs {
		time.Sleep(s.duration(2_000))
		pipe.Stop()
		time.Sleep(s.duration(500))
		pipe.Continue()
	}
	attempts.Wait()
	for _, r := range members {
		r.store.Close()
	}
}

// Whatever happens, a second write has no effect, unless a response reports that keys are local.
func TestClaims_Storm(t *testing.T) {
	t.Parallel()
	local := 0
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			s := &storm{Rand: rand.New(rand.NewPCG(seed, 0)), ids: map[string]bool{}}
			hangs := s.IntN(5)
			s.run(t, hangs)
			if s.effect > 1+s.local || len(s.ids) > 1+s.local || hangs == 0 && s.local > 0 {
				t.Errorf("seed %d: %d writes, %d with an effect, %d results, %d local responses", seed, s.writes, s.effect, len(s.ids), s.local)
			}
			local += s.local
		})
	}
	if local == 0 {
		t.Error("the server was always in time")
	}
}

// The scripts of claims work on a real server.
func TestClaims_Server(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	a, b := newStore(t, server.Address).Claims(), newStore(t, server.Address).Claims()
	key := [32]byte{1}
	take := func(by *sharedstate.Claims, want loader.ClaimState) (claim loader.SharedClaim) {
		t.Helper()
		deadline := time.Now().Add(10 * time.Second)
		for {
			if claim = by.Take(t.Context(), key, time.Minute); claim.State == want {
				return claim
			}
			if time.Now().After(deadline) {
				t.Fatalf("got %+v, want %d", claim, want)
			}
		}
	}
	first := take(a, loader.ClaimNew)
	if running := take(b, loader.ClaimRunning); running.Left <= 50*time.Second || running.Left > time.Minute {
		t.Errorf("got %+v", running)
	} else {
		running.End([]byte("of another replica"), time.Minute)
	}
	first.End(nil, time.Minute)
	second := take(b, loader.ClaimNew)
	if !second.Freed {
		t.Errorf("got %+v", second)
	}
	first.End([]byte("late"), time.Minute)
	second.End([]byte("result"), time.Minute)
	if ended := take(a, loader.ClaimEnded); string(ended.Result) != "result" {
		t.Errorf("got %+v", ended)
	}
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	names, err := client.Do(t.Context(), client.B().Keys().Pattern("mg1:o:*").Build()).AsStrSlice()
	if err != nil || len(names) != 1 {
		t.Fatalf("got %q, %v", names, err)
	}
	for _, command := range [][]string{{"SET", names[0], strings.Repeat("s", 1<<20)}, {"SET", names[0], "r"}, {"DEL", names[0]}, {"HSET", names[0], "a", "b"}} {
		if err := client.Do(t.Context(), client.B().Arbitrary(command...).Build()).Error(); err != nil {
			t.Fatal(err)
		}
		if command[0] != "DEL" {
			take(a, loader.ClaimLocal)
		}
	}
}
