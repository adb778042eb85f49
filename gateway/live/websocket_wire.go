package live

import (
	"bufio"
	"context"
	"errors"
	"net"
)

// wire is the connection below the library, whose read calls need a large stack. After a ping or a pong, with which an idle
// socket has nothing to do, Read ends the library's call, and the goroutine waits in await with a small stack.
type wire struct {
	net.Conn

	reader *bufio.Reader // the library's
	turn   chan struct{} // held while the connection is read, because Close of the library reads too
	first  [1]byte       // what await has read
	has    bool          // whether first is to be read, guarded by turn

	// The goroutine that reads messages owns these fields.
	between bool // whether the library waits for a message, not for the next frame of one
	yields  bool // whether Read returns errIdle
}

// errIdle is returned by Read if the client has sent nothing after a ping or a pong. The library can continue to read.
var errIdle = errors.New("nothing to read")

// wireKey is the key of the wire in the context of the goroutine that reads messages.
type wireKey struct{}

// yield is called by the library before it reads the frame that follows a ping or a pong. The context of its Close has no wire.
func yield(ctx context.Context) {
	if w, ok := ctx.Value(wireKey{}).(*wire); ok {
		w.yields = w.between && w.reader.Buffered() == 0
	}
}

// await returns when the client has sent something or the connection has ended.
func (w *wire) await() {
	w.turn <- struct{}{}
	if !w.has {
		n, _ := w.Conn.Read(w.first[:]) // Read returns the error again
		w.has = n > 0
	}
	<-w.turn
}

// Read returns errIdle, the byte that await has read, or what the client sends.
func (w *wire) Read(into []byte) (int, error) {
	if w.yields {
		w.yields = false
		return 0, errIdle
	}
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.has {
		w.has = false
		return copy(into, w.first[:]), nil
	}
	return w.Conn.Read(into)
}
