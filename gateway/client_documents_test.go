package gateway_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
)

// clientDocuments are operations of pages besides those of examples/.
func clientDocuments() map[string]string {
	const row = `id shortId title status createdAt category { id name } lastMessage { createdAt createdBy { id name isEmployee } }
		preview: messages(last: 1) { nodes { ... on TextMessage { content } } }
		relatedTo { __typename ... on Reference { id } ... on Project { description customer { name } } ... on AppInstallation { appName } }
		mainUser { id name avatarUrl } createdBy { id name } members { user { id name } }`
	return map[string]string{
		"20 objects by aliases": "{" + numbered(`c%[1]d: conversation(id: "00000000-0000-4000-8000-0000000%05[1]d") { `+row+` } `, 20) + "}",
		"relay": `query PageQuery($first: Int = 20, $after: String, $members: Boolean = true) {
			conversations(first: $first, after: $after, filter: {states: [OPEN]}) { ...List_connection } viewer { ...User_user id } }
			fragment List_connection on ConversationConnection { edges { cursor node { __typename id ...Row_conversation } } pageInfo { endCursor hasNextPage } }
			fragment Row_conversation on Conversation { id title members @include(if: $members) { user { ...User_user id } } createdBy { ...User_user id }
				messages(last: 1) { edges { node { __typename ... on TextMessage { id content createdBy { ...User_user id } } ... on MessageItem { __isMessageItem: __typename id } } } } }
			fragment User_user on User { name avatarUrl isEmployee }`,
		"edges to the last level": `{ customers { edges { node { projects(first: 20) { edges { node { conversations { edges { node {
			messages(last: 5) { edges { node { ... on TextMessage { files { ... on UploadedFile { download { url } } } } } } } } } } } } } } } } }`,
		"an account":          `{ customers { nodes { name conversations { nodes { title messages(last: 1) { nodes { ... on TextMessage { content } } } } } } } }`,
		"a large account":     `{ customers(first: 100) { nodes { name conversations(first: 100) { nodes { title messages(first: 100) { nodes { ... on MessageItem { id } } } } } } } }`,
		"projects by default": `{ customers { nodes { name projects { nodes { description conversations { nodes { title messages(last: 1) { totalCount } } } } } } } }`,
		"everything at first": `{ conversations(first: 100) { nodes { id title members { user { name } } messages { nodes { ... on TextMessage { content createdBy { name } files { ... on UploadedFile { name download { url } } } } } } } } }`,
		"histories":           `{ conversations(first: 50) { nodes { id messages { totalCount nodes { ... on MessageItem { id createdAt } ... on ServiceRequest { payload { ... on Relocation { user { name } domains { domainName } } } } } } } } }`,
		"my projects":         `{ projects(first: 100) { nodes { id description customer { name } server { description } conversations(first: 5) { totalCount nodes { title } } } } viewer { name } }`,
		"who am I":            `{ viewer { id name } conversationCategories { id name referenceTypes } customers { totalCount } }`,
	}
}

// No document that clients send for ordinary pages is rejected: as written, with __typename in every selection, with
// inlined fragments, and two of them in one operation.
func TestClientDocuments_AreWithinLimits(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	documents, variables := clientDocuments(), map[string]map[string]any{}
	all, err := examples.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range all {
		documents[example.Name] = example.Query
		if example.Variables != "" {
			variables[example.Name] = decode[map[string]any](t, []byte(example.Variables))
		}
	}
	for name, query := range documents {
		for spelling, text := range map[string]string{
			"as written": query, "with __typename": rewritten(t, query, withTypenames), "inlined": rewritten(t, query, inline),
			"inlined, with __typename": rewritten(t, query, inline, withTypenames), "twice": rewritten(t, query, inline, twice),
			"twice, with __typename": rewritten(t, query, inline, twice, withTypenames),
		} {
			values := maps.Clone(variables[name])
			for variable, value := range variables[name] {
				if strings.HasPrefix(spelling, "twice") {
					values["other_"+variable] = value
				}
			}
			estimated, response := explain(t, server, "dry-run", text, values)
			if estimated == nil || strings.Contains(string(response.Body), `"errors"`) {
				t.Errorf("%s, %s: %s\n%s", name, spelling, response.Body, text)
			}
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func rewritten(t *testing.T, text string, passes ...func(*ast.QueryDocument)) string {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	for _, pass := range passes {
		pass(document)
	}
	var written strings.Builder
	formatter.NewFormatter(&written).FormatQueryDocument(document)
	return written.String()
}

// eachSet replaces every selection set of a document, from the outside to the inside.
func eachSet(document *ast.QueryDocument, replace func(set ast.SelectionSet, isRoot bool) ast.SelectionSet) {
	var below func(set ast.SelectionSet, isRoot bool) ast.SelectionSet
	below = func(set ast.SelectionSet, isRoot bool) ast.SelectionSet {
		if set = replace(set, isRoot); set == nil {
			return nil
		}
		for _, selection := range set {
			switch selection := selection.(type) {
			case *ast.Field:
				selection.SelectionSet = below(selection.SelectionSet, false)
			case *ast.InlineFragment:
				selection.SelectionSet = below(selection.SelectionSet, isRoot)
			}
		}
		return set
	}
	for _, operation := range document.Operations {
		operation.SelectionSet = below(operation.SelectionSet, true)
	}
	for _, fragment := range document.Fragments {
		fragment.SelectionSet = below(fragment.SelectionSet, false)
	}
}

// withTypenames adds __typename like Apollo Client and urql.
func withTypenames(document *ast.QueryDocument) {
	eachSet(document, func(set ast.SelectionSet, isRoot bool) ast.SelectionSet {
		if isRoot || len(set) == 0 {
			return set
		}
		return append(set, &ast.Field{Name: "__typename", Alias: "__typename"})
	})
}

// inline replaces fragment spreads by inline fragments like Relay and GraphQL Code Generator.
func inline(document *ast.QueryDocument) {
	eachSet(document, func(set ast.SelectionSet, _ bool) ast.SelectionSet {
		for i, selection := range set {
			if spread, ok := selection.(*ast.FragmentSpread); ok {
				fragment := document.Fragments.ForName(spread.Name)
				set[i] = &ast.InlineFragment{
					TypeCondition: fragment.TypeCondition, Directives: spread.Directives, SelectionSet: append(ast.SelectionSet(nil), fragment.SelectionSet...),
				}
			}
		}
		return set
	})
	document.Fragments = nil
}

// twice selects each root field a second time, with other variables.
func twice(document *ast.QueryDocument) {
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(document)
	other, _ := parser.ParseQuery(&ast.Source{Input: strings.ReplaceAll(text.String(), "$", "$other_")})
	for i, operation := range other.Operations {
		for _, selection := range operation.SelectionSet {
			if field, ok := selection.(*ast.Field); ok {
				field.Alias = "other_" + field.Alias
			}
		}
		document.Operations[i].SelectionSet = append(document.Operations[i].SelectionSet, operation.SelectionSet...)
		document.Operations[i].VariableDefinitions = append(document.Operations[i].VariableDefinitions, operation.VariableDefinitions...)
	}
}
