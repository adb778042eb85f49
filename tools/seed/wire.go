package main

import "time"

// timestampLayout is the API's form of a time: RFC 3339 with milliseconds.
const timestampLayout = "2006-01-02T15:04:05.000Z07:00"

// timestamp is a point in time with the precision of the API. The zero value means no time.
type timestamp struct{ time.Time }

// MarshalJSON writes the time in UTC with three digits of milliseconds.
func (t timestamp) MarshalJSON() ([]byte, error) { //nolint:unparam // json.Marshaler returns an error
	return t.UTC().AppendFormat(make([]byte, 0, 32), `"`+timestampLayout+`"`), nil
}

// patch holds members that the sandbox merges into a document when it serves it, as RFC 7396 describes.
type patch map[string]any

// reference names an object elsewhere in mStudio by domain, type and ID.
type reference struct {
	ID        string `json:"id"`
	Aggregate string `json:"aggregate"`
	Domain    string `json:"domain"`
}
