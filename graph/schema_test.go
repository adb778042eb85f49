package graph_test

import (
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
)

// loadSchema reads the schema from its file: what people read is what is checked.
func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// ownTypes returns the types of the schema that are ours, sorted by name.
func ownTypes(schema *ast.Schema) []*ast.Definition {
	types := make([]*ast.Definition, 0, len(schema.Types))
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		if definition := schema.Types[name]; !definition.BuiltIn {
			types = append(types, definition)
		}
	}
	return types
}

// ownFields returns the fields of a type without those that introspection adds to Query.
func ownFields(definition *ast.Definition) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	for _, field := range definition.Fields {
		if !strings.HasPrefix(field.Name, "__") {
			fields = append(fields, field)
		}
	}
	return fields
}

// outputFields returns the fields that answer something, by "Type.field".
func outputFields(schema *ast.Schema) map[string]*ast.FieldDefinition {
	fields := map[string]*ast.FieldDefinition{}
	for _, definition := range ownTypes(schema) {
		if definition.Kind == ast.InputObject {
			continue
		}
		for _, field := range ownFields(definition) {
			fields[definition.Name+"."+field.Name] = field
		}
	}
	return fields
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	for coordinate, description := range descriptions(loadSchema(t)) {
		switch {
		case description == "":
			t.Errorf("%s has no description", coordinate)
		case !strings.HasSuffix(description, "."):
			t.Errorf("%s: a description is of whole sentences, and this one has no full stop: %q", coordinate, description)
		}
	}
}

// descriptions returns every description by the coordinate of what it is about.
func descriptions(schema *ast.Schema) map[string]string {
	found := map[string]string{}
	for _, name := range []string{"cost", "listSize"} {
		directive := schema.Directives[name]
		found["@"+name] = directive.Description
		for _, argument := range directive.Arguments {
			found["@"+name+"("+argument.Name+":)"] = argument.Description
		}
	}
	for _, definition := range ownTypes(schema) {
		found[definition.Name] = definition.Description
		for _, value := range definition.EnumValues {
			found[definition.Name+"."+value.Name] = value.Description
		}
		for _, field := range ownFields(definition) {
			coordinate := definition.Name + "." + field.Name
			found[coordinate] = field.Description
			for _, argument := range field.Arguments {
				found[coordinate+"("+argument.Name+":)"] = argument.Description
			}
		}
	}
	return found
}

// A caller who pages through one list can page through all.
func TestConnections(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	found := 0
	for _, definition := range ownTypes(schema) {
		node, ok := strings.CutSuffix(definition.Name, "Connection")
		if !ok {
			continue
		}
		found++
		t.Run(definition.Name, func(t *testing.T) {
			t.Parallel()
			edge := node + "Edge"
			wantFields(t, definition, map[string][]string{
				"edges":    {"[" + edge + "!]!"},
				"nodes":    {"[" + node + "!]!"},
				"pageInfo": {"PageInfo!"},
				// Null where mStudio does not say how long the list is.
				"totalCount": {"Int", "Int!"},
			})
			wantFields(t, schema.Types[edge], map[string][]string{"cursor": {"String!"}, "node": {node + "!"}})
		})
	}
	if found == 0 {
		t.Error("the schema has no connection")
	}
}

