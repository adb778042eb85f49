package render_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// results holds the results of the resolvers. They are invalid in ways that results of mStudio are not, such as null for
// a non-null field. Fields that the query does not select are not set.
type results struct {
	generated.QueryResolver
	conversation  *rest.Conversation
	conversations *model.ConversationConnection
	nodes         []rest.Node
	members       []*rest.ConversationMember
	messages      *model.MessageConnection
	preferences   *rest.ConversationPreferences

	calls atomic.Int32
}

// root implements the resolvers that the queries of these tests use. All others are nil.
type root struct {
	generated.ResolverRoot
	*results
}

func (r root) Query() generated.QueryResolver { return query{r.results} }
func (r root) Conversation() generated.ConversationResolver {
	return conversation{below: below{r.results}}
}
func (r root) PreferredUser() generated.PreferredUserResolver { return below{r.results} }
func (r root) Secret() generated.SecretResolver               { return below{r.results} }
func (r root) UploadedFile() generated.UploadedFileResolver   { return below{r.results} }

type query struct{ *results }

type conversation struct {
	below
	otherFields
}

// otherFields has the resolvers of the fields that no query of these tests selects. They are nil.
type otherFields struct{ generated.ConversationResolver }

func (q query) Conversation(context.Context, *string, *string) (*rest.Conversation, error) {
	return q.conversation, nil
}

func (q query) Nodes(context.Context, []string) ([]rest.Node, error) { return q.nodes, nil }

func (q query) ConversationPreferences(context.Context, string) (*rest.ConversationPreferences, error) {
	return q.preferences, nil
}

func (q query) Conversations(
	context.Context, *int32, *string, *int32, *string, *generated.ConversationFilter, []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	return q.conversations, nil
}

type below struct{ *results }

func (b below) Members(context.Context, *rest.Conversation) ([]*rest.ConversationMember, error) {
	b.calls.Add(1)
	return b.members, nil
}

func (b below) Messages(
	context.Context, *rest.Conversation, *int32, *string, *int32, *string, bool, []generated.MessageKind,
) (*model.MessageConnection, error) {
	b.calls.Add(1)
	return b.messages, nil
}

func (b below) Category(context.Context, *rest.PreferredUser) (*rest.ConversationCategory, error) {
	b.calls.Add(1)
	panic("no category")
}

func (b below) Value(context.Context, *rest.Secret) (*string, error) {
	b.calls.Add(1)
	return new("revealed"), nil
}

func (b below) Download(context.Context, *rest.UploadedFile, generated.FileDisposition) (*model.FileDownload, error) {
	b.calls.Add(1)
	return &model.FileDownload{URL: "https://gateway.example/files/link"}, nil
}

func (b below) Access(context.Context, *rest.UploadedFile) (*rest.Access, error) {
	b.calls.Add(1)
	return new(rest.AccessVisible), nil
}

func (b below) Size(context.Context, *rest.UploadedFile) (*int32, error) {
	b.calls.Add(1)
	return new(int32(7)), nil
}

// execute executes a query with or without the renderer. It returns the data with the sorted errors, and the number of
// resolver calls below the root.
func execute(t *testing.T, given *results, text string, enabled bool) (string, int32) {
	t.Helper()
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: root{results: given}})
	e := executor.New(schema)
	e.SetRecoverFunc(func(context.Context, any) error { return context.Canceled })
	if enabled {
		writers, err := generated.NewWriters(schema)
		if err != nil {
			t.Fatal(err)
		}
		e.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
			result, err := next(ctx)
			field := graphql.GetFieldContext(ctx)
			if err != nil || result == nil || !field.IsResolver {
				return result, err
			}
			plan := render.PlanOf(ctx, field)
			if field.Parent.Parent == nil {
				operation := graphql.GetOperationContext(ctx)
				plan = new(render.PlanCache).Root(writers.Types(), operation, field.Object, field.Field)
			}
			if plan == nil {
				return result, nil
			}
			if rendered := writers.Render(ctx, field, plan, result, nil); rendered != nil {
				return rendered, nil
			}
			return result, nil
		})
	}
	given.calls.Store(0)
	ctx := graphql.StartOperationTrace(t.Context())
	operation, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	if errs != nil {
		t.Fatal(errs)
	}
	respond, ctx := e.DispatchOperation(ctx, operation)
	response := respond(ctx)
	lines := []string{}
	for _, err := range response.Errors {
		lines = append(lines, err.Error())
	}
	slices.Sort(lines)
	return string(response.Data) + "\n" + strings.Join(lines, "\n"), given.calls.Load()
}

