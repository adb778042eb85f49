package gateway_test

import (
	"encoding/json"
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

// noStory returns fields, and types with all their fields, that other tests select.
func noStory() []string {
	return []string{
		"UploadedFile.download", "FileDownload", // downloads_test.go: links with an expiry
		"Mutation.requestFileUpload", "RequestFileUploadPayload", "FileUploadTicket", "FileUploadHeader", // uploads_test.go: tokens
		"Conversation.url",               // conversation_url_test.go: with ConversationURL
		"Query._service", "_Service.sdl", // subgraph_test.go: the whole schema
		"Subscription", "InboxChange", "ConversationChange", // subscriptions_test.go: streams
		"Secret.value",                                                    // secrets_test.go: with RevealSecrets
		"RelocationContact.phone",                                         // drift_test.go in rest: relocations of the sandbox have no phone number
		"CustomerEdge.cursor", "MessageEdge.cursor", "ProjectEdge.cursor", // stories select the same values in pageInfo
	}
}

// Each field of the schema has a value in the result of a story. Add a new field to the query of a story.
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
		story := map[string]string{}
		for _, section := range txtar.Parse([]byte(readText(t, file))).Files {
			story[section.Name] = string(section.Data)
		}
		var result any
		if err := json.Unmarshal([]byte(story["want.json"]), &result); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		valued := map[string]bool{}
		collectValued(valued, result)
		strikeSelected(missing, schema, story["query.graphql"], valued)
	}
	maps.DeleteFunc(missing, func(_ string, is bool) bool { return !is })
	if len(missing) > 0 {
		t.Errorf("no story has a value of %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
}

// collectValued adds the names of all members below value that are not null.
func collectValued(valued map[string]bool, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			valued[name] = valued[name] || member != nil
			collectValued(valued, member)
		}
	case []any:
		for _, element := range value {
			collectValued(valued, element)
		}
	}
}

// strikeSelected strikes out the fields that a document selects under a valued name, and those of the types that
// implement an interface.
func strikeSelected(missing map[string]bool, schema *ast.Schema, text string, valued map[string]bool) {
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
					coordinate := possible.Name + "." + selection.Name
					missing[coordinate] = missing[coordinate] && !valued[selection.Alias]
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
