package live_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"mstudio-graphql/gateway/live"
)

// Messages about a query.
const (
	query    = `{"id":"q","type":"subscribe","payload":{"query":"query","operationName":"Name","variables":null,"extensions":null}}`
	next     = `{"id":"q","type":"next","payload":{"data":{"query":"Name"}}}`
	complete = `{"id":"q","type":"complete"}`
)

func TestWebSocket_Queries(t *testing.T) {
	t.Parallel()
	checkRules(t, map[string]func(b *broadcaster, c *client){
		"a query": func(_ *broadcaster, c *client) {
			c.send(query)
			c.expect(next, complete)
		},
		"an ID is free after complete": func(_ *broadcaster, c *client) {
			c.send(query)
			c.expect(next, complete)
			c.send(query)
			c.expect(next, complete)
		},
		"an invalid operation": func(_ *broadcaster, c *client) {
			c.subscribe("1", "invalid")
			c.expect(`{"id":"1","type":"error","payload":[{"message":"Invalid."}]}`)
			c.send(query)
			c.expect(next, complete)
		},
		"pings and pongs": func(_ *broadcaster, c *client) {
			c.send(`{"type":"pong"}`, `{"type":"pong","payload":null}`, `{"type":"ping","payload":{"n":[1, 2]}}`)
			c.expect(`{"type":"pong","payload":{"n":[1, 2]}}`)
		},
		"complete of an unknown ID": func(_ *broadcaster, c *client) {
			c.send(`{"id":"x","type":"complete"}`, query)
			c.expect(next, complete)
		},
		"the longest message": func(_ *broadcaster, c *client) {
			c.send(query + strings.Repeat(" ", usual.MaxMessageBytes-len(query)))
			c.expect(next, complete)
		},
	})
}

func TestWebSocket_Subscriptions(t *testing.T) {
	t.Parallel()
	checkRules(t, map[string]func(b *broadcaster, c *client){
		"a subscription": func(b *broadcaster, c *client) {
			c.subscribe(`a\u0022b`, "events")
			c.expect(`{"id":"a\u0022b","type":"next","payload":{"data":{"n":0}}}`)
			(<-b.started).add(nil, `{"data":{"n":1}}`, `{"data":{"n":2}}`)
			c.expect(`{"id":"a\u0022b","type":"next","payload":{"data":{"n":1}}}`, `{"id":"a\u0022b","type":"next","payload":{"data":{"n":2}}}`)
		},
		"the client completes": func(b *broadcaster, c *client) {
			c.subscribe("1", "events")
			c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
			c.send(`{"id":"1","type":"complete"}`, query)
			c.expect(next, complete)
			source := <-b.started
			source.add(nil, `{"data":{"n":1}}`)
			if !source.closed.Load() {
				c.Error("the source is open")
			}
			c.send(query)
			c.expect(next, complete)
		},
		"the client completes an operation that starts": func(b *broadcaster, c *client) {
			c.subscribe("1", "block")
			c.send(`{"id":"1","type":"complete"}`)
			<-b.canceled
			c.send(query)
			c.expect(next, complete)
		},
		"two operations": func(b *broadcaster, c *client) {
			c.subscribe("a", "events")
			c.expect(`{"id":"a","type":"next","payload":{"data":{"n":0}}}`)
			a := <-b.started
			c.subscribe("b", "events")
			c.expect(`{"id":"b","type":"next","payload":{"data":{"n":0}}}`)
			(<-b.started).add(completed(), `{"data":{"n":1}}`)
			c.expect(`{"id":"b","type":"next","payload":{"data":{"n":1}}}`, `{"id":"b","type":"complete"}`)
			a.add(nil, `{"data":{"n":2}}`)
			c.expect(`{"id":"a","type":"next","payload":{"data":{"n":2}}}`)
		},
		"too many operations": func(b *broadcaster, c *client) {
			for i := range usual.MaxSocketOperations {
				c.subscribe(fmt.Sprint(i), "events")
				c.expect(fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":{"n":0}}}`, i))
			}
			c.send(query)
			c.expect(`{"id":"q","type":"error","payload":[{"message":"A WebSocket may run at most 4 operations at once.","extensions":{"code":"OVERLOADED"}}]}`)
			(<-b.started).add(completed())
			c.expect(`{"id":"0","type":"complete"}`)
			c.send(query)
			c.expect(next, complete)
		},
	})
}

// checkRules runs each rule with a client of its own broadcaster.
func checkRules(t *testing.T, rules map[string]func(b *broadcaster, c *client)) {
	t.Helper()
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := broadcast(t, usual)
			rule(b, b.ready(t))
		})
	}
}

