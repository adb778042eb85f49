package rest

import (
	"crypto/sha1" //nolint:gosec // for UUIDs of version 5

	"github.com/google/uuid"

	"mstudio-graphql/internal/jsonscan"
)

// id reads an ID: a string or a number. It returns "" for other values, because two objects with the ID true would be one
// object for clients.
func (d *decoder) id() string {
	if d.Err != nil {
		return ""
	}
	switch d.Next() {
	case jsonscan.String, jsonscan.Number:
		return d.string()
	case jsonscan.Object, jsonscan.Array, jsonscan.Bool, jsonscan.Null, jsonscan.None:
	}
	d.skipOdd()
	return ""
}

// idOr returns id, or one derived from the value that begins at start, because clients cache objects by their IDs: with
// the same ID, one object would appear in the place of another. Values with the same bytes have the same derived ID.
func (d *decoder) idOr(id string, start int) (_ string, isDerived bool) {
	if id != "" || d.Err != nil {
		return id, false
	}
	return nameID(append(uuid.NameSpaceOID[:], d.Data[start:d.At]...)).String(), true
}

// nameID is uuid.NewSHA1 for a namespace followed by a name, without its allocations.
func nameID(namespaceAndName []byte) uuid.UUID {
	sum := sha1.Sum(namespaceAndName) //nolint:gosec // required by UUIDs of version 5, not for secrecy
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x50 // version 5
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id
}
