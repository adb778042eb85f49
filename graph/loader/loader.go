// Package loader fetches what one operation needs from mStudio: each thing once, as soon as it is known to be needed,
// and everything that can be fetched at the same time at the same time.
package loader

import (
	"context"
	"strings"
	"sync"

	"mstudio-graphql/rest"
)

// Loaders remembers what one operation has fetched. It is made anew for each: what it remembers was fetched with one
// caller's token, and must never be seen by another, or by the same one later.
type Loaders struct {
	// BulkThreshold is how many objects of one kind that a result refers to are fetched one by one. With more, the list of
	// that kind is fetched in place of them. 0: [DefaultBulkThreshold]; negative: lists are never fetched. It is set before
	// the first use.
	BulkThreshold int

	client        *rest.Client
	entities      *entities // made when they are first needed: see source
	entitiesOnce  sync.Once
	references    sync.Map // by the results' keys
	events        events
	lists         each[string, *rest.ConversationPage]
	listArguments sync.Map // key of lists and scans → rest.ConversationList
	fullLists     each[string, *FullList]
	reports       fullListReports
	known         known
	conversations each[string, *rest.Conversation]
	messages      each[string, []rest.Message]
	members       each[string, []*rest.User]
	preferences   each[string, *rest.ConversationPreferences]
	fileAccess    each[attachment, *rest.FileAccess]
	viewer        each[struct{}, *rest.User]
	categories    each[struct{}, []*rest.ConversationCategory]
	category      each[string, *rest.ConversationCategory]
}

// New returns the loaders of one operation. The client is the caller's, with the operation's limits.
func New(client *rest.Client, categories *Categories) *Loaders {
	l := &Loaders{client: client}
	l.conversations.cache = &l.known
	l.conversations.fetch = func(ctx context.Context, id string) (*rest.Conversation, error) {
		return l.about(id).Conversation(ctx, id)
	}
	l.messages.fetch = func(ctx context.Context, id string) ([]rest.Message, error) { return l.about(id).Messages(ctx, id) }
	l.members.fetch = func(ctx context.Context, id string) ([]*rest.User, error) { return l.about(id).Members(ctx, id) }
	l.preferences.fetch = client.ConversationPreferences
	l.fileAccess.fetch = func(ctx context.Context, of attachment) (*rest.FileAccess, error) {
		return l.about(of.conversationID).FileAccess(ctx, of.conversationID, of.fileID)
	}
	l.category.fetch = client.ConversationCategory
	l.viewer.fetch = func(ctx context.Context, _ struct{}) (*rest.User, error) { return client.Self(ctx) }
	l.categories.fetch = func(ctx context.Context, _ struct{}) ([]*rest.ConversationCategory, error) {
		return categories.List(ctx)
	}
	l.lists.fetch = func(ctx context.Context, key string) (*rest.ConversationPage, error) {
		arguments, _ := l.listArguments.Load(key)
		list, _ := arguments.(rest.ConversationList)
		return l.aboutAll().Conversations(ctx, list)
	}
	l.fullLists.fetch = func(ctx context.Context, key string) (*FullList, error) {
		arguments, _ := l.listArguments.Load(key)
		list, _ := arguments.(rest.ConversationList)
		return (&listReader{client: l.aboutAll(), list: list}).read(ctx)
	}
	return l
}

type contextKey struct{}

// With returns a context that carries the loaders of its operation.
func With(ctx context.Context, loaders *Loaders) context.Context {
	return context.WithValue(ctx, contextKey{}, loaders)
}

// From returns the loaders of the operation that ctx belongs to. It panics if there are none: a resolver was called
// outside of an operation, which is a mistake in the program.
func From(ctx context.Context) *Loaders {
	loaders, ok := ctx.Value(contextKey{}).(*Loaders)
	if !ok {
		panic("loader: context has no loaders")
	}
	return loaders
}

// StartConversations starts to fetch a page of conversations, for which [Loaders.Conversations] then waits.
func (l *Loaders) StartConversations(ctx context.Context, list rest.ConversationList) {
	l.lists.start(ctx, l.listKey(list))
}

// listKey makes the key of a list, by which its arguments are found again.
func (l *Loaders) listKey(list rest.ConversationList) string {
	key := list.Query().Encode()
	l.listArguments.LoadOrStore(key, list)
	return key
}

