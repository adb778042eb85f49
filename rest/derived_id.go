package rest

import (
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
