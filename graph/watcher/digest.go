package watcher

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/google/uuid"

	"mstudio-graphql/rest"
)

// key identifies a conversation or a message: its UUID.
type key [16]byte

func (k key) String() string { return uuid.UUID(k).String() }

// keyOf returns the key of an ID. Text that is no UUID gets one of its own.
func keyOf(id string) key {
	if parsed, err := uuid.Parse(id); err == nil {
		return key(parsed)
	}
	hashed := sha256.Sum256([]byte(id))
	return key(hashed[:16])
}

// row is what is known of a conversation. A process has millions of them, so it has 48 bytes.
type row struct {
	id      key
	last    int64  // time of the newest message in nanoseconds, 0 without one
	hash    uint64 // of its fields
	members uint64 // bits of the filters that it matches, as far as clients can know
	changed uint32 // number of the last change
	pass    uint16 // in which it was last seen
	// doubt is set if the last poll contradicts the row: it lacks the row, or has an older state of it. The API's reads may
	// go back in time, so that only a second poll proves it.
	doubt bool
}

// digest holds the rows of a caller's list, sorted by ID.
type digest struct {
	rows  []row
	doubt bool // whether a row is in doubt
}

func (d *digest) index(id key) (int, bool) {
	return slices.BinarySearchFunc(d.rows, id, func(r row, id key) int { return bytes.Compare(r.id[:], id[:]) })
}

// find returns a row, or nil. It is valid until the next insertion.
func (d *digest) find(id key) *row {
	if i, found := d.index(id); found {
		return &d.rows[i]
	}
	return nil
}

// insert adds a row. It grows by little, because most digests never change their size.
func (d *digest) insert(added row) {
	i, _ := d.index(added.id)
	if len(d.rows) == cap(d.rows) {
		d.rows = append(make([]row, 0, len(d.rows)+len(d.rows)/8+4), d.rows...)
	}
	d.rows = slices.Insert(d.rows, i, added)
}

// reserve makes room for the rows of a first poll.
func (d *digest) reserve(rows int) {
	if d.rows == nil {
		d.rows = make([]row, 0, rows)
	}
}

// lastMessageAt returns the time of a conversation's newest message in nanoseconds, 0 without one.
func lastMessageAt(conversation *rest.Conversation) int64 {
	if conversation.LastMessage == nil || conversation.LastMessage.CreatedAt.Equal(rest.Epoch()) {
		return 0
	}
	return conversation.LastMessage.CreatedAt.UnixNano()
}

// latest returns the time of the newest message of all rows in nanoseconds, 0 without one. It ignores messages that are said to
// be from the future.
func (d *digest) latest(now time.Time) (latest int64) {
	until := now.UnixNano()
	for i := range d.rows {
		if last := d.rows[i].last; last <= until {
			latest = max(latest, last)
		}
	}
	return latest
}
