package sharedstate_test

import (
	"log/slog"
	"net"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// watched is a store whose log and commands the test sees.
type watched struct {
	*sharedstate.Store

	t        *testing.T
	log      *records
	commands atomic.Int64 // of texts
	dropped  atomic.Int64
	counted  atomic.Int64 // counts of replicas
}

// records is a log.
type records struct{ gatewaytest.Output }

// states returns the levels, states and reasons in the log.
func (r *records) states() []string {
	var found []string
	for line := range strings.Lines(r.String()) {
		_, line, _ = strings.Cut(line, "level=")
		found = append(found, strings.TrimSpace(line))
	}
	return found
}

// watch returns a store. It is closed at the end of the test, or before if the test does so.
func watch(t *testing.T, config sharedstate.Config) *watched {
	t.Helper()
	w := &watched{t: t, log: &records{}}
	config.Key = make([]byte, 32)
	config.Log = slog.New(slog.NewTextHandler(w.log, nil))
	config.Observer = sharedstate.Observer{
		Asked: func(use sharedstate.Use, _ string, _ time.Duration) {
			if use == sharedstate.UseReplicas {
				w.counted.Add(1)
				return
			}
			w.commands.Add(1)
		},
		Dropped: func() { w.dropped.Add(1) },
	}
	var err error
	if w.Store, err = sharedstate.New(config); err != nil {
		t.Fatal(err)
	}
	return w
}

// await waits for a state.
func (w *watched) await(want sharedstate.State) {
	w.t.Helper()
	for range 2000 {
		if w.State() == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatalf("the state is %s: %v", w.State(), w.log.states())
}

func (w *watched) wantLog(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.log.states()); diff != "" {
		w.t.Errorf("log (-want +got):\n%s", diff)
	}
}

const (
	logClosed = "INFO msg=valkey state=closed"
	logOpen   = "WARN msg=valkey state=open reason="
)

// find asks for a text, and returns how long it took.
func (w *watched) find() time.Duration {
	began := time.Now()
	w.Texts().Find(w.t.Context(), hashOf("{ viewer { name } }"))
	return time.Since(began)
}

// add adds a text until it is found.
func (w *watched) add() {
	w.t.Helper()
	awaitText(w.t, w.Texts(), w.Texts(), "{ viewer { name } }")
}

// A hanging server costs each request that waits at that moment the timeout, and all later ones nothing. When it goes on, it is
// used within two seconds.
func TestGate_Hangs(t *testing.T) { //nolint:paralleltest // counts goroutines
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		store := watch(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
		defer store.Close()
		synctest.Wait()
		var want []string
		goroutines := runtime.NumGoroutine()
		for range 8 {
			store.await(sharedstate.StateClosed)
			pipe.Stop()
			var waiting sync.WaitGroup
			for range 100 {
				waiting.Go(func() {
					if took := store.find(); took != 5*time.Millisecond {
						t.Errorf("a request waited for %s", took)
					}
				})
			}
			waiting.Wait()
			before := store.commands.Load()
			for range 100 {
				if took := store.find(); took != 0 {
					t.Errorf("a later request waited for %s", took)
				}
			}
			store.Texts().Add(hashOf("{ a }"), "{ a }")
			time.Sleep(time.Minute)
			if got := store.commands.Load() - before; got != 0 {
				t.Errorf("%d commands while the server hangs", got)
			}
			if got := store.State(); got != sharedstate.StateOpen {
				t.Errorf("the state is %s", got)
			}
			pipe.Continue()
			time.Sleep(3100 * time.Millisecond) // an attempt that has begun ends, then the next one
			if got := store.State(); got != sharedstate.StateClosed {
				t.Errorf("the state is %s", got)
			}
			want = append(want, logClosed, logOpen+"timeout")
		}
		if got := runtime.NumGoroutine() - goroutines; got > 2 {
			t.Errorf("%d more goroutines", got)
		}
		if got := store.dropped.Load(); got != 8 {
			t.Errorf("%d writes dropped", got)
		}
		store.wantLog(append(want, logClosed)...)
	})
}

