package floor

import (
	"crypto/sha1" //nolint:gosec // UUIDs of version 5 are made with it
	"encoding/hex"
	"strconv"

	"github.com/google/uuid"
)

// idMaker derives missing IDs of messages in one conversation like the gateway.
type idMaker struct {
	room      []byte
	namespace uuid.UUID
	ready     bool
}

// derive returns the message's ID in quotes. alike is the number of equal messages without an ID before it.
func (d *idMaker) derive(m *message, alike int) []byte {
	if !d.ready {
		d.namespace = d.hash(uuid.NameSpaceOID, []byte(unquoted(m.conversation)))
		d.ready = true
	}
	facts := make([]byte, 0, 96)
	facts = append(facts, unquoted(m.kind)...)
	facts = append(facts, 0)
	facts = append(facts, m.at...)
	facts = append(facts, 'Z', 0)
	facts = append(facts, unquoted(m.content)...)
	facts = append(facts, 0)
	facts = strconv.AppendInt(facts, int64(alike), 10)
	id := d.hash(d.namespace, facts)
	return appendUUID(make([]byte, 0, 38), id)
}

func (d *idMaker) hash(space uuid.UUID, name []byte) (id uuid.UUID) {
	d.room = append(append(d.room[:0], space[:]...), name...)
	sum := sha1.Sum(d.room) //nolint:gosec // as above
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x50 // version 5
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id
}

func appendUUID(out []byte, id uuid.UUID) []byte {
	out = append(out, '"')
	out = hex.AppendEncode(out, id[:4])
	for _, part := range [][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		out = append(out, '-')
		out = hex.AppendEncode(out, part)
	}
	return append(out, '"')
}
