package graph_test

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
)

// loadSchema returns the schema in schema.graphqls.
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

// ownTypes returns the types that are not built in, sorted by name.
func ownTypes(schema *ast.Schema) []*ast.Definition {
	types := make([]*ast.Definition, 0, len(schema.Types))
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		if definition := schema.Types[name]; !definition.BuiltIn {
			types = append(types, definition)
		}
	}
	return types
}

// ownFields returns the fields of a type without introspection fields.
func ownFields(definition *ast.Definition) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	for _, field := range definition.Fields {
		if !strings.HasPrefix(field.Name, "__") {
			fields = append(fields, field)
		}
	}
	return fields
}

// outputFields returns the fields of all types except inputs, by "Type.field".
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
			t.Errorf("%s: the description does not end with a period: %q", coordinate, description)
		}
	}
}

// descriptions returns the descriptions by schema coordinate.
func descriptions(schema *ast.Schema) map[string]string {
	found := map[string]string{}
	for _, name := range []string{"cost", "listSize", "scan", "semanticNonNull"} {
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

// All connections have the same fields.
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
			fields := map[string][]string{
				"edges":    {"[" + edge + "!]!"},
				"nodes":    {"[" + node + "!]!"},
				"pageInfo": {"PageInfo!"},
				// Null if mStudio omits the length of the list.
				"totalCount": {"Int", "Int!"},
			}
			if node == "Message" { // its page may be limited to some kinds
				fields["textCount"] = []string{"Int!"}
			}
			wantFields(t, definition, fields)
			wantFields(t, schema.Types[edge], map[string][]string{"cursor": {"String!"}, "node": {node + "!"}})
		})
	}
	if found == 0 {
		t.Error("the schema has no connection")
	}
}

