// Package stream opens subscriptions over HTTP and WebSockets.
package stream

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// Transport is the name of a protocol.
type Transport string

// The transports.
const (
	SSE       Transport = "SSE"
	WebSocket Transport = "WebSocket"
)

// subscription is quiet after its first event.
const subscription = `{"query":"subscription { inboxChanged { kind } }"}`

// firstEvent is in the first event.
const firstEvent = "SYNCED"

// Open opens a stream and returns after its first event. Until close is called, it reads and responds to pings.
func Open(ctx context.Context, transport Transport, base, token string) (stop func(), err error) {
	if transport == WebSocket {
		return openSocket(ctx, base, token)
	}
	return openEvents(ctx, base, token)
}

func openEvents(ctx context.Context, base, token string) (stop func(), err error) {
	address := strings.TrimPrefix(base, "http://")
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	request := "POST /graphql HTTP/1.1\r\nHost: " + address + "\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\n" +
		"Accept: text/event-stream\r\nContent-Length: " + strconv.Itoa(len(subscription)) + "\r\n\r\n" + subscription
	if _, err := io.WriteString(conn, request); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if strings.Contains(lines.Text(), firstEvent) {
			go func() { _, _ = io.Copy(io.Discard, conn) }()
			return func() { _ = conn.Close() }, nil
		}
	}
	_ = conn.Close()
	return nil, fmt.Errorf("the stream ended before its first event: %q", lines.Text())
}

func openSocket(ctx context.Context, base, token string) (stop func(), err error) {
	conn, _, err := websocket.Dial(ctx, base+"/graphql", &websocket.DialOptions{ //nolint:bodyclose // as documented
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}},
	})
	if err != nil {
		return nil, err
	}
	for _, message := range []string{`{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":` + subscription + `}`} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			return nil, err
		}
	}
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(message, []byte(firstEvent)) {
			reading := conn.CloseRead(context.WithoutCancel(ctx)) // it responds to pings
			return func() { _ = conn.CloseNow(); <-reading.Done() }, nil
		}
	}
}
