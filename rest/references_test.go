package rest

import "testing"

func TestReferenceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "reference", "", func(d *decoder) *reference { return first(d.reference()) }, map[string]member[reference]{
		"domain":    {`"x"`, func(r *reference) { r.domain = "x" }},
		"aggregate": {`"x"`, func(r *reference) { r.aggregate = "x" }},
		"id":        {`"x"`, func(r *reference) { r.id = "x" }},
	})
}
