package sharedstate_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
)

// A server whose answers announce impossible lengths is one that does not answer.
func TestStore_ImpossibleLengths(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		"$-2\r\n", "$9999999999999\r\n", "$92233720368547758070\r\n", "*-2\r\n", "*9999999999999\r\n", "%9999999999\r\n", "%9223372036854775807\r\n", "~-7\r\n", ">-2\r\n",
		"$?\r\n;9999999999999\r\n", "*?\r\n", strings.Repeat("*1\r\n", 100_000), "*1\r\n_xx$-2\r\n", "\r\n", "+" + strings.Repeat("x", 2<<20) + "\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			dial := func(context.Context, string, string) (net.Conn, error) {
				client, server := net.Pipe()
				go func() {
					defer func() { _ = server.Close() }()
					if _, err := bufio.NewReader(server).ReadString('\n'); err == nil {
						asked++
						go func() { _, _ = io.Copy(io.Discard, server) }()
						_, _ = io.WriteString(server, answer)
						time.Sleep(time.Second)
					}
				}()
				return client, nil
			}
			store, err := sharedstate.New(sharedstate.Config{URL: "redis://pipe:6379", Key: make([]byte, 32), Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			if state := store.State(); state != sharedstate.StateOpen || asked == 0 {
				t.Errorf("%.20q: %s after %d answers", answer, state, asked)
			}
			store.Close()
			time.Sleep(time.Minute)
		})
	}
}

// A message that is too long ends the connection that receives hints, and no other. The next hints arrive on a new one.
func TestHints_LongMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
		defer a.Close()
		defer b.Close()
		heard := 0
		b.Leases().Listen(func(rest.SharedCaller, watcher.Told) { heard++ })
		subscriptions := pipe.Commands("SUBSCRIBE")
		pipe.Redis.Publish("mg1:h", strings.Repeat("x", 2<<20))
		time.Sleep(2 * time.Second)
		if got := pipe.Commands("SUBSCRIBE") - subscriptions; got != 2 {
			t.Errorf("%d new subscriptions", got)
		}
		a.Leases().Changed(rest.SharedCaller{}, false)
		synctest.Wait()
		if heard != 1 || b.State() != sharedstate.StateClosed {
			t.Errorf("heard %d hints, %s", heard, b.State())
		}
	})
}
