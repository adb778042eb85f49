package sharedstate

import (
	"errors"
	"net"
	"strconv"
)

const (
	// maxAnswer is the maximum size of an answer or a message in bytes. The longest that a replica needs describes a cluster.
	maxAnswer = 1 << 20
	// maxElements is the maximum number of elements of an array, and maxDepth that of arrays in each other.
	maxElements, maxDepth = 10_000, 8
)

var errAnswer = errors.New("the server sends an answer that is too long or malformed")

// limitedConn ends with the first answer that is too long. Anybody who can connect to the server can publish a message of any
// length, and the library would make room for as much as the server announces.
type limitedConn struct {
	net.Conn

	answers answers // of the only goroutine that reads
}

// Read implements [net.Conn].
func (c *limitedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.answers.accept(p[:n]) {
		return 0, errors.Join(errAnswer, c.Close())
	}
	return n, err
}

// answers follows the protocol of the server to the next length.
type answers struct {
	size  int    // of the current answer so far
	rest  int    // of the current string and its end
	line  []byte // the current line, or its beginning if nobody needs more
	open  [maxDepth]int
	depth int // number of open arrays
}

// accept reports whether the next bytes are acceptable.
func (a *answers) accept(p []byte) bool {
	for len(p) > 0 {
		if skipped := min(a.rest, len(p)); skipped > 0 {
			p, a.rest, a.size = p[skipped:], a.rest-skipped, a.size+skipped
			if a.rest == 0 {
				a.ended()
			}
			continue
		}
		a.size++
		if len(a.line) < 16 {
			a.line = append(a.line, p[0])
		}
		isEnd := p[0] == '\n'
		p = p[1:]
		if a.size > maxAnswer || isEnd && !a.acceptLine() {
			return false
		}
	}
	return true
}

// acceptLine reports whether a line is acceptable.
func (a *answers) acceptLine() bool {
	line := string(a.line)
	a.line = a.line[:0]
	switch line[0] {
	case '+', '-', ':', '(', ',':
		a.ended()
		return true
	case '_', '#': // the library assumes their length
		a.ended()
		return line == "_\r\n" || line == "#t\r\n" || line == "#f\r\n"
	}
	length, ok := lengthOf(line)
	switch {
	case !ok:
		return false
	case line[0] == '$', line[0] == '!', line[0] == '=':
		return a.acceptString(length)
	case line[0] == '%', line[0] == '|':
		return a.acceptArray(2 * length)
	case line[0] == '*', line[0] == '~', line[0] == '>':
		return a.acceptArray(length)
	}
	return false
}

// lengthOf returns the length of a string or an array, -1 if it is null.
func lengthOf(line string) (length int, ok bool) {
	if line == "$-1\r\n" || line == "*-1\r\n" {
		return -1, true
	}
	if len(line) < 4 || line[1] == '+' || line[len(line)-2] != '\r' {
		return 0, false
	}
	length, err := strconv.Atoi(line[1 : len(line)-2])
	return length, err == nil && length >= 0 && length <= maxAnswer
}

func (a *answers) acceptString(length int) bool {
	if length < 0 {
		a.ended()
		return true
	}
	a.rest = length + len("\r\n")
	return length <= maxAnswer-a.size
}

func (a *answers) acceptArray(length int) bool {
	if length <= 0 {
		a.ended()
		return true
	}
	if length > maxElements || a.depth == maxDepth {
		return false
	}
	a.open[a.depth] = length
	a.depth++
	return true
}

// ended counts the end of a value.
func (a *answers) ended() {
	for ; a.depth > 0; a.depth-- {
		a.open[a.depth-1]--
		if a.open[a.depth-1] > 0 {
			return
		}
	}
	a.size = 0
}
