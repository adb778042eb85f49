package gateway_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var (
	costExample = regexp.MustCompile(`\[(\d+) calls?\]\(\.\./(gateway/testdata/stories/\w+\.txtar)\)`)
	codeName    = regexp.MustCompile("`(\\w+)")
)

// Each number of calls in docs/costs.md is that of the linked story.
func TestCostsPage_Examples(t *testing.T) {
	t.Parallel()
	examples := costExample.FindAllStringSubmatch(readText(t, "../docs/costs.md"), -1)
	if len(examples) < 20 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, example := range examples {
		_, sections := readStory(t, strings.TrimPrefix(example[2], "gateway/"))
		got := bytes.Count(sections["want.calls"].Data, []byte("\n"))
		if want, _ := strconv.Atoi(example[1]); got != want {
			t.Errorf("%s has %d calls, the page says %d", example[2], got, want)
		}
	}
}

// The page names every field that can make a call: fields of Query and Mutation by their name, objects that are fetched as
// a whole by their type, others as Type.field.
func TestCostsPage_NamesEveryField(t *testing.T) {
	t.Parallel()
	page := readText(t, "../docs/costs.md")
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: readText(t, "../graph/schema.graphqls")})
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			cost, scan := field.Directives.ForName("cost"), field.Directives.ForName("scan")
			if cost == nil && scan == nil {
				continue
			}
			name := definition.Name + "." + field.Name
			switch {
			case definition == schema.Query || definition == schema.Mutation:
				name = field.Name
			case cost != nil && cost.Arguments.ForName("shared") != nil && definition.Name != "UploadedFile":
				name = definition.Name
			}
			if !strings.Contains(page, "`"+name+"`") {
				t.Errorf("docs/costs.md lacks `%s`", name)
			}
		}
	}
}

// The fields and arguments in the gateway's column of docs/comparison.md exist.
func TestComparisonPage_NamesExist(t *testing.T) {
	t.Parallel()
	schema := readText(t, "../graph/schema.graphqls")
	names := 0
	for line := range strings.Lines(readText(t, "../docs/comparison.md")) {
		cells := strings.Split(line, " | ")
		if len(cells) != 7 {
			continue
		}
		for _, name := range codeName.FindAllStringSubmatch(cells[1], -1) {
			names++
			if !strings.Contains(schema, "  "+name[1]+":") && !strings.Contains(schema, "  "+name[1]+"(") {
				t.Errorf("the schema lacks %s", name[1])
			}
		}
	}
	if names < 15 {
		t.Errorf("%d names", names)
	}
}