// Close waits for no answer.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, hangs := range []func(*sharedstatetest.Pipe){
			func(pipe *sharedstatetest.Pipe) { synctest.Wait(); pipe.Stop() }, // with a client
			(*sharedstatetest.Pipe).Stop,                                      // while it connects
			(*sharedstatetest.Pipe).Kill,
		} {
			pipe := sharedstatetest.NewPipe(t)
			store := watch(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
			hangs(pipe)
			store.Texts().Add(hashOf("{ a }"), "{ a }")
			synctest.Wait()
			began, before := time.Now(), store.log.states()
			store.Close()
			if took := time.Since(began); took != 0 {
				t.Errorf("it took %s", took)
			}
			store.wantLog(before...)
		}
	})
}

// The same with a process that hangs.
func TestGate_HangingProcess(t *testing.T) { //nolint:paralleltest // counts goroutines
	server := sharedstatetest.Start(t)
	store := watch(t, sharedstate.Config{URL: server.URL(), Timeout: 50 * time.Millisecond})
	defer store.Close()
	store.await(sharedstate.StateClosed)
	store.add()
	for sent := int64(-1); sent != store.commands.Load(); time.Sleep(100 * time.Millisecond) { // all texts are written
		sent = store.commands.Load()
	}
	goroutines := runtime.NumGoroutine()
	for range 3 {
		server.Stop()
		var waiting sync.WaitGroup
		for range 20 {
			waiting.Go(func() { store.find() })
		}
		waiting.Wait()
		before := store.commands.Load()
		for range 20 {
			store.find()
		}
		if got := store.commands.Load() - before; got != 0 {
			t.Errorf("%d commands while the server hangs", got)
		}
		store.await(sharedstate.StateOpen)
		server.Continue()
		store.await(sharedstate.StateClosed)
		if _, ok := store.Texts().Find(t.Context(), hashOf("{ viewer { name } }")); !ok {
			t.Error("the text is lost")
		}
	}
	if got := runtime.NumGoroutine() - goroutines; got > 10 {
		t.Errorf("%d more goroutines", got)
	}
}

// A server that is down at the start does not delay it, and is used as soon as it runs. A restart loses what it knew, and nothing
// else.
func TestGate_DownKilledAndFlushed(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	server.Kill()
	began := time.Now()
	store := watch(t, sharedstate.Config{URL: server.URL(), Timeout: time.Second})
	defer store.Close()
	if took := time.Since(began); took >= time.Second {
		t.Errorf("the start took %s", took)
	}
	for store.log.states() == nil {
		time.Sleep(time.Millisecond)
	}
	store.find()
	if store.commands.Load() != 0 {
		t.Error("a request has sent a command")
	}
	for range 2 {
		server.Run()
		store.await(sharedstate.StateClosed)
		store.add()
		server.Kill()
		for store.State() == sharedstate.StateClosed {
			store.find()
		}
	}
	store.wantLog(logOpen+"connection", logClosed, logOpen+"connection", logClosed, logOpen+"connection")
	server.Run()
	store.await(sharedstate.StateClosed)
	store.add()
	server.Command("FLUSHALL")
	server.Command("SCRIPT", "FLUSH")
	store.add()
	counted := store.counted.Load()
	for store.counted.Load() == counted { // the script is loaded again
		time.Sleep(10 * time.Millisecond)
	}
	if got := store.State(); got != sharedstate.StateClosed {
		t.Errorf("the state is %s", got)
	}
}

// A full server and a replica accept no writes. Reads go on.
func TestGate_Readonly(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	store := watch(t, sharedstate.Config{URL: server.URL(), Timeout: time.Second})
	defer store.Close()
	store.await(sharedstate.StateClosed)
	store.add()
	for _, change := range []struct{ on, off []string }{
		{[]string{"CONFIG", "SET", "maxmemory", "1"}, []string{"CONFIG", "SET", "maxmemory", "0"}},
		{[]string{"REPLICAOF", "127.0.0.1", "1"}, []string{"REPLICAOF", "NO", "ONE"}},
	} {
		server.Command(change.on...)
		store.Texts().Add(hashOf("{ other }"), "{ other }")
		store.await(sharedstate.StateReadonly)
		if _, ok := store.Texts().Find(t.Context(), hashOf("{ viewer { name } }")); !ok {
			t.Error("reads have ended")
		}
		server.Command(change.off...)
		store.await(sharedstate.StateClosed)
	}
	store.wantLog(logClosed, "WARN msg=valkey state=readonly reason=full", logClosed, "WARN msg=valkey state=readonly reason=readonly", logClosed)
}

