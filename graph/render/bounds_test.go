package render

import (
	"fmt"
	"strings"
	"testing"
)

func countFields(objects []*Object) int {
	count := 0
	for _, object := range objects {
		for i := range object.Fields {
			count += 1 + countFields(object.Fields[i].Objects)
		}
	}
	return count
}

// The query nests fragment spreads: each level adds ten selections to the document and multiplies the fields of a plan by
// ten. gqlgen's executor expands only selections that have data.
func TestPlan_SizeIsLimited(t *testing.T) {
	t.Parallel()
	const width, levels, bound = 10, 5, 20_000
	query := "{ dog { ...F0 } }"
	for level := range levels {
		below := fmt.Sprintf("...F%d", level+1)
		if level == levels-1 {
			below = "name"
		}
		var fields []string
		for i := range width {
			fields = append(fields, fmt.Sprintf("a%d: friend { %s }", i, below))
		}
		query += fmt.Sprintf(" fragment F%d on Dog { %s }", level, strings.Join(fields, " "))
	}
	document := parse(t, query)
	plan := root(&PlanCache{}, operate(document, "", nil))
	if plan == nil {
		return // without a plan, gqlgen's executor renders the result
	}
	if count := countFields(plan.Objects); count > bound {
		t.Errorf("a document of %d bytes has a plan of %d fields, want at most %d", len(query), count, bound)
	}
}
