package live

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"time"

	"mstudio-graphql/gateway/httpapi"
)

// maxReads limits what a client may send on a stream, where it has nothing to say.
const maxReads = 16

// connection is the connection of a stream, without its server: one goroutine, which waits until the client leaves, instead of
// two with their buffers. A response in chunks does not look complete if it is cut.
type connection struct {
	net.Conn

	chunked bool
	head    []byte // until it is written
}

// takeOver takes the connection from the server, without its timeouts. It returns nil if the server does not allow that, as
// with HTTP/2.
func takeOver(w http.ResponseWriter, r *http.Request) *connection {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	taken := &connection{Conn: conn, chunked: r.ProtoAtLeast(1, 1)}
	header := w.Header()
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	if taken.chunked { // and no Connection: close, with which Node takes a body that was cut for complete
		header.Set("Transfer-Encoding", "chunked")
	} else {
		header.Set("Connection", "close")
	}
	head := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(head) // a buffer does not fail
	taken.head = append(head.Bytes(), "\r\n"...)
	return taken
}

func (c *connection) write(piece []byte, timeout time.Duration) error {
	if err := c.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if c.chunked && len(piece) > 0 {
		piece = fmt.Appendf(nil, "%x\r\n%s\r\n", len(piece), piece)
	}
	_, err := c.Write(append(c.head, piece...))
	c.head = nil
	return err
}

func (c *connection) close(complete bool) {
	if complete && c.chunked {
		_, _ = c.Write([]byte("0\r\n\r\n")) // within the deadline of the last piece
	}
	_ = c.Close()
}

// read waits until the client leaves.
func (s *stream) read(from net.Conn) {
	buffer := make([]byte, 64)
	for range maxReads {
		if _, err := from.Read(buffer); err != nil {
			break
		}
	}
	s.cut(ReasonClient)
}

// held is a response whose connection the server keeps. Its handler waits until the stream has ended.
type held struct {
	http.ResponseWriter

	controller *http.ResponseController
	done       chan struct{}
	complete   bool
}

func hold(w http.ResponseWriter) *held {
	httpapi.DisableCompression(w)
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Time{}) // of the request, which would end the stream
	return &held{ResponseWriter: w, controller: controller, done: make(chan struct{})}
}

func (h *held) write(piece []byte, timeout time.Duration) error {
	_ = h.controller.SetWriteDeadline(time.Now().Add(timeout)) // a writer without deadlines is that of a test
	if _, err := h.Write(piece); err != nil {
		return err
	}
	return h.controller.Flush()
}

func (h *held) close(complete bool) {
	h.complete = complete
	close(h.done)
}