// wantFields fails the test unless the type has exactly these fields, each of one of the types given for it.
func wantFields(t *testing.T, definition *ast.Definition, want map[string][]string) {
	t.Helper()
	got := map[string]string{}
	for _, field := range ownFields(definition) {
		got[field.Name] = field.Type.String()
	}
	for name, types := range want {
		if !slices.Contains(types, got[name]) {
			t.Errorf("%s.%s: want it to be one of %q, got %q", definition.Name, name, types, got[name])
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s.%s: a connection or an edge has no such field", definition.Name, name)
	}
}

func TestPageArguments(t *testing.T) {
	t.Parallel()
	want := map[string]string{"first": "Int", "after": "String", "last": "Int", "before": "String"}
	for coordinate, field := range outputFields(loadSchema(t)) {
		if !strings.HasSuffix(field.Type.Name(), "Connection") {
			continue
		}
		got := map[string]string{}
		for _, argument := range field.Arguments {
			if _, ok := want[argument.Name]; ok {
				got[argument.Name] = argument.Type.String()
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", coordinate, diff)
		}
	}
}

// mStudio adds values to its enums about every second month, so each that it fills needs a value for what is new. One
// that only clients fill must not have it: nobody could say what it asks for.
func TestEnums(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	inputs := inputEnums(schema)
	ownEnums := []string{"UserErrorCode"} // answers that are ours to give, and not mStudio's
	want := []string{
		"ConversationOrderField", "ConversationState", "ConversationStatusFilter", "FileDisposition", "MessageAuthor", "NotificationRoleInput",
		"OrderDirection", "ReferenceType", "RelatedToType", "SettableStatus", "SharedWithType",
	}
	if diff := cmp.Diff(want, inputs); diff != "" {
		t.Errorf("enums of arguments (-want +got):\n%s", diff)
	}
	outputs := outputEnums(schema)
	for _, definition := range ownTypes(schema) {
		if definition.Kind != ast.Enum {
			continue
		}
		unknown := slices.IndexFunc(definition.EnumValues, func(value *ast.EnumValueDefinition) bool { return value.Name == "UNKNOWN" })
		isInput, isOutput := slices.Contains(inputs, definition.Name), slices.Contains(outputs, definition.Name)
		switch {
		case isInput && isOutput:
			t.Errorf("%s is for arguments and for answers: only answers can have UNKNOWN", definition.Name)
		case !isInput && !isOutput:
			t.Errorf("%s is used nowhere", definition.Name)
		case isInput && unknown >= 0:
			t.Errorf("%s is for arguments and has UNKNOWN", definition.Name)
		case isOutput && unknown != len(definition.EnumValues)-1 && !slices.Contains(ownEnums, definition.Name):
			t.Errorf("%s is for answers and does not end in UNKNOWN", definition.Name)
		}
	}
}

// inputEnums returns the enums that arguments lead to, sorted.
func inputEnums(schema *ast.Schema) []string {
	enums, seen := map[string]bool{}, map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		definition := schema.Types[name]
		if seen[name] {
			return
		}
		seen[name] = true
		if definition.Kind == ast.Enum {
			enums[name] = true
		}
		for _, field := range definition.Fields {
			visit(field.Type.Name())
		}
	}
	for _, field := range outputFields(schema) {
		for _, argument := range field.Arguments {
			visit(argument.Type.Name())
		}
	}
	return slices.Sorted(maps.Keys(enums))
}

func outputEnums(schema *ast.Schema) []string {
	enums := map[string]bool{}
	for _, field := range outputFields(schema) {
		if name := field.Type.Name(); schema.Types[name].Kind == ast.Enum {
			enums[name] = true
		}
	}
	return slices.Sorted(maps.Keys(enums))
}

// localResolvers are the resolvers that make no call, with the reason why they exist.
var localResolvers = map[string]string{
	"Secret.value":                      "decides whether the caller gets to see it",
	"CloseConversationsPayload.results": "says at the place of each what went wrong",
}

// referencesOnly are the fields where a reference is sent to an object that is sent whole elsewhere: what else is asked
// of it makes a call.
var referencesOnly = map[string]bool{
	"ConversationPreferences.fallbackUser": true,
	"PreferredUser.user":                   true,
	"Relocation.user":                      true,
}

func isShared(cost *ast.Directive) bool {
	if cost == nil {
		return false
	}
	shared := cost.Arguments.ForName("shared")
	return shared != nil && shared.Value.Raw == "true"
}

// A call can fail. The field must then be null by itself, or it would take its parent, which is fine, along.
func TestCalls(t *testing.T) {
	t.Parallel()
	fields := outputFields(loadSchema(t))
	resolved := resolvedFields(t, fields)
	for coordinate, field := range fields {
		isCall := slices.Contains(resolved, coordinate) && localResolvers[coordinate] == ""
		cost := field.Directives.ForName("cost")
		if isShared(cost) {
			if isCall || field.Type.NonNull {
				t.Errorf("%s is of a document that is fetched for its object: it has no resolver, and can be null", coordinate)
			}
			continue
		}
		isCall = isCall || referencesOnly[coordinate]
		switch {
		case isCall && cost == nil && field.Directives.ForName("scan") == nil:
			t.Errorf("%s has a resolver and neither @cost nor @scan", coordinate)
		case !isCall && cost != nil:
			t.Errorf("%s has @cost and makes no call", coordinate)
		case isCall && !referencesOnly[coordinate] && field.Type.NonNull && !isListOfNullable(field.Type):
			t.Errorf("%s makes a call and is not nullable: %s", coordinate, field.Type)
		}
		if cost == nil {
			continue
		}
		perItem := cost.Arguments.ForName("perItem")
		if weight, err := strconv.Atoi(cost.Arguments.ForName("weight").Value.Raw); err != nil || weight < 1 && perItem == nil {
			t.Errorf("%s: a call has a weight of at least 1, got %d, %v", coordinate, weight, err)
		}
	}
	for coordinate := range localResolvers {
		if !slices.Contains(resolved, coordinate) {
			t.Errorf("%s has no resolver any more: take it from the list", coordinate)
		}
	}
}

// isListOfNullable reports whether each element can fail by itself, as those of Query.nodes, whose type Relay fixes.
func isListOfNullable(kind *ast.Type) bool { return kind.Elem != nil && !kind.Elem.NonNull }

// resolvedFields asks the generated code which fields have a resolver: a field that it cannot read from its parent's
// struct gets a method in one of the resolver interfaces.
func resolvedFields(t *testing.T, fields map[string]*ast.FieldDefinition) []string {
	t.Helper()
	coordinates := map[string]string{}
	for coordinate := range fields {
		coordinates[strings.ToLower(coordinate)] = coordinate
	}
	var resolved []string
	for parent := range reflect.TypeFor[generated.ResolverRoot]().Methods() {
		for method := range parent.Type.Out(0).Methods() {
			coordinate, ok := coordinates[strings.ToLower(parent.Name+"."+method.Name)]
			if !ok {
				t.Fatalf("the schema has no field for the resolver %s.%s", parent.Name, method.Name)
			}
			resolved = append(resolved, coordinate)
		}
	}
	// gqlgen has two other methods for what it takes for its plugin's; of them, only this one makes calls.
	return append(resolved, "Query._entities")
}

// Elements are never null, because what cannot be read is left out. Those of these stand for what was asked for.
func TestListElements(t *testing.T) {
	t.Parallel()
	for coordinate, field := range outputFields(loadSchema(t)) {
		asked := []string{"Query.nodes", "Query._entities", "CloseConversationsPayload.results"}
		if !slices.Contains(asked, coordinate) && isListOfNullable(field.Type) {
			t.Errorf("%s: elements must not be null: %s", coordinate, field.Type)
		}
	}
}

// bareIDs are the fields that hold an id where an object would be better, with the reason why there is none.
var bareIDs = map[string]string{
	"Conversation.shortId":                     "a number for people, not the id of another object",
	"Project.shortId":                          "a number for people, not the id of another object",
	"AppInstallation.shortId":                  "a number for people, not the id of another object",
	"PlacementGroup.shortId":                   "a number for people, not the id of another object",
	"Container.shortId":                        "a number for people, not the id of another object",
	"AppInstallation.currentVersionId":         "versions are of another domain, and have no reference type",
	"AppInstallation.desiredVersionId":         "versions are of another domain, and have no reference type",
	"RelocationTarget.accountShortId":          "a number for people, as it was typed into a form",
	"MessageItem.conversationId":               "the parent, which the client has just asked for",
	"TextMessage.conversationId":               "MessageItem",
	"StatusUpdate.conversationId":              "MessageItem",
	"ServiceRequest.conversationId":            "MessageItem",
	"UnknownMessage.conversationId":            "MessageItem",
	"SendMessagePayload.messageId":             "known even if the message cannot be read",
	"Resubmission.groupId":                     "groups of the support cannot be read",
	"MailSendLimitIncrease.mailAddressId":      "mail addresses are of another domain, and have no reference type",
	"MailSendLimitIncrease.rateLimitId":        "limits are of another domain, and have no reference type",
	"CreateConversationPayload.conversationId": "known even if the conversation cannot be read",
	"CloseConversationResult.conversationId":   "which one it is about, even if it cannot be read",
}

func TestObjectsInsteadOfIDs(t *testing.T) {
	t.Parallel()
	fields := outputFields(loadSchema(t))
	for coordinate, field := range fields {
		isBare := strings.HasSuffix(field.Name, "Id") || strings.HasSuffix(field.Name, "ID") || strings.HasSuffix(field.Name, "Ids")
		if isBare && bareIDs[coordinate] == "" {
			t.Errorf("%s: show the object, or say in bareIDs why that is not possible", coordinate)
		}
	}
	for coordinate := range bareIDs {
		if fields[coordinate] == nil {
			t.Errorf("%s does not exist any more: take it from the list", coordinate)
		}
	}
}

// mStudio adds alternatives to its unions, and a client must learn that there is something it cannot be shown.
func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	want := map[string]string{
		"File":                  "UnknownFile",
		"Message":               "UnknownMessage",
		"MessageItem":           "UnknownMessage",
		"Reference":             "UnknownReference",
		"RelatedTo":             "UnknownReference",
		"ServiceRequestPayload": "UnknownPayload",
		"SharedWith":            "UnknownReference",
		// What it finds is ours to say, and not mStudio's.
		"Node":    "",
		"_Entity": "",
	}
	got := map[string]string{}
	for _, definition := range ownTypes(schema) {
		if definition.IsAbstractType() {
			members := members(schema, definition.Name)
			unknown := slices.IndexFunc(members, func(name string) bool { return strings.HasPrefix(name, "Unknown") })
			got[definition.Name] = ""
			if unknown >= 0 {
				got[definition.Name] = members[unknown]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// members returns the types of a union, or those that implement an interface, sorted.
func members(schema *ast.Schema, name string) []string {
	var names []string
	for _, member := range schema.PossibleTypes[name] {
		names = append(names, member.Name)
	}
	slices.Sort(names)
	return names
}

// A client may spread the interface or the union, and must meet the same types.
func TestUnionsAndInterfaces(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	t.Run("Message", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(members(schema, "MessageItem"), members(schema, "Message")); diff != "" {
			t.Errorf("-MessageItem +Message:\n%s", diff)
		}
	})
	t.Run("RelatedTo", func(t *testing.T) {
		t.Parallel()
		// The one reference that needs no types of its own: nobody asks for more than where it points to.
		want := slices.DeleteFunc(members(schema, "Reference"), func(name string) bool { return name == "AggregateReference" })
		if diff := cmp.Diff(want, members(schema, "RelatedTo")); diff != "" {
			t.Errorf("-Reference +RelatedTo:\n%s", diff)
		}
	})
	t.Run("SharedWith", func(t *testing.T) {
		t.Parallel()
		for _, name := range members(schema, "SharedWith") {
			if !slices.Contains(members(schema, "RelatedTo"), name) {
				t.Errorf("%s is in SharedWith and not in RelatedTo", name)
			}
		}
	})
}

// The server answers with the schema that was compiled in.
func TestGeneratedCodeIsOfThisSchema(t *testing.T) {
	t.Parallel()
	compiled := generated.NewExecutableSchema(generated.Config{}).Schema()
	if diff := cmp.Diff(descriptions(loadSchema(t)), descriptions(compiled)); diff != "" {
		t.Errorf("generate the code again (-file +compiled):\n%s", diff)
	}
}
