package textbook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/wire"
	"mstudio-graphql/rest"
)

// api calls the upstream for one caller.
type api struct {
	requests *mstudio.Client
	client   *http.Client
	token    string
}

var errNotFound = errors.New("not found")

// get decodes the document at path.
func get[T any](ctx context.Context, a *api, path string) (document T, err error) {
	request, err := a.requests.Request(ctx, a.token, path)
	if err != nil {
		return document, err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return document, err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
		err = json.NewDecoder(response.Body).Decode(&document)
		return document, err
	case http.StatusNotFound:
		return document, errNotFound
	}
	return document, fmt.Errorf("upstream returned status %d", response.StatusCode)
}

func (a *api) conversations(ctx context.Context, first int, search string) ([]*rest.Conversation, error) {
	rows, err := get[[]wire.Conversation](ctx, a, mstudio.ListPath(first, search))
	if err != nil {
		return nil, err
	}
	var conversations []*rest.Conversation
	for index := range rows {
		conversations = append(conversations, newConversation(&rows[index]))
	}
	return conversations, nil
}

func (a *api) conversation(ctx context.Context, id string) (*rest.Conversation, error) {
	row, err := get[wire.Conversation](ctx, a, mstudio.ConversationPath(id))
	if err != nil {
		return nil, err
	}
	return newConversation(&row), nil
}

func (a *api) messages(ctx context.Context, conversationID string) ([]rest.Message, error) {
	items, err := get[[]item](ctx, a, mstudio.MessagesPath(conversationID))
	if err != nil {
		return nil, err
	}
	return newHistory(items), nil
}

func (a *api) members(ctx context.Context, conversationID string) ([]*rest.ConversationMember, error) {
	users, err := get[[]*wire.User](ctx, a, mstudio.MembersPath(conversationID))
	if err != nil {
		return nil, err
	}
	var members []*rest.ConversationMember
	for _, user := range users {
		members = append(members, &rest.ConversationMember{User: newUser(user)})
	}
	return members, nil
}

func (a *api) self(ctx context.Context) (*rest.User, error) {
	user, err := get[*wire.User](ctx, a, mstudio.SelfPath())
	return newUser(user), err
}

// item is a member of the union of messages.
type item struct {
	message wire.Message
	meta    struct {
		User *wire.User `json:"user"`
	}
}

// UnmarshalJSON decodes the type first and then the members of that type.
func (i *item) UnmarshalJSON(data []byte) error {
	var tag struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &tag); err != nil {
		return err
	}
	if tag.Type != "STATUS_UPDATE" {
		return json.Unmarshal(data, &i.message)
	}
	update := struct {
		*wire.Message
		Meta any `json:"meta"`
	}{Message: &i.message, Meta: &i.meta}
	return json.Unmarshal(data, &update)
}

// loaders holds the loaders of one operation.
type loaders struct {
	api           *api
	conversations *dataloader.Loader[string, *rest.Conversation]
	messages      *dataloader.Loader[string, []rest.Message]
	members       *dataloader.Loader[string, []*rest.ConversationMember]
}

func newLoaders(a *api) *loaders {
	return &loaders{
		api:           a,
		conversations: dataloader.NewBatchedLoader(each(a.conversation)),
		messages:      dataloader.NewBatchedLoader(each(a.messages)),
		members:       dataloader.NewBatchedLoader(each(a.members)),
	}
}

// each fetches the keys of a batch concurrently, because the upstream has no batch reads.
func each[V any](fetch func(context.Context, string) (V, error)) dataloader.BatchFunc[string, V] {
	return func(ctx context.Context, keys []string) []*dataloader.Result[V] {
		results := make([]*dataloader.Result[V], len(keys))
		_ = mstudio.Each(len(keys), func(index int) error { // each result has its own error
			value, err := fetch(ctx, keys[index])
			results[index] = &dataloader.Result[V]{Data: value, Error: err}
			return nil
		})
		return results
	}
}

type contextKey struct{}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

func loadersOf(ctx context.Context) *loaders {
	l, _ := ctx.Value(contextKey{}).(*loaders)
	return l
}

// callTimeout is the timeout of one call, as in the measured gateway.
const callTimeout = time.Minute
