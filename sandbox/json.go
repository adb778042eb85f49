package sandbox

import (
	"bytes"
	"encoding/json"
	"time"
)

// timestamp is a point in time with the precision of the API. The zero value means no time.
type timestamp struct{ time.Time }

// MarshalJSON writes the time as the API does: RFC 3339 in UTC with three digits of milliseconds.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, 32), `"2006-01-02T15:04:05.000Z07:00"`), nil
}

// encode encodes v without escaping <, > and &, because mStudio does not escape them either.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// patch holds members of a document that the documented API does not have: it sets members, patches objects and removes
// members with null, as in RFC 7396. Patches keep undocumented fields out of the wire types. The patch of a document is
// its member "future".
type patch map[string]any

// patched is a document that is encoded with its patch applied.
type patched struct {
	document any
	patch    patch
}

// MarshalJSON encodes the document, applies the patch and removes the member that holds the patch.
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
	delete(document, "future")
	p.patch.apply(document)
	return encode(document)
}

func (p patch) apply(document map[string]any) {
	for name, value := range p {
		nested, isPatch := value.(map[string]any)
		inner, isObject := document[name].(map[string]any)
		switch {
		case value == nil:
			delete(document, name)
		case isPatch && isObject:
			patch(nested).apply(inner)
		default:
			document[name] = value
		}
	}
}

// withPatch returns a value that encodes the document with its patch. A nil patch changes nothing.
func withPatch(document any, p patch) any {
	if p == nil {
		return document
	}
	return patched{document, p}
}
