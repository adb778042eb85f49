package gateway_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/watcher"
)

// bakeryToken is the token of a caller with few conversations.
const bakeryToken = "sandbox-bakery"

// changeUpstream makes a change with another program.
func changeUpstream(t *testing.T, pool *http.Transport, upstream *gatewaytest.Upstream, rnd *rand.Rand, ids []string, number int) {
	t.Helper()
	path, method, body := "/"+ids[rnd.IntN(len(ids))], http.MethodPut, fmt.Sprintf(`{"title":"title %d"}`, number)
	switch rnd.IntN(8) {
	case 0, 1, 2:
		path, body = path+"/status", fmt.Sprintf(`{"status":%q}`, []string{"open", "closed"}[rnd.IntN(2)])
	case 3:
		path, method, body = path+"/messages", http.MethodPost, `{"messageContent":"a message"}`
	}
	request, err := http.NewRequestWithContext(t.Context(), method, upstream.URL+"/v2/conversations"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Access-Token", bakeryToken)
	response, err := pool.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d", method, path, response.StatusCode)
	}
}

// Clients of all transports disconnect at random while another program changes the inbox. In the end, the cache of each equals
// the list.
func TestStormOfChanges(t *testing.T) {
	t.Parallel()
	changes := 10_000
	if testing.Short() {
		changes = 500
	}
	server, upstream := start(t, gateway.Config{OperationTimeout: time.Minute, Watcher: watcher.Config{Interval: 50 * time.Millisecond}})
	pool := &http.Transport{}
	t.Cleanup(pool.CloseIdleConnections)
	var clients []*gatewaytest.LiveClient
	for i, transport := range []string{"sse", "multipart", "websocket", "sse", "multipart", "websocket"} {
		c := &gatewaytest.LiveClient{
			URL: server.URL, Token: bakeryToken, Pool: pool, Transport: transport, UsesCursor: i > 1, Random: rand.New(rand.NewPCG(1, uint64(i))),
		}
		if i%2 == 0 {
			c.Filter = map[string]any{"states": []string{"OPEN"}}
		}
		clients = append(clients, c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, c := range clients {
		group.Go(func() {
			if err := c.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	defer group.Wait()
	defer cancel()
	rows, err := clients[1].List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ids, rnd := slices.Sorted(maps.Keys(rows)), rand.New(rand.NewPCG(1, 9))
	for number := range changes {
		changeUpstream(t, pool, upstream, rnd, ids, number)
		<-time.After(time.Duration(rnd.IntN(1000)) * time.Microsecond) // so that polls meet changes
	}
	for _, c := range clients {
		c.Settle()
	}
	for _, c := range clients {
		c.Converge(t)
	}
}
