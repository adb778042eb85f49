package rest

import (
	"mstudio-graphql/internal/jsonscan"
)

// Drift is a place in a response that differs from the schema: the client read less than mStudio sent. It never contains
// a value that may concern a person, except Value.
type Drift struct {
	Kind DriftKind
	// Route is the path template of the call, such as "/conversations/{conversationId}".
	Route string
	// Field is type and field in this package, such as "Conversation.status"; "" for a whole document.
	Field string
	// Value is the unknown value, for DriftValue and DriftTag; "" if mStudio omits it. It may be as long as the response,
	// shares its memory and may be anything, so print only a checked copy.
	Value string
}

// DriftKind is the kind of a difference.
type DriftKind string

// The kinds of differences.
const (
	DriftValue    DriftKind = "value"    // an enum has an unknown value
	DriftTag      DriftKind = "tag"      // a union has a member of an unknown type
	DriftMissing  DriftKind = "missing"  // a required member is absent or null
	DriftType     DriftKind = "type"     // a member has another JSON kind
	DriftDate     DriftKind = "date"     // a time cannot be parsed
	DriftElement  DriftKind = "element"  // an element of an inner array cannot be read
	DriftRow      DriftKind = "row"      // an element of a list cannot be read
	DriftDocument DriftKind = "document" // a whole document cannot be read
	DriftMedia    DriftKind = "media"    // the response is not JSON according to its media type
	DriftID       DriftKind = "id"       // an object has no ID
)

// note reports a difference at a field such as "Conversation.title". It does nothing after an error, because the rest of a
// broken document is absent, not different.
func (d *decoder) note(kind DriftKind, field string) { d.noteValue(kind, field, "") }

// noteValue is note for DriftValue and DriftTag.
func (d *decoder) noteValue(kind DriftKind, field, value string) {
	if d.onDrift != nil && d.Err == nil {
		d.onDrift(Drift{Kind: kind, Route: d.route, Field: field, Value: value})
	}
}

// settle notes how the member that was read last differs from its field, if it does.
func (d *decoder) settle(field string) {
	if d.odd != "" {
		d.note(d.odd, field)
		d.odd = ""
	}
}

// isRow reports whether the array that is being read is the document, so that its elements are rows.
func (d *decoder) isRow() bool { return d.Depth == 1 }

// settleRow notes a row that cannot be read. of is the type of the rows in the schema.
func (d *decoder) settleRow(ok bool, of string) {
	d.odd = ""
	if !ok {
		d.note(DriftRow, of)
	}
}

// missing notes the required members that are null or absent in the object that begins at start and has just been read.
// It reads the object again, so callers call it only if one may be missing.
func (d *decoder) missing(of string, start int, required ...string) {
	if d.onDrift == nil || d.Err != nil {
		return
	}
	again := decoder{Scanner: jsonscan.Scanner{Data: d.Data[start:d.At], Depth: d.Depth}}
	sent := map[string]bool{}
	again.object("", func(name []byte) {
		sent[string(name)] = again.Next() != jsonscan.Null
		again.Skip()
	})
	for _, name := range required {
		if !sent[name] {
			d.note(DriftMissing, fieldName(of, name))
		}
	}
}

// start returns where the next value starts.
func (d *decoder) start() int {
	d.Peek()
	return d.At
}

// fieldName returns the field of the schema that a member is read into. Members without one keep their name.
func fieldName(of, member string) string {
	switch of + "." + member {
	case "Conversation.conversationId", "User.userId", "Message.messageId":
		member = "id"
	case "User.clearName":
		member = "name"
	case "User.avatarRefId":
		member = "avatarUrl"
	case "Message.internal":
		member = "isInternal"
	}
	return of + "." + member
}
