package sandbox

import (
	"bytes"
	"encoding/json"
	"time"
)

// timestampLayout is how the API writes dates: RFC 3339 with milliseconds.
const timestampLayout = "2006-01-02T15:04:05.000Z07:00"

// timestamp is a point in time with the precision of the API. Its zero value means that there is none.
type timestamp struct{ time.Time }

// MarshalJSON writes the time in UTC, always with three digits of milliseconds.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, 32), `"`+timestampLayout+`"`), nil
}

// patch is what the future adds to a document of today: members to set, objects to patch in turn, null to remove.
// Keeping it beside the document spares the types of today fields that no documented answer has.
type patch map[string]any

// patched is a document with its patch applied; see [patch].
type patched struct {
	document any
	patch    patch
}

// MarshalJSON encodes the document and merges the patch into it, as RFC 7396 describes.
func (p patched) MarshalJSON() ([]byte, error) {
	plain, err := encode(p.document)
	if err != nil {
		return nil, err
	}
	var document map[string]any
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.UseNumber()
	if err := dec.Decode(&document); err != nil {
		return nil, err
	}
	p.patch.mergeInto(document)
	return encode(document)
}

func (p patch) mergeInto(document map[string]any) {
	for name, value := range p {
		nested, isPatch := value.(patch)
		inner, isObject := document[name].(map[string]any)
		switch {
		case value == nil:
			delete(document, name)
		case isPatch && isObject:
			nested.mergeInto(inner)
		default:
			document[name] = value
		}
	}
}

// withPatch returns the document itself unless there is something to merge into it.
func withPatch(document any, p patch) any {
	if p == nil {
		return document
	}
	return patched{document, p}
}
