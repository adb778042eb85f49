package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGeneratedFilesAreUpToDate fails if the schema, a constant or a template changed and "make generate" did not run. It
// changes the working directory, so it is not parallel.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	t.Chdir("../../..")
	generated, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range generated {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: run make generate (-want +got):\n%s", path, diff)
		}
	}
}

func TestSchemaName(t *testing.T) {
	t.Parallel()
	for spelling, want := range map[string]string{
		"open": "OPEN", "inProgress": "IN_PROGRESS", "in_progress": "IN_PROGRESS", "in-progress": "IN_PROGRESS", "IN_PROGRESS": "IN_PROGRESS",
		"preparingForVolumeMigration": "PREPARING_FOR_VOLUME_MIGRATION", "level2Support": "LEVEL2_SUPPORT", "project_emailadmin": "PROJECT_EMAIL_ADMIN",
	} {
		if got := schemaName(spelling); got != want {
			t.Errorf("%s: want %s, got %s", spelling, want, got)
		}
	}
}

const testSchema = `
type Query { priority: Priority! colors: [Color!]! state: State tint: Tint }
enum Priority { LOW HIGH UNKNOWN }
enum Color { RED UNKNOWN }
enum State { ON UNKNOWN }
enum Tint { DARK }
`

func testConstants() map[string][]constant {
	return map[string][]constant{
		"Priority": {{"PriorityHigh", "high"}, {"PriorityLow", "low"}},
		"Color":    {{"Red", "red"}, {"OldRed", "RED"}},
		"State":    {{"On", "on"}},
		"Sort":     {{"SortByName", "name"}},
	}
}

func TestPair(t *testing.T) {
	t.Parallel()
	got, err := pair(testSchema, testConstants())
	if err != nil {
		t.Fatal(err)
	}
	want := []enum{
		{Name: "Color", Values: []value{{"RED", []constant{{"Red", "red"}, {"OldRed", "RED"}}}}},
		{Name: "Priority", Values: []value{{"LOW", []constant{{"PriorityLow", "low"}}}, {"HIGH", []constant{{"PriorityHigh", "high"}}}}},
		{Name: "State", IsNullable: true, Values: []value{{"ON", []constant{{"On", "on"}}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Whatever has no partner is named, together with the place where the partner belongs.
func TestPair_MissingPartners(t *testing.T) {
	t.Parallel()
	with := func(name string, constants ...constant) map[string][]constant {
		all := testConstants()
		all[name] = constants
		return all
	}
	for name, test := range map[string]struct {
		schema    string
		constants map[string][]constant
		want      string
	}{
		"no constant": {testSchema, with("Priority", constant{"PriorityLow", "low"}), "Priority.HIGH: no constant of type rest.Priority"},
		"no type":     {testSchema, with("Color"), "Color.RED: no constant of type rest.Color"},
		"no value": {
			testSchema, with("State", constant{"On", "on"}, constant{"HalfOn", "halfOn"}),
			`rest.HalfOn ("halfOn"): no value State.HALF_ON in the schema`,
		},
		"nullable and not": {
			strings.Replace(testSchema, "tint", "other: State! tint", 1), testConstants(),
			"State: some fields are nullable and others are not",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := pair(test.schema, test.constants); err == nil || err.Error() != test.want {
				t.Errorf("want %s, got %v", test.want, err)
			}
		})
	}
}

// A package that does not compile can be read, as long as its syntax is right.
func TestReadConstants(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := map[string]string{
		"a.go":      "package p\n\ntype Priority string\n\nconst (\n\tLow Priority = \"low\"\n\tLimit = 3\n\tName = \"no type\"\n)\n\nvar x undefined = missing()\n",
		"b.go":      "package p\n\nconst High Priority = \"high\"\n",
		"a_test.go": "package p\n\nconst Test Priority = \"test\"\n",
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(folder+"/"+name, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readConstants(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]constant{"Priority": {{"Low", "low"}, {"High", "high"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
