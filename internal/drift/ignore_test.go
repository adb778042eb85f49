package drift_test

import (
	"testing"

	"mstudio-graphql/internal/drift"
)

func TestIgnored(t *testing.T) {
	t.Parallel()
	finding := drift.Finding{Kind: drift.New, Subject: "User.group", Places: []string{"GET /v2/users/self group", "GET /v2/customers [].group"}}
	tests := map[string]struct {
		text string
		want []string // places that are left
	}{
		"nothing":            {"", finding.Places},
		"a comment":          {"# NEW User.group\n", finding.Places},
		"its subject":        {"NEW User.group # not shown\n", nil},
		"one of several":     {"NEW User.name, User.group\n", nil},
		"another kind":       {"LOST User.group\n", finding.Places},
		"any kind":           {"* User.group\n", nil},
		"all members":        {"NEW User.*\n", nil},
		"a part of a name":   {"NEW User.gro\n", finding.Places},
		"parts in order":     {"NEW U*.*up\n", nil},
		"parts out of order": {"NEW *group*User*\n", finding.Places},
		"overlapping parts":  {"NEW User.group*group\n", finding.Places},
		"one place":          {"NEW GET /v2/users/*\n", finding.Places[1:]},
		"each place":         {"NEW GET /*/users/self group\nNEW GET /*/customers *\n", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ignored, err := drift.ParseIgnored(test.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, kept := range ignored.Filter([]drift.Finding{finding}) {
				got = append(got, kept.Places...)
			}
			wantEqual(t, "places", test.want, got)
		})
	}
}

func TestParseIgnored_Invalid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"User.group", "NEW", "NEW # User.group", "new User.group"} {
		if _, err := drift.ParseIgnored(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
