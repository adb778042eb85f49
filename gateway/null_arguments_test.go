package gateway_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// optional is an argument or a field of an input object with a default.
type optional struct {
	kind     *ast.Type
	standard *ast.Value // the default
}

// optionals returns all arguments and fields of input objects with a default, by their names in the schema.
func optionals(schema *ast.Schema) map[string]optional {
	found := map[string]optional{}
	for _, of := range schema.Types {
		for _, field := range of.Fields {
			if of.Kind == ast.InputObject && field.DefaultValue != nil {
				found[of.Name+"."+field.Name] = optional{field.Type, field.DefaultValue}
			}
			for _, argument := range field.Arguments {
				if argument.DefaultValue != nil {
					found[of.Name+"."+field.Name+"("+argument.Name+")"] = optional{argument.Type, argument.DefaultValue}
				}
			}
		}
	}
	return found
}

// optionalUse is a query with <value> in place of an optional, and another value than its default.
type optionalUse struct{ query, another string }

func optionalUses() map[string]optionalUse {
	const conversation, files = `{ conversation(id: "` + shortID + `") `, `{ conversation(id: "361523eb-df71-5e08-b917-10e8bfa7ef62") `
	return map[string]optionalUse{
		"Conversation.messages(includeInternal)":     {conversation + `{ messages(includeInternal: <value>) { totalCount } } }`, "true"},
		"ConversationOrder.direction":                {`{ conversations(first: 1, orderBy: {field: CREATED_AT, direction: <value>}) { nodes { id } } }`, "ASC"},
		"Customer.conversations(includeDescendants)": {`{ customers(first: 2) { nodes { conversations(includeDescendants: <value>) { totalCount } } } }`, "true"},
		"Project.conversations(includeDescendants)":  {`{ projects(first: 2) { nodes { conversations(includeDescendants: <value>) { totalCount } } } }`, "true"},
		"TextMessage.contentHtml(includeImages)":     {conversation + `{ lastText { contentHtml(includeImages: <value>) } } }`, "true"},
		"TextMessage.contentText(includeQuotes)":     {conversation + `{ lastText { contentText(includeQuotes: <value>) } } }`, "false"},
		"TextMessage.contentText(includeSignature)":  {conversation + `{ lastText { contentText(includeSignature: <value>) } } }`, "false"},
		"UploadedFile.download(disposition)":         {files + `{ messages { nodes { ... on TextMessage { files { ... on UploadedFile { download(disposition: <value>) { __typename } } } } } } } }`, "ATTACHMENT"},
		"__Directive.args(includeDeprecated)":        {`{ __schema { directives { args(includeDeprecated: <value>) { name } } } }`, "true"},
		"__Field.args(includeDeprecated)":            {`{ __type(name: "Query") { fields { args(includeDeprecated: <value>) { name } } } }`, "true"},
		"__Type.enumValues(includeDeprecated)":       {`{ __type(name: "ConversationStatus") { enumValues(includeDeprecated: <value>) { name } } }`, "true"},
		"__Type.fields(includeDeprecated)":           {`{ __type(name: "User") { fields(includeDeprecated: <value>) { name } } }`, "true"},
		"__Type.inputFields(includeDeprecated)":      {`{ __type(name: "ConversationFilter") { inputFields(includeDeprecated: <value>) { name } } }`, "true"},
	}
}

// Values for places with a default behave as the specification says in CoerceArgumentValues and in the coercion of input
// objects: a missing value is the default, and null is a value.
func TestNullForPlacesWithDefault(t *testing.T) {
	t.Parallel()
	uses, places := optionalUses(), optionals(publicSchema(t))
	diff(t, "places", slices.Sorted(maps.Keys(places)), slices.Sorted(maps.Keys(uses)))
	for name, place := range places {
		for _, config := range []gateway.Config{{}, {NoRenderer: true}} {
			server, _ := start(t, config)
			use, nullable := uses[name], strings.TrimSuffix(place.kind.String(), "!")
			send := func(variable, value string, variables map[string]any) gatewaytest.Response {
				return server.Query(t, gatewaytest.Token(), "query"+variable+strings.ReplaceAll(use.query, "<value>", value), variables)
			}
			standard, another, null := send("", place.standard.String(), nil), send("", use.another, nil), map[string]any{"v": nil}
			wantErrors(t, standard)
			wantErrors(t, another)
			wantData(t, send("($v: "+nullable+")", "$v", nil), dataOf(t, standard))
			wantData(t, send("($v: "+nullable+" = "+use.another+")", "$v", nil), dataOf(t, another))
			wantRejected(t, send("($v: "+nullable+"!)", "$v", null), http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
			if !place.kind.NonNull {
				for _, allowed := range []gatewaytest.Response{send("", "null", nil), send("($v: "+nullable+" = "+use.another+")", "$v", null)} {
					wantData(t, allowed, dataOf(t, standard))
				}
				continue
			}
			wantRejected(t, send("", "null", nil), http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
			for _, variable := range []string{"($v: " + nullable + ")", "($v: " + nullable + " = " + use.another + ")"} {
				wantNullArgument(t, send(variable, "$v", null))
			}
		}
	}
}

// dataOf returns the data of a response as JSON.
func dataOf(t *testing.T, response gatewaytest.Response) string {
	t.Helper()
	return string(decode[struct{ Data json.RawMessage }](t, response.Body).Data)
}

// wantNullArgument checks that only fields have failed, because of an argument that is null.
func wantNullArgument(t *testing.T, response gatewaytest.Response) {
	t.Helper()
	errs := checkErrors(t, response)
	if len(errs) == 0 {
		t.Errorf("no error: %s", response.Body)
	}
	for _, err := range errs {
		if err.code() != "BAD_USER_INPUT" || err.path() == "" || !strings.Contains(err.Message, "has a null where") {
			t.Errorf("%s", response.Body)
		}
	}
	if dataOf(t, response) == "" {
		t.Errorf("no data: %s", response.Body)
	}
}