// wantFields fails the test unless the type has exactly these fields, each of one of the given types.
func wantFields(t *testing.T, definition *ast.Definition, want map[string][]string) {
	t.Helper()
	got := map[string]string{}
	for _, field := range ownFields(definition) {
		got[field.Name] = field.Type.String()
	}
	for name, types := range want {
		if !slices.Contains(types, got[name]) {
			t.Errorf("%s.%s: want one of %q, got %q", definition.Name, name, types, got[name])
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s.%s: unexpected field of a connection or an edge", definition.Name, name)
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

// mStudio adds values to its enums about every second month, so each enum in results ends in UNKNOWN. Enums of arguments
// must not have UNKNOWN, because it would have no meaning.
func TestEnums(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	inputs := inputEnums(schema)
	ownEnums := []string{"UserErrorCode", "ReferenceType", "InboxChangeKind", "ConversationChangeKind"} // the gateway sets these values, not mStudio
	want := []string{
		"ConversationOrderField", "ConversationState", "ConversationStatusFilter", "ConversationVisibilityFilter", "FileDisposition", "MessageAuthor", "MessageKind", "NotificationRoleInput",
		"OrderDirection", "ReferenceType", "ReferenceTypeFilter", "SettableStatus", "SharedWithType",
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
		case isInput && isOutput && !slices.Contains(ownEnums, definition.Name):
			t.Errorf("%s is used in arguments and in results", definition.Name)
		case !isInput && !isOutput:
			t.Errorf("%s is unused", definition.Name)
		case isInput && unknown >= 0:
			t.Errorf("%s is used in arguments and has UNKNOWN", definition.Name)
		case isOutput && !isInput && unknown != len(definition.EnumValues)-1 && !slices.Contains(ownEnums, definition.Name):
			t.Errorf("%s is used in results and does not end in UNKNOWN", definition.Name)
		}
	}
}

// notRaw are the fields of enums without a field for mStudio's spelling, with the reason.
func notRaw() map[string]string {
	return map[string]string{
		"Access":              "the gateway sets it",
		"Department":          "deprecated",
		"WaitingFor":          "the gateway sets it",
		"File.state":          "UnknownFile.rawState",
		"RequestedFile.state": "always REQUESTED",
		"UploadedFile.state":  "always UPLOADED",
		"DeletedFile.state":   "always DELETED",
	}
}

// A value newer than the gateway is UNKNOWN, so a field beside it has mStudio's spelling.
func TestEnums_HaveRawSpellings(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	fields := outputFields(schema)
	for coordinate, field := range fields {
		kind := schema.Types[field.Type.Name()]
		if kind.Kind != ast.Enum || kind.EnumValues.ForName("UNKNOWN") == nil || notRaw()[coordinate]+notRaw()[kind.Name] != "" {
			continue
		}
		parent, name, _ := strings.Cut(coordinate, ".")
		raw := fields[parent+".raw"+strings.ToUpper(name[:1])+name[1:]]
		if want := strings.ReplaceAll(field.Type.String(), kind.Name, "String"); raw == nil || raw.Type.String() != want {
			t.Errorf("%s: want a field of type %s for mStudio's spelling", coordinate, want)
		}
	}
}

// conflicts are the fields that some pair of members of a union or an interface has with different types, with the reason. A
// query of both needs aliases.
func conflicts() map[string]string {
	return map[string]string{
		"status": "a project, a server and a container have different states; rawStatus is a text of all three",
	}
}

// All fields of any two members of a union or an interface can be selected together, without aliases.
func TestMembers_CanBeSelectedTogether(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	found := map[string]bool{}
	for _, abstract := range ownTypes(schema) {
		if !abstract.IsAbstractType() || abstract.Name == "Node" || abstract.Name == "_Entity" {
			continue
		}
		types := map[string]string{}
		for _, member := range schema.GetPossibleTypes(abstract) {
			for _, field := range ownFields(member) {
				if other, seen := types[field.Name]; seen && other != field.Type.String() {
					found[field.Name] = true
				}
				types[field.Name] = field.Type.String()
			}
		}
	}
	for name := range found {
		if conflicts()[name] == "" {
			t.Errorf("%s has different types in members of one union: use one type, or give the reason in conflicts", name)
		}
	}
	for name := range conflicts() {
		if !found[name] {
			t.Errorf("%s has the same type everywhere: remove it from the list", name)
		}
	}
}

// inputEnums returns the enums in arguments and inputs, sorted.
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

// localResolvers are the resolvers that make no call, with their purpose.
var localResolvers = map[string]string{
	"Conversation.url":                     "fills in the operator's template",
	"ConversationCategory.relatedTypes":    "translates the names of types",
	"TextMessage.contentText":              "renders the text",
	"TextMessage.contentHtml":              "renders the text",
	"Secret.value":                         "reveals the secret, or returns an error",
	"CloseConversationsPayload.results":    "adds errors at the index of each result",
	"MarkConversationsReadPayload.results": "adds errors at the index of each result",
	"Subscription.inboxChanged":            "reads its arguments",
}

// referencesOnly are the fields whose object mStudio sends only as an ID there, but as a whole elsewhere. Selecting other
// fields of it makes a call.
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

// A field that makes a call must be nullable, so that a failed call does not remove its parent.
func TestCalls(t *testing.T) {
	t.Parallel()
	fields := outputFields(loadSchema(t))
	resolved := resolvedFields(t, fields)
	for coordinate, field := range fields {
		isCall := slices.Contains(resolved, coordinate) && localResolvers[coordinate] == ""
		cost := field.Directives.ForName("cost")
		if isShared(cost) {
			if field.Type.NonNull {
				t.Errorf("%s is fetched with others, so it must be nullable", coordinate)
			}
			continue
		}
		isCall = isCall || referencesOnly[coordinate]
		switch {
		case isCall && cost == nil && field.Directives.ForName("scan") == nil:
			t.Errorf("%s has a resolver and neither @cost nor @scan", coordinate)
		case !isCall && cost != nil:
			t.Errorf("%s has @cost and makes no call", coordinate)
		case coordinate == "Subscription.conversationChanged": // an event has been fetched, and a subscription that fails has none
		case isCall && !referencesOnly[coordinate] && field.Type.NonNull && !isListOfNullable(field.Type):
			t.Errorf("%s makes a call and is not nullable: %s", coordinate, field.Type)
		}
		if cost == nil {
			continue
		}
		perItem := cost.Arguments.ForName("perItem")
		if weight, err := strconv.Atoi(cost.Arguments.ForName("weight").Value.Raw); err != nil || weight < 1 && perItem == nil {
			t.Errorf("%s: want a weight of at least 1, got %d, %v", coordinate, weight, err)
		}
	}
	for coordinate := range localResolvers {
		if !slices.Contains(resolved, coordinate) {
			t.Errorf("%s has no resolver: remove it from the list", coordinate)
		}
	}
}

// A field that makes calls is null only with an error, which @semanticNonNull promises, or its description tells when else.
func TestNulls(t *testing.T) {
	t.Parallel()
	for coordinate, field := range outputFields(loadSchema(t)) {
		makesCalls := field.Directives.ForName("cost") != nil || field.Directives.ForName("scan") != nil
		isPromised := field.Directives.ForName("semanticNonNull") != nil
		isDescribed := regexp.MustCompile(`(?i)\bnull\b`).MatchString(field.Description)
		switch {
		case isPromised && field.Type.NonNull && !isListOfNullable(field.Type):
			t.Errorf("%s cannot be null: remove @semanticNonNull", coordinate)
		case makesCalls && !isPromised && !field.Type.NonNull && !isDescribed && !referencesOnly[coordinate]:
			t.Errorf("%s: describe when it is null, or use @semanticNonNull", coordinate)
		}
	}
}

// isListOfNullable reports whether elements of the list can be null, as in Query.nodes, whose type Relay specifies.
func isListOfNullable(kind *ast.Type) bool { return kind.Elem != nil && !kind.Elem.NonNull }

// resolvedFields returns the fields that have a method in a resolver interface of the generated code: those that it cannot
// read from the struct of their parent.
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
	// gqlgen has separate methods for the two fields of its federation plugin, of which only this one makes calls.
	return append(resolved, "Query._entities")
}

// Elements are never null, because unreadable ones are omitted, except in lists with one element per requested object.
func TestListElements(t *testing.T) {
	t.Parallel()
	for coordinate, field := range outputFields(loadSchema(t)) {
		perObject := []string{"Query.nodes", "Query._entities", "CloseConversationsPayload.results", "MarkConversationsReadPayload.results"}
		if !slices.Contains(perObject, coordinate) && isListOfNullable(field.Type) {
			t.Errorf("%s: elements must not be null: %s", coordinate, field.Type)
		}
	}
}

// bareIDs are the fields with an ID of an object instead of the object, with the reason.
var bareIDs = map[string]string{
	"Conversation.shortId":                      "an ID for people, not the ID of another object",
	"Project.shortId":                           "an ID for people, not the ID of another object",
	"AppInstallation.shortId":                   "an ID for people, not the ID of another object",
	"PlacementGroup.shortId":                    "an ID for people, not the ID of another object",
	"Container.shortId":                         "an ID for people, not the ID of another object",
	"AppInstallation.currentVersionId":          "versions belong to another domain without a reference type",
	"AppInstallation.desiredVersionId":          "versions belong to another domain without a reference type",
	"RelocationTarget.accountShortId":           "an ID for people, as entered into a form",
	"MessageItem.conversationId":                "the parent, which the client has selected",
	"TextMessage.conversationId":                "MessageItem",
	"StatusUpdate.conversationId":               "MessageItem",
	"ServiceRequest.conversationId":             "MessageItem",
	"UnknownMessage.conversationId":             "MessageItem",
	"SendMessagePayload.messageId":              "known even if the message cannot be read",
	"Resubmission.groupId":                      "the API does not return support groups",
	"MailSendLimitIncrease.mailAddressId":       "mail addresses belong to another domain without a reference type",
	"MailSendLimitIncrease.rateLimitId":         "limits belong to another domain without a reference type",
	"CreateConversationPayload.conversationId":  "known even if the conversation cannot be read",
	"CloseConversationResult.conversationId":    "known even if the conversation cannot be read",
	"MarkConversationReadResult.conversationId": "known even if the conversation cannot be read",
	"InboxChange.conversationId":                "of a conversation that the caller can no longer access",
}

func TestObjectsInsteadOfIDs(t *testing.T) {
	t.Parallel()
	fields := outputFields(loadSchema(t))
	for coordinate, field := range fields {
		isBare := strings.HasSuffix(field.Name, "Id") || strings.HasSuffix(field.Name, "ID") || strings.HasSuffix(field.Name, "Ids")
		if isBare && bareIDs[coordinate] == "" {
			t.Errorf("%s: use the object, or give a reason in bareIDs", coordinate)
		}
	}
	for coordinate := range bareIDs {
		if fields[coordinate] == nil {
			t.Errorf("%s does not exist: remove it from the list", coordinate)
		}
	}
}

// mStudio adds alternatives to its unions, so each union has a member for unknown ones.
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
		// The gateway determines the types of these.
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

// members returns the types of a union or an interface, sorted.
func members(schema *ast.Schema, name string) []string {
	var names []string
	for _, member := range schema.PossibleTypes[name] {
		names = append(names, member.Name)
	}
	slices.Sort(names)
	return names
}

// Interfaces and unions for the same objects have the same types.
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
		for _, union := range []string{"RelatedTo", "SharedWith"} {
			if diff := cmp.Diff(members(schema, "Reference"), members(schema, union)); diff != "" {
				t.Errorf("-Reference +%s:\n%s", union, diff)
			}
		}
	})
}

