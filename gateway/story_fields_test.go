package gateway_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"
)

// noStory returns the fields that other tests select, because their values differ each time, and the types of such fields.
func noStory() []string {
	return []string{
		"UploadedFile.download", "FileDownload", // downloads_test.go: links with an expiry
		"Mutation.requestFileUpload", "RequestFileUploadPayload", "FileUploadTicket", "FileUploadRules", "FileUploadHeader", // uploads_test.go: tokens
		"CustomerEdge.cursor", "MessageEdge.cursor", "ProjectEdge.cursor", // stories select the same values in pageInfo
	}
}

// Each field of the schema occurs in a story. Add a new field to the query of a story.
func TestStoriesSelectEveryField(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphqls", Input: readText(t, "../graph/schema.graphqls")})
	missing := map[string]bool{}
	for _, definition := range schema.Types {
		if definition.BuiltIn || definition.Kind != ast.Object {
			continue
		}
		for _, field := range definition.Fields {
			coordinate := definition.Name + "." + field.Name
			isTested := slices.Contains(noStory(), coordinate) || slices.Contains(noStory(), definition.Name)
			missing[coordinate] = !isTested && !strings.HasPrefix(field.Name, "__")
		}
	}
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, section := range txtar.Parse([]byte(readText(t, file))).Files {
			if section.Name == "query.graphql" {
				strikeSelected(missing, schema, string(section.Data))
			}
		}
	}
	maps.DeleteFunc(missing, func(_ string, is bool) bool { return !is })
	if len(missing) > 0 {
		t.Errorf("no story selects %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
}

// strikeSelected strikes out the fields that a document selects, and those of the types that implement an interface.
func strikeSelected(missing map[string]bool, schema *ast.Schema, text string) {
	document, err := gqlparser.LoadQueryWithRules(schema, text, nil)
	if err != nil {
		return // the story of an invalid document
	}
	var strike func(selections ast.SelectionSet)
	strike = func(selections ast.SelectionSet) {
		for _, selection := range selections {
			switch selection := selection.(type) {
			case *ast.Field:
				for _, possible := range schema.GetPossibleTypes(selection.ObjectDefinition) {
					missing[possible.Name+"."+selection.Name] = false
				}
				strike(selection.SelectionSet)
			case *ast.InlineFragment:
				strike(selection.SelectionSet)
			case *ast.FragmentSpread:
				strike(selection.Definition.SelectionSet)
			}
		}
	}
	for _, operation := range document.Operations {
		strike(operation.SelectionSet)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
