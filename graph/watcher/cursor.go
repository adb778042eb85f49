package watcher

import (
	"encoding/binary"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/base64url"
)

// cursor is a position in the changes of a caller. It is not sealed, because it holds no data: a forged one affects only its
// author's subscription.
type cursor struct {
	epoch  uint64 // of the watcher; a cursor of another process or of before a pause is too old
	target uint64 // what the subscription watches
	number uint32 // of the last change
}

const (
	cursorVersion = 1
	cursorLength  = 1 + 8 + 8 + 4
)

// String encodes the cursor.
func (c cursor) String() string {
	text := make([]byte, 0, cursorLength)
	text = append(text, cursorVersion)
	text = binary.BigEndian.AppendUint64(text, c.epoch)
	text = binary.BigEndian.AppendUint64(text, c.target)
	text = binary.BigEndian.AppendUint32(text, c.number)
	return base64url.Encode(text)
}

// parseCursor decodes a cursor of a subscription to the target.
func parseCursor(text string, target uint64) (cursor, error) {
	raw, err := base64url.Decode(text)
	if err != nil || len(raw) != cursorLength || raw[0] != cursorVersion {
		return cursor{}, model.BadInput("`after` must be the cursor of a change.")
	}
	c := cursor{binary.BigEndian.Uint64(raw[1:]), binary.BigEndian.Uint64(raw[9:]), binary.BigEndian.Uint32(raw[17:])}
	if c.target != target {
		return cursor{}, model.BadInput("`after` belongs to another subscription.")
	}
	return c, nil
}

// hash identifies a target in cursors.
func (t Target) hash() uint64 {
	s := newSum()
	if t.Filter != nil {
		s.text("inbox", t.Filter.Key)
	} else {
		s.text("conversation", t.ConversationID)
	}
	return uint64(*s)
}