func TestWebSocket_Closes(t *testing.T) {
	t.Parallel()
	const initialize = `{"type":"connection_init"}`
	b := broadcast(t, usual)
	for name, rule := range map[string]struct {
		code  websocket.StatusCode
		texts []string
	}{
		"second connection_init":     {4429, []string{initialize, initialize}},
		"subscribe first":            {4401, []string{query}},
		"not JSON":                   {4400, []string{`{`}},
		"not an object":              {4400, []string{`[]`}},
		"null":                       {4400, []string{`null`}},
		"not UTF-8":                  {4400, []string{"{\"type\":\"ping\",\"x\":\"\xff\"}"}},
		"no type":                    {4400, []string{`{}`}},
		"unknown type":               {4400, []string{`{"type":"start"}`}},
		"type of the server":         {4400, []string{`{"type":"next","id":"1","payload":{}}`}},
		"connection_init of a list":  {4400, []string{`{"type":"connection_init","payload":[]}`}},
		"ping with text":             {4400, []string{`{"type":"ping","payload":"text"}`}},
		"subscribe without ID":       {4400, []string{initialize, `{"type":"subscribe","payload":{"query":"query"}}`}},
		"subscribe with empty ID":    {4400, []string{initialize, `{"id":"","type":"subscribe","payload":{"query":"query"}}`}},
		"subscribe with a number":    {4400, []string{initialize, `{"id":1,"type":"subscribe","payload":{"query":"query"}}`}},
		"subscribe with a long ID":   {4400, []string{initialize, `{"id":"` + strings.Repeat("x", 129) + `","type":"subscribe","payload":{"query":"query"}}`}},
		"subscribe without a query":  {4400, []string{initialize, `{"id":"1","type":"subscribe","payload":{}}`}},
		"subscribe without payload":  {4400, []string{initialize, `{"id":"1","type":"subscribe"}`}},
		"variables that are a list":  {4400, []string{initialize, `{"id":"1","type":"subscribe","payload":{"query":"query","variables":[]}}`}},
		"complete without ID":        {4400, []string{initialize, `{"type":"complete"}`}},
		"one ID twice":               {4409, []string{initialize, strings.ReplaceAll(query, `"query":"query"`, `"query":"block"`), query}},
		"too large":                  {1009, []string{initialize, query + strings.Repeat(" ", usual.MaxMessageBytes+1-len(query))}},
		"token that mStudio rejects": {4401, []string{`{"type":"connection_init","payload":{"token":"wrong"}}`}},
		"two tokens":                 {4400, []string{`{"type":"connection_init","payload":{"token":"two"}}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := b.openSocket(t)
			c.send(rule.texts...)
			if rule.texts[0] == initialize {
				c.expect(`{"type":"connection_ack"}`)
			}
			c.expectClose(rule.code)
		})
	}
}

// A token that stops working ends the socket, after the error of its operation.
func TestWebSocket_Rejected(t *testing.T) {
	t.Parallel()
	c := broadcast(t, usual).ready(t)
	c.subscribe("1", "rejected")
	c.expect(`{"id":"1","type":"error","payload":[{"message":"Rejected."}]}`)
	c.expectClose(4401)
}

// A client that leaves cancels the operations that start.
func TestWebSocket_Leave(t *testing.T) {
	t.Parallel()
	b := broadcast(t, usual)
	c := b.ready(t)
	c.subscribe("1", "events")
	c.expect(`{"id":"1","type":"next","payload":{"data":{"n":0}}}`)
	c.subscribe("2", "block")
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	<-b.canceled
	if source := <-b.started; !source.closed.Load() {
		t.Error("the source is open")
	}
}

func TestWebSocket_Upgrade(t *testing.T) {
	t.Parallel()
	b := broadcast(t, usual)
	for name, upgrade := range map[string]struct {
		header    http.Header
		protocols []string
		status    int
		code      websocket.StatusCode
	}{
		"no origin":         {status: 101, protocols: []string{"graphql-ws", live.Protocol}},
		"same origin":       {status: 101, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://GATEWAY.test"}}},
		"configured origin": {status: 101, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://app.example.com"}}},
		"pattern":           {status: 101, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://pr-7.example.app"}}},
		"two labels":        {status: 403, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://evil.pr-7.example.app"}}},
		"another port":      {status: 403, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://app.example.com:8443"}}},
		"another scheme":    {status: 403, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"http://app.example.com"}}},
		"another origin":    {status: 403, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"https://gateway.test.example.com"}}},
		"opaque origin":     {status: 403, protocols: []string{live.Protocol}, header: http.Header{"Origin": {"null"}}},
		"old protocol":      {status: 101, protocols: []string{"graphql-ws"}, code: 4406},
		"no protocol":       {status: 101, code: 4406},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, status := b.connect(t, upgrade.header, upgrade.protocols...)
			if status != upgrade.status {
				t.Fatal(status)
			}
			switch {
			case upgrade.code != 0:
				c.expectClose(upgrade.code)
			case c != nil:
				c.send(`{"type":"ping"}`) // also before connection_init
				c.expect(`{"type":"pong"}`)
			}
		})
	}
}

// The access log has one line for a socket, with the caller that is known only after connection_init.
func TestWebSocket_AccessLog(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]struct {
		before, after string
		run           func(b *broadcaster, c *client)
	}{
		"client": {
			`bytes=113 caller=caller`, `events=1 reason=client`,
			func(_ *broadcaster, c *client) {
				c.send(`{"type":"connection_init"}`, query)
				c.expect(`{"type":"connection_ack"}`, next, complete)
				_ = c.conn.Close(websocket.StatusNormalClosure, "")
			},
		},
		"token": {
			`bytes=0 caller=""`, `events=0 reason=unauthenticated`,
			func(_ *broadcaster, c *client) {
				c.send(`{"type":"connection_init","payload":{"token":"wrong"}}`)
				c.expectClose(4401)
			},
		},
		"protocol": {
			`bytes=0 caller=""`, `events=0 reason=protocol`,
			func(_ *broadcaster, c *client) {
				c.send(query)
				c.expectClose(4401)
			},
		},
		"drain": {
			`bytes=0 caller=""`, `events=0 reason=drain`,
			func(b *broadcaster, c *client) {
				go b.streams.Drain(t.Context(), 0)
				c.expectClose(1012)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := broadcast(t, usual)
			c, _ := b.connect(t, http.Header{"X-Request-Id": {"request"}}, live.Protocol)
			rule.run(b, c)
			b.expectLine(t, "requestId=request method=GET route=none status=101 "+rule.before+
				` clientAddress=127.0.0.1 operation="" upstreamCalls=0 errors=0 transport=websocket `+rule.after)
			if open, all := b.gathered(t, "live_streams", "websocket"), b.gathered(t, "live_streams"); open != 0 || all != 0 {
				t.Error(open, all)
			}
		})
	}
}