// Conversations returns a page of the caller's conversations. Its rows need not be fetched again one by one.
func (l *Loaders) Conversations(ctx context.Context, list rest.ConversationList) (*rest.ConversationPage, error) {
	page, err := l.lists.load(ctx, l.listKey(list))
	if err != nil {
		return nil, err
	}
	l.known.add(page)
	return page, nil
}

// Conversation returns one conversation, or an error with rest.NotFound.
func (l *Loaders) Conversation(ctx context.Context, id string) (*rest.Conversation, error) {
	return byID(ctx, &l.conversations, id)
}

// StartConversation starts to fetch a conversation, for which [Loaders.Conversation] then waits.
func (l *Loaders) StartConversation(ctx context.Context, id string) {
	start(ctx, &l.conversations, id)
}

// StartMessages starts to fetch a history, for which [Loaders.Messages] then waits. An error is kept for it.
func (l *Loaders) StartMessages(ctx context.Context, conversationID string) {
	start(ctx, &l.messages, conversationID)
}

// Messages returns the history of a conversation, oldest first. It must not be changed.
func (l *Loaders) Messages(ctx context.Context, conversationID string) ([]rest.Message, error) {
	return byID(ctx, &l.messages, conversationID)
}

// StartMembers starts to fetch the members, for which [Loaders.Members] then waits. An error is kept for it.
func (l *Loaders) StartMembers(ctx context.Context, conversationID string) {
	start(ctx, &l.members, conversationID)
}

// Members returns who takes part in a conversation.
func (l *Loaders) Members(ctx context.Context, conversationID string) ([]*rest.User, error) {
	return byID(ctx, &l.members, conversationID)
}

// attachment is a file by the ids that access to it is asked for with.
type attachment struct{ conversationID, fileID string }

// StartFileAccess starts to ask for access to an attachment, for which [Loaders.FileAccess] then waits.
func (l *Loaders) StartFileAccess(ctx context.Context, file *rest.UploadedFile) {
	l.fileAccess.start(ctx, attachment{file.ConversationID, file.ID})
}

// FileAccess returns what an attachment can be fetched with.
func (l *Loaders) FileAccess(ctx context.Context, file *rest.UploadedFile) (*rest.FileAccess, error) {
	return l.fileAccess.load(ctx, attachment{file.ConversationID, file.ID})
}

// Preferences returns the conversation preferences of a customer.
func (l *Loaders) Preferences(ctx context.Context, customerID string) (*rest.ConversationPreferences, error) {
	return byID(ctx, &l.preferences, customerID)
}

// Viewer returns the owner of the token.
func (l *Loaders) Viewer(ctx context.Context) (*rest.User, error) {
	return l.viewer.load(ctx, struct{}{})
}

// Categories returns all conversation categories.
func (l *Loaders) Categories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	return l.categories.load(ctx, struct{}{})
}

// ListedCategory returns a category of the list, or an error with rest.NotFound if it is not there.
func (l *Loaders) ListedCategory(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	list, err := l.Categories(ctx)
	if err != nil {
		return nil, err
	}
	for _, category := range list {
		if strings.EqualFold(category.ID, id) {
			return category, nil
		}
	}
	return nil, &rest.Error{Code: rest.NotFound}
}

// Category returns a category of the list or, if it is not there, the one that mStudio has by this id: the list
// that is kept may be older. The error has rest.NotFound if there is none.
func (l *Loaders) Category(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	id, err := rest.ParseID(id)
	if err != nil {
		return nil, err
	}
	listed, err := l.ListedCategory(ctx, id)
	if rest.IsNotFound(err) {
		return byID(ctx, &l.category, id)
	}
	return listed, err
}

// byID waits for the object with this id. Ids are compared in their canonical form, so that one object is never
// fetched under two spellings.
func byID[V any](ctx context.Context, loader *each[string, V], id string) (V, error) {
	canonical, err := rest.ParseID(id)
	if err != nil {
		var none V
		return none, err
	}
	return loader.load(ctx, canonical)
}

func start[V any](ctx context.Context, loader *each[string, V], id string) {
	if canonical, err := rest.ParseID(id); err == nil {
		loader.start(ctx, canonical)
	}
}
