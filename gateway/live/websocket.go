package live

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/model"
)

// Protocol is the WebSocket subprotocol.
const Protocol = "graphql-transport-ws"

// Close codes of the subprotocol, in addition to those of RFC 6455.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeSubprotocol  websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeDuplicateID  websocket.StatusCode = 4409
	closeSecondInit   websocket.StatusCode = 4429
)

// IsWebSocket reports whether the client asks for a WebSocket.
func IsWebSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// isAllowedOrigin reports whether the page that sends the request may open a WebSocket. Browsers do not apply CORS to them.
// Programs send no origin.
func isAllowedOrigin(r *http.Request, allowed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || httpapi.AllowsOrigin(allowed, origin) {
		return true
	}
	parsed, err := url.Parse(origin)
	return err == nil && parsed.Host != "" && strings.EqualFold(parsed.Host, r.Host)
}

// Reasons for the end of a WebSocket.
const (
	ReasonSilent     Reason = "pong_timeout" // the client has not responded to a ping
	ReasonOverloaded Reason = "overloaded"   // the caller has too many streams, or there are too many without a caller
)

const (
	// maxInitBytes is the maximum size of messages before the caller is known.
	maxInitBytes = 8 << 10
	// maxCloseText is the maximum size of the text with a close code, in bytes.
	maxCloseText = 123
)

// ServeWebSocket upgrades the request, waits for connection_init and serves operations, also after it has returned. Pages of
// these origins and of the gateway's own may open a WebSocket. If it returns an error, the caller must write the response.
func (s *Streams) ServeWebSocket(w http.ResponseWriter, r *http.Request, origins []string, operations Operations) *httpapi.Error {
	if !isAllowedOrigin(r, origins) {
		return httpapi.NewError(http.StatusForbidden, model.CodeForbidden, "Pages of this origin may not open a WebSocket.")
	}
	place, rejected := s.Enter()
	if rejected != nil {
		return rejected
	}
	conn, err := websocket.Accept(handshake{w}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{Protocol},
		InsecureSkipVerify: true, // isAllowedOrigin is exact, the patterns of the library are not
	})
	if err != nil {
		place.Leave()
		return nil //nolint:nilerr // the library has written a response
	}
	made := s.newSocket(conn, r, place, operations)
	made.initialize()
	if made.session != nil {
		telemetry.RecordOf(r.Context()).Caller = made.session.Caller()
	}
	go made.serve(telemetry.Detach(r, http.StatusSwitchingProtocols, "websocket"))
	return nil
}

// handshake is the writer of an upgrade.
type handshake struct{ http.ResponseWriter }

// socketBuffer is the size of a connection's buffers, which an idle socket keeps. It holds all usual messages except results.
const socketBuffer = 256

// Hijack returns the connection with small buffers.
func (h handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := buffers.Peek(buffers.Reader.Buffered())
	reader := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), conn), max(len(early), socketBuffer))
	_, _ = reader.Peek(len(early)) // the library reads the buffered bytes first
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, socketBuffer)), nil
}

// Write replaces the library's messages, because they repeat headers of the request.
func (h handshake) Write(text []byte) (int, error) {
	_, err := io.WriteString(h.ResponseWriter, "The WebSocket handshake is invalid.\n")
	return len(text), err
}
