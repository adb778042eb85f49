package ftv1

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of the members in reports.proto.
const (
	traceEnds, traceStarts, traceDuration, traceRoot = 3, 4, 11, 14

	nodeName, nodeIndex, nodeType, nodeStart, nodeEnd protowire.Number = 1, 2, 3, 8, 9
	nodeError, nodeChild, nodeParentType, nodeField   protowire.Number = 11, 12, 13, 14

	errorMessage, errorLocation, errorJSON, locationLine, locationColumn = 1, 2, 4, 1, 2

	timestampSeconds, timestampNanos = 1, 2
)

// Encode ends the trace of an operation with these errors, and returns it for the response, or "" if it exceeds MaxNodes. Of an
// error, it contains the code but not the message, because routers send traces to third parties.
func (t *Trace) Encode(errors gqlerror.List) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isCut {
		return ""
	}
	for _, err := range errors {
		failed := t.root.find(err.Path)
		failed.errors = append(failed.errors, err)
	}
	ended := time.Now()
	message := appendMessage(nil, traceEnds, timestamp(ended))
	message = appendMessage(message, traceStarts, timestamp(t.began))
	message = appendNumber(message, traceDuration, int64(ended.Sub(t.began)))
	message = appendMessage(message, traceRoot, t.root.encode())
	return base64.StdEncoding.EncodeToString(message)
}

// find returns the node at a path, or the deepest one on the way.
func (n *node) find(path ast.Path) *node {
	if len(path) == 0 {
		return n
	}
	at := slices.IndexFunc(n.children, func(child *node) bool { return child.at == path[0] })
	if at < 0 {
		return n
	}
	return n.children[at].find(path[1:])
}

func (n *node) encode() (message []byte) {
	switch at := n.at.(type) {
	case ast.PathName:
		message = appendText(message, nodeName, string(at))
		if n.field != string(at) {
			message = appendText(message, nodeField, n.field)
		}
	case ast.PathIndex:
		message = appendNumber(message, nodeIndex, int64(at))
	}
	if n.field != "" {
		message = appendText(message, nodeType, n.kind)
		message = appendText(message, nodeParentType, n.parent)
		message = appendNumber(message, nodeStart, int64(n.start))
		message = appendNumber(message, nodeEnd, int64(n.end))
	}
	for _, err := range n.errors {
		message = appendMessage(message, nodeError, encodeError(err))
	}
	for _, child := range n.children {
		message = appendMessage(message, nodeChild, child.encode())
	}
	return message
}

func encodeError(err *gqlerror.Error) []byte {
	code := fmt.Sprint(err.Extensions["code"])
	message := appendText(nil, errorMessage, code)
	for _, location := range err.Locations {
		place := appendNumber(nil, locationLine, int64(location.Line))
		message = appendMessage(message, errorLocation, appendNumber(place, locationColumn, int64(location.Column)))
	}
	return appendText(message, errorJSON, fmt.Sprintf(`{"message":%q,"extensions":{"code":%[1]q}}`, code))
}

func timestamp(at time.Time) []byte {
	return appendNumber(appendNumber(nil, timestampSeconds, at.Unix()), timestampNanos, int64(at.Nanosecond()))
}

func appendText(message []byte, member protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(message, member, protowire.BytesType), text)
}

func appendMessage(message []byte, member protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, member, protowire.BytesType), value)
}

func appendNumber(message []byte, member protowire.Number, value int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(message, member, protowire.VarintType), uint64(value)) //nolint:gosec // never negative
}
