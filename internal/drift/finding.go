package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is the kind of a difference.
type Kind string

// The kinds, most severe first.
const (
	// Lost is something the gateway reads that is gone, renamed or of another kind.
	Lost Kind = "LOST"
	// Request is something the gateway sends that mStudio no longer accepts as it is.
	Request Kind = "REQUEST"
	// Unknown is a value or a type that the schema lacks.
	Unknown Kind = "UNKNOWN"
	// New is a member or an endpoint that the gateway does not read.
	New Kind = "NEW"
	// Deprecated is something the gateway uses that mStudio has marked as deprecated.
	Deprecated Kind = "DEPRECATED"
)

// Kinds returns the kinds, most severe first.
func Kinds() []Kind { return []Kind{Lost, Request, Unknown, New, Deprecated} }

// severity returns the position of a kind; less is more severe.
func (k Kind) severity() int { return slices.Index(Kinds(), k) }

// Finding is one difference, which may appear at several places.
type Finding struct {
	Kind Kind `json:"kind"`
	// Subject is the affected part: a coordinate of the GraphQL schema, or a place in mStudio's API. A new value follows
	// after "=". Kind and subject identify the finding.
	Subject string `json:"subject"`
	// Places lists the places in mStudio's API, such as "GET /v2/conversations [].title".
	Places []string `json:"places"`
	// Fields lists the coordinates of the GraphQL schema that show the value.
	Fields []string `json:"fields,omitempty"`
	// Problem describes the change.
	Problem string `json:"problem"`
	// Effect describes the result for clients; "" without a difference.
	Effect string `json:"effect,omitempty"`
}

// ID identifies a finding in ignore files.
func (f Finding) ID() string { return string(f.Kind) + " " + f.Subject }

// String returns the finding as a line of the report.
func (f Finding) String() string {
	line := fmt.Sprintf("%-10s %s", f.Kind, f.Subject)
	places := f.Places[0]
	if more := len(f.Places) - 1; more > 0 {
		places += fmt.Sprintf(" and %d more", more)
	}
	if rest, startsWithPlace := strings.CutPrefix(places, f.Subject); startsWithPlace {
		line += rest
	} else {
		line += " (" + places + ")"
	}
	line += ": " + f.Problem
	if f.Effect != "" {
		line += "; " + f.Effect
	}
	return line
}

// grouped joins findings with the same ID and problem, and sorts them.
func grouped(findings []Finding) []Finding {
	var groups []Finding
	index := map[[2]string]int{}
	for _, finding := range findings {
		key := [2]string{finding.ID(), finding.Problem}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, Finding{Kind: finding.Kind, Subject: finding.Subject, Problem: finding.Problem, Effect: finding.Effect})
		}
		group := &groups[i]
		group.Places = union(group.Places, finding.Places)
		group.Fields = union(group.Fields, finding.Fields)
	}
	slices.SortStableFunc(groups, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Kind.severity(), b.Kind.severity()), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Problem, b.Problem))
	})
	return groups
}

// union appends the elements of added that list lacks.
func union(list, added []string) []string {
	for _, element := range added {
		if !slices.Contains(list, element) {
			list = append(list, element)
		}
	}
	return list
}
