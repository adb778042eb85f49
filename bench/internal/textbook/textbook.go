// Package textbook is a gateway built as the manuals of its libraries recommend: gqlgen's executor, a dataloader with
// its time window for each relation, and encoding/json on both sides. It supports only the measured queries. It shares
// the schema and the generated code with the gateway.
package textbook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/rest"
)

// Handler serves /graphql.
func Handler(client *mstudio.Client) http.Handler {
	server := &server{
		executor: executor.New(schema()),
		requests: client,
		client:   &http.Client{Transport: client.Pool, Timeout: callTimeout},
	}
	server.executor.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	server.executor.Use(extension.Introspection{})
	mux := http.NewServeMux()
	mux.Handle("POST /graphql", server)
	return mux
}

// schema returns the gateway's public schema.
func schema() graphql.ExecutableSchema {
	config := generated.Config{Resolvers: root{}}
	config.Schema = view.Public(generated.NewExecutableSchema(config).Schema())
	return generated.NewExecutableSchema(config)
}

type server struct {
	executor *executor.Executor
	requests *mstudio.Client
	client   *http.Client
}

// maxBody is the maximum size of a request in bytes.
const maxBody = 1 << 20

// ServeHTTP repeats the steps of gqlgen's handler.Server with transport.POST. It does not use their package, which
// depends on a websocket library.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	ctx := withLoaders(r.Context(), newLoaders(&api{requests: s.requests, client: s.client, token: token}))
	ctx = graphql.StartOperationTrace(ctx)
	w.Header().Set("Content-Type", "application/json")
	start := graphql.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody)) //nolint:forbidigo // bounded
	if err != nil {
		write(w, &graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(err)}})
		return
	}
	params := &graphql.RawParams{Headers: r.Header}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(params); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		write(w, s.executor.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(err)}))
		return
	}
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	operation, errs := s.executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		w.WriteHeader(http.StatusUnprocessableEntity)
		write(w, s.executor.DispatchError(graphql.WithOperationContext(ctx, operation), errs))
		return
	}
	respond, ctx := s.executor.DispatchOperation(ctx, operation)
	write(w, respond(ctx))
}

func write(w http.ResponseWriter, response *graphql.Response) {
	body, err := json.Marshal(response)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body)
}

// The resolvers embed the interfaces. Fields that no measured query selects panic.
type (
	root         struct{ generated.ResolverRoot }
	query        struct{ generated.QueryResolver }
	conversation struct{ generated.ConversationResolver }
)

// Query returns the resolvers of Query.
func (root) Query() generated.QueryResolver { return query{} }

// Conversation returns the resolvers of Conversation.
func (root) Conversation() generated.ConversationResolver { return conversation{} }

// Viewer resolves Query.viewer.
func (query) Viewer(ctx context.Context) (*rest.User, error) { return loadersOf(ctx).api.self(ctx) }

// Conversation resolves Query.conversation.
func (query) Conversation(ctx context.Context, id, _ *string) (*rest.Conversation, error) {
	found, err := loadersOf(ctx).conversations.Load(ctx, *id)()
	if errors.Is(err, errNotFound) {
		return nil, nil //nolint:nilnil // a null, not a lookup
	}
	return found, err
}

// Conversations resolves Query.conversations.
func (query) Conversations(
	ctx context.Context, first *int32, _ *string, _ *int32, _ *string,
	filter *generated.ConversationFilter, _ []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	count, search := 20, ""
	if first != nil {
		count = int(*first)
	}
	if filter != nil && filter.Search != nil {
		search = *filter.Search
	}
	rows, err := loadersOf(ctx).api.conversations(ctx, count, search)
	if err != nil {
		return nil, err
	}
	return &model.ConversationConnection{Nodes: rows}, nil
}

// Members resolves Conversation.members.
func (conversation) Members(ctx context.Context, parent *rest.Conversation) ([]*rest.ConversationMember, error) {
	return loadersOf(ctx).members.Load(ctx, parent.ID)()
}

// maxHistory is the default page size of messages.
const maxHistory = 100

// Messages resolves Conversation.messages.
func (conversation) Messages(
	ctx context.Context, parent *rest.Conversation, _ *int32, _ *string, _ *int32, _ *string, _ bool, _ []generated.MessageKind,
) (*model.MessageConnection, error) {
	history, err := loadersOf(ctx).messages.Load(ctx, parent.ID)()
	if err != nil {
		return nil, err
	}
	total := len(history)
	page := model.Connection[rest.Message]{Nodes: history[:min(total, maxHistory)], TotalCount: &total}
	return &model.MessageConnection{Connection: page}, nil
}