// The server uses the compiled schema.
func TestGeneratedCode_IsCurrent(t *testing.T) {
	t.Parallel()
	compiled := generated.NewExecutableSchema(generated.Config{}).Schema()
	if diff := cmp.Diff(descriptions(loadSchema(t)), descriptions(compiled)); diff != "" {
		t.Errorf("run go generate (-file +compiled):\n%s", diff)
	}
}

// singular are the lists with a singular name, with the reason.
func singular() map[string]string {
	return map[string]string{
		"field":      "UserError.field, the usual name for a path",
		"orderBy":    "a phrase",
		"relatedTo":  "a phrase",
		"sharedWith": "a phrase",
		"createdBy":  "a phrase",
		"not":        "a word of logic",
	}
}

// The names of booleans in results are phrases that are true or false, so that nobody has to look them up.
func TestNames_Booleans(t *testing.T) {
	t.Parallel()
	phrase := regexp.MustCompile(`^(is|has|can|includes|viewerCan|viewerDid)[A-Z]`)
	for coordinate, field := range outputFields(loadSchema(t)) {
		if field.Type.Name() == "Boolean" && !phrase.MatchString(field.Name) {
			t.Errorf("%s is a boolean: begin its name with is, has, can or includes", coordinate)
		}
	}
}

// Lists have plural names, in results, inputs and arguments.
func TestNames_Lists(t *testing.T) {
	t.Parallel()
	check := func(coordinate, name string, kind *ast.Type) {
		if kind.Elem != nil && !strings.HasSuffix(name, "s") && singular()[name] == "" && !strings.HasPrefix(name, "_") {
			t.Errorf("%s is a list: give it a plural name", coordinate)
		}
	}
	for _, definition := range ownTypes(loadSchema(t)) {
		for _, field := range ownFields(definition) {
			check(definition.Name+"."+field.Name, field.Name, field.Type)
			for _, argument := range field.Arguments {
				check(definition.Name+"."+field.Name+"("+argument.Name+":)", argument.Name, argument.Type)
			}
		}
	}
}
