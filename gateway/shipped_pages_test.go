package gateway_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// connection matches the start of a selection of a connection, in a query within any text.
const connection = `\b(?:conversations|messages|customers|projects)\b\s*(?:\([^()]*\))?\s*(@connection\([^()]*\)\s*)?\{`

var selectsRows = regexp.MustCompile(`\b(nodes|edges)\b`)

// Every page in a shipped document can be recognized as a part: it selects totalCount or pageInfo. Otherwise the end of a
// long list is missing without a sign.
func TestShippedDocuments_PagesSayThatTheyAreParts(t *testing.T) {
	t.Parallel()
	pages := 0
	for _, file := range shippedDocuments(t) {
		text := readText(t, file)
		for _, match := range regexp.MustCompile(connection).FindAllStringSubmatchIndex(text, -1) {
			selection := topLevel(text[match[1]:])
			if !selectsRows.MatchString(selection) {
				continue // ConversationCounts.customers is no page
			}
			pages++
			isCompleted := match[2] >= 0 // Relay's compiler adds pageInfo to @connection
			if !isCompleted && !strings.Contains(selection, "totalCount") && !strings.Contains(selection, "pageInfo") {
				t.Errorf("%s: neither totalCount nor pageInfo: %s {%s}", file, text[match[0]:match[1]-1], selection)
			}
		}
	}
	if pages < 50 {
		t.Errorf("found only %d pages", pages)
	}
}

// topLevel returns a selection up to its closing brace, without the selections within it. A fragment counts as its text.
func topLevel(text string) string {
	var selection strings.Builder
	for i, depth := 0, 0; i < len(text) && depth >= 0; i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		default:
			if depth == 0 {
				selection.WriteByte(text[i])
			}
		}
	}
	for _, spread := range regexp.MustCompile(`\.{3}(\w+)`).FindAllStringSubmatch(selection.String(), -1) {
		if _, fragment, found := strings.Cut(text, "fragment "+spread[1]+" on "); found {
			_, fragment, _ = strings.Cut(fragment, "{")
			selection.WriteString(topLevel(fragment))
		}
	}
	return selection.String()
}

// shippedDocuments returns the files that users copy queries from.
func shippedDocuments(t *testing.T) []string {
	t.Helper()
	files := []string{"../README.md", "pages/landing.html", "../playground/welcome.graphql"}
	for _, root := range []string{"../docs", "../examples"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && slices.Contains([]string{"node_modules", "dist", ".next"}, entry.Name()) {
				return fs.SkipDir
			}
			if slices.Contains([]string{".md", ".graphql", ".js", ".mjs", ".ts", ".tsx", ".sh", ".go"}, filepath.Ext(path)) {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