// For invalid results, data, errors and resolver calls must be the same with and without the renderer.
func TestRender_FallsBackToExecutor(t *testing.T) {
	t.Parallel()
	cursor := func(int) string { return "c" }
	page := func(nodes ...rest.Message) *model.MessageConnection {
		return &model.MessageConnection{Connection: model.Connection[rest.Message]{Nodes: nodes, TotalCount: new(len(nodes)), Cursor: cursor}}
	}
	inPage := func(message rest.Message) *results {
		return &results{conversation: &rest.Conversation{}, messages: page(message)}
	}
	const conversation = `{ c: conversation(id: 1) { id members { user { id } } `
	const messages = conversation + `messages { `
	var noConversation *rest.Conversation
	var noCategory *rest.ConversationCategory
	var noUser *rest.User
	var noText *rest.TextMessage
	tests := map[string]struct {
		given *results
		query string
	}{
		"null for an object":           {&results{}, conversation + `} }`},
		"null lists":                   {&results{conversation: &rest.Conversation{}}, conversation + `relations { id } notificationRoles } }`},
		"null in a list":               {&results{conversation: &rest.Conversation{Relations: []rest.Reference{&rest.UnknownReference{ID: "1"}, nil}}}, conversation + `relations { id } } }`},
		"null beside a deferred field": {&results{conversation: &rest.Conversation{}, members: []*rest.ConversationMember{nil}}, conversation + `} }`},
		"typed null for a union":       {&results{conversation: &rest.Conversation{RelatedTo: noUser}}, conversation + `relatedTo { ... on User { id } } } }`},
		"unknown type of a union":      {&results{conversation: &rest.Conversation{RelatedTo: struct{ rest.RelatedTo }{}}}, conversation + `relatedTo { __typename } } }`},
		"typed nulls for nodes":        {&results{nodes: []rest.Node{noConversation, nil, noCategory, &rest.ConversationCategory{ID: "1"}}}, `{ nodes(ids: []) { id __typename } }`},
		"null for nodes":               {&results{}, `{ nodes(ids: []) { id } }`},
		"empty nodes":                  {&results{nodes: []rest.Node{}}, `{ nodes(ids: []) { id } }`},
		"null connection":              {&results{}, `{ conversations { nodes { id } } }`},
		"null in a connection":         {&results{conversations: &model.ConversationConnection{Nodes: []*rest.Conversation{{ID: "1"}, nil}, Cursor: cursor}}, `{ conversations { nodes { id members { user { id } } } edges { node { id } } totalCount } }`},
		"null count":                   {&results{conversation: &rest.Conversation{}, messages: &model.MessageConnection{}}, messages + `totalCount } } }`},
		"null message":                 {inPage(nil), messages + `nodes { __typename } edges { cursor } } } }`},
		"null message in an edge":      {inPage(nil), messages + `edges { node { __typename } cursor } } } }`},
		"typed null message":           {inPage(noText), messages + `nodes { __typename } } } }`},
		"null file":                    {inPage(&rest.TextMessage{Files: []rest.File{nil}}), messages + `nodes { ... on TextMessage { files { id } } } } } }`},
		"null preferred user":          {&results{preferences: &rest.ConversationPreferences{PreferredUserIDs: rest.PreferredUserIDs{PreferredUsers: []*rest.PreferredUser{{}, nil}}}}, `{ conversationPreferences(customerId: 1) { preferredUsers { category { id } } } }`},
		"panic in a resolver below":    {&results{preferences: &rest.ConversationPreferences{PreferredUserIDs: rest.PreferredUserIDs{PreferredUsers: []*rest.PreferredUser{{}, {}}}}}, `{ conversationPreferences(customerId: 1) { preferredUsers { category { id } } } }`},
		"infinite number":              {inPage(&rest.ServiceRequest{Payload: &rest.Relocation{Target: &rest.RelocationTarget{Prices: []*rest.RelocationPrice{{Price: new(1.5)}, {Price: new(math.Inf(1))}}}}}), messages + `nodes { ... on ServiceRequest { payload { ... on Relocation { target { prices { price } } } } } } } } }`},
		"panic in a cursor":            {&results{conversation: &rest.Conversation{}, messages: &model.MessageConnection{Connection: model.Connection[rest.Message]{Nodes: []rest.Message{&rest.TextMessage{}}}}}, messages + `nodes { __typename } edges { cursor } } } }`},
		"panic in page info":           {&results{conversations: &model.ConversationConnection{Nodes: []*rest.Conversation{{ID: "1"}}}}, `{ conversations { nodes { id } pageInfo { startCursor } totalCount } }`},
		"two invalid values":           {&results{conversation: &rest.Conversation{Relations: []rest.Reference{nil, nil}, RelatedTo: noUser}}, conversation + `a: relations { id } relatedTo { ... on User { id } } relations { domain } } }`},
		"a valid secret":               {inPage(&rest.ServiceRequest{Payload: &rest.Relocation{Source: &rest.RelocationSource{ProviderPassword: &rest.Secret{}}}}), messages + `nodes { ... on ServiceRequest { payload { ... on Relocation { source { providerPassword { value isSet } } } } } } } } }`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, wantCalls := execute(t, test.given, test.query, false)
			got, gotCalls := execute(t, test.given, test.query, true)
			if got != want {
				t.Errorf("%s\nexecutor:  %s\nrenderer: %s", test.query, want, got)
			}
			if gotCalls != wantCalls {
				t.Errorf("%s\nwant %d resolver calls, got %d", test.query, wantCalls, gotCalls)
			}
		})
	}
}
