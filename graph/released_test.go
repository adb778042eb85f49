package graph_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

var update = flag.Bool("update", false, "write the contracts of the changelog's newest release to graph/released")

// notReleased is the version in graph/released before the first release.
const notReleased = "none"

// No breaking or dangerous change since the last release is missing in the changelog.
func TestReleasedSchema(t *testing.T) {
	t.Parallel()
	full := generated.NewExecutableSchema(generated.Config{}).Schema()
	for name, sdl := range map[string]string{"public.graphqls": view.PublicSDL(full), "subgraph.graphqls": view.SubgraphSDL(full)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareReleased(t, name, "TestReleasedSchema", sdl, func(released string) []change {
				return changes(parseSDL(t, released), parseSDL(t, sdl))
			})
		})
	}
}

// compareReleased compares a contract with that of the last release, which a file in released has, or writes the file. test
// is the name of the test that writes it.
func compareReleased(t *testing.T, name, test, now string, compare func(released string) []change) {
	t.Helper()
	log := parseChangelog(readFile(t, "../CHANGELOG.md"))
	file := filepath.Join("released", name)
	prefix := "# Written by `go test ./graph -run " + test + " -update`. Release: "
	released, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	header, text, _ := strings.Cut(string(released), "\n")
	version := strings.TrimPrefix(header, prefix)
	switch {
	case *update && version == log.release && version != notReleased:
		t.Fatalf("%s is of release %s, which is final", file, version)
	case *update:
		if err := os.WriteFile(file, []byte(prefix+log.release+"\n"+now), 0o600); err != nil {
			t.Fatal(err)
		}
	case version != log.release:
		t.Fatalf("%s is of release %s, but the newest release in CHANGELOG.md is %s: run this test with -update", file, version, log.release)
	default:
		for _, change := range compare(text) {
			if problem := log.problem(change); problem != "" {
				t.Errorf("%s: %s", change, problem)
			}
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// changelog is what CHANGELOG.md says about contracts.
type changelog struct {
	release          string   // the newest release
	all              []string // coordinates and names under Unreleased
	changedOrRemoved []string // coordinates named there under Changed or Removed
}

func parseChangelog(text string) changelog {
	log := changelog{release: notReleased}
	if newest := regexp.MustCompile(`(?m)^## \[(\d[^]]*)\]`).FindStringSubmatch(text); newest != nil {
		log.release = newest[1]
	}
	_, unreleased, _ := strings.Cut(text, "\n## [Unreleased]\n")
	unreleased, _, _ = strings.Cut(unreleased, "\n## ")
	code := regexp.MustCompile("`([^`\n]+)`")
	for section := range strings.SplitSeq(unreleased, "\n### ") {
		for _, name := range code.FindAllStringSubmatch(section, -1) {
			log.all = append(log.all, name[1])
			if strings.HasPrefix(section, "Changed") || strings.HasPrefix(section, "Removed") {
				log.changedOrRemoved = append(log.changedOrRemoved, name[1])
			}
		}
	}
	return log
}

// problem returns what to do about a change, or nothing if the changelog names the change where readers look for its kind.
func (l changelog) problem(change change) string {
	named, where := l.all, "Unreleased"
	if change.IsBreaking {
		named, where = l.changedOrRemoved, "Changed or Removed"
	}
	switch {
	case !change.NeedsDeprecation && slices.Contains(named, change.Coordinate):
		return ""
	case l.release == notReleased:
		return "run this test with -update, which is allowed before the first release"
	case change.NeedsDeprecation:
		return "a release must deprecate it first; see docs/compatibility.md"
	default:
		return "name `" + change.Coordinate + "` in CHANGELOG.md under " + where
	}
}

func TestChangelog(t *testing.T) {
	t.Parallel()
	const released = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `A.new` and `A.b`.\n\n### Changed\n\n- `A.c` is nullable.\n\n" +
		"## [1.1.0] - 2026-01-02\n\n### Changed\n\n- `A.d`\n\n## [1.0.0] - 2026-01-01\n"
	unreleased, _, _ := strings.Cut(released, "## [1.1.0]")
	tests := []struct {
		name, changelog string
		change          change
		want            string
	}{
		{"dangerous, named", released, change{Coordinate: "A.b"}, ""},
		{"dangerous, not named", released, change{Coordinate: "A.x"}, "name `A.x` in CHANGELOG.md under Unreleased"},
		{"breaking, named", released, change{Coordinate: "A.c", IsBreaking: true}, ""},
		{"breaking, named as an addition", released, change{Coordinate: "A.b", IsBreaking: true}, "name `A.b` in CHANGELOG.md under Changed or Removed"},
		{"breaking, named in a former release", released, change{Coordinate: "A.d", IsBreaking: true}, "name `A.d` in CHANGELOG.md under Changed or Removed"},
		{
			"removed, named", released,
			change{Coordinate: "A.c", IsBreaking: true, NeedsDeprecation: true},
			"a release must deprecate it first; see docs/compatibility.md",
		},
		{
			"before the first release", unreleased,
			change{Coordinate: "A.x", IsBreaking: true},
			"run this test with -update, which is allowed before the first release",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := parseChangelog(test.changelog).problem(test.change); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
	if got := parseChangelog(released).release; got != "1.1.0" {
		t.Errorf("want the newest release, got %q", got)
	}
}