// A wrong password and a wrong certificate are states of their own, which attempts every five seconds end.
func TestGate_Refused(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t, "--requirepass", "hunter2")
	for _, password := range []string{"", "hunter3"} {
		store := watch(t, sharedstate.Config{URL: server.URL(), Password: password})
		store.await(sharedstate.StateRefused)
		store.Close()
		store.wantLog("WARN msg=valkey state=refused reason=password")
	}
	store := watch(t, sharedstate.Config{URL: server.URL(), Password: "hunter2", Timeout: time.Second})
	store.await(sharedstate.StateClosed)
	store.Close()
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	secure.StartTLS() // with a certificate of an unknown authority
	defer secure.Close()
	store = watch(t, sharedstate.Config{URL: "rediss://" + secure.Listener.Addr().String()})
	store.await(sharedstate.StateRefused)
	store.Close()
	store.wantLog("WARN msg=valkey state=refused reason=tls")
}

// A server that has become slow is not used until it is fast again, which the probe finds out.
func TestGate_Slow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		store := watch(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
		defer store.Close()
		synctest.Wait()
		pipe.Delay(50 * time.Millisecond)
		store.find()
		time.Sleep(time.Minute)
		if took := store.find(); took != 0 {
			t.Errorf("a request waited for %s", took)
		}
		pipe.Delay(0)
		time.Sleep(3 * time.Second)
		if got := store.State(); got != sharedstate.StateClosed {
			t.Errorf("the state is %s", got)
		}
		store.wantLog(logClosed, logOpen+"timeout", logClosed)
	})
}

// Three answers in a row that the server cannot answer now open the gate. Errors about one key do not.
func TestGate_Errors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		store := watch(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
		defer store.Close()
		synctest.Wait()
		pipe.Fail("WRONGTYPE Operation against a key holding the wrong kind of value")
		for range 10 {
			store.find()
		}
		if got := store.State(); got != sharedstate.StateClosed {
			t.Errorf("the state is %s", got)
		}
		pipe.Fail("LOADING Redis is loading the dataset in memory")
		for i := range 4 {
			before := store.commands.Load()
			store.find()
			if sent := store.commands.Load() - before; (sent == 1) != (i < 3) {
				t.Errorf("request %d sent %d commands", i, sent)
			}
		}
		pipe.Fail("")
		time.Sleep(3 * time.Second)
		store.wantLog(logClosed, logOpen+"busy", logClosed)
	})
}

// Each replica counts those that have been seen within 15 seconds, and keeps the number while the server is away.
func TestReplicas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		stores := make([]*watched, 3)
		for i := range stores {
			stores[i] = watch(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
			if got := stores[i].Replicas(); got != 1 {
				t.Errorf("%d replicas at the start", got)
			}
		}
		defer stores[0].Close()
		wantReplicas := func(want int) {
			t.Helper()
			if got := stores[0].Replicas(); got != want {
				t.Errorf("%d replicas, want %d", got, want)
			}
		}
		time.Sleep(6 * time.Second)
		wantReplicas(3)
		stores[1].Close()
		stores[2].Close()
		time.Sleep(10 * time.Second)
		wantReplicas(3)
		time.Sleep(10 * time.Second)
		wantReplicas(1)
		pipe.Redis.FlushAll()
		if err := pipe.Redis.Set("mg1:n", "garbage"); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		wantReplicas(1)
		if got := stores[0].State(); got != sharedstate.StateClosed {
			t.Errorf("the state is %s", got)
		}
	})
}

// The log never has an address, a password or a key.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	refusing, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := refusing.Addr().String()
	_ = refusing.Close()
	for _, url := range []string{"redis://:hunter2@" + address, "rediss://:hunter2@" + address + "/3"} {
		store := watch(t, sharedstate.Config{URL: url})
		for store.log.states() == nil {
			time.Sleep(time.Millisecond)
		}
		store.Close()
		if text := strings.Join(store.log.states(), "\n"); regexp.MustCompile(`127|hunter2|AAAA`).MatchString(text) {
			t.Error(text)
		}
	}
}
