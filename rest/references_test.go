package rest

import (
	"slices"
	"strings"
	"testing"
)

func TestReferenceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "reference", "", func(d *decoder) *reference { return first(d.reference()) }, map[string]member[reference]{
		"domain":    {`"x"`, func(r *reference) { r.domain = "x" }},
		"aggregate": {`"x"`, func(r *reference) { r.aggregate = "x" }},
		"id":        {`"x"`, func(r *reference) { r.id = "x" }},
	})
}

// Equal references of a document share one value, because nothing changes it. Those of an unknown type or without an ID
// do not: each is reported.
func TestReferenceAt_Equal(t *testing.T) {
	t.Parallel()
	const (
		one     = `{"domain":"project","aggregate":"project","id":"1"}`
		two     = `{"domain":"project","aggregate":"project","id":"2"}`
		unknown = `{"domain":"x","aggregate":"y","id":"3"}`
		noID    = `{"domain":"project","aggregate":"project"}`
	)
	var got []RelatedTo
	notes := driftIn("["+strings.Join([]string{one, two, one, unknown, unknown, noID, noID}, ",")+"]", func(d *decoder) int {
		got = list(d, func() RelatedTo { return d.referenceAt("Test.reference") })
		return len(got)
	})
	if len(got) != 7 || got[0] != got[2] || got[0] == got[1] || got[3] == got[4] || got[5] == got[6] {
		t.Errorf("got %v", got)
	}
	for kind, want := range map[DriftKind]int{DriftTag: 2, DriftID: 2} {
		if found := len(slices.DeleteFunc(slices.Clone(notes), func(note Drift) bool { return note.Kind != kind })); found != want {
			t.Errorf("%d notes of kind %s, want %d", found, kind, want)
		}
	}
}
