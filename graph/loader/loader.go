// Package loader fetches the upstream data of one operation. Each object is fetched once, each call starts as soon as its
// arguments are known, and independent calls run concurrently.
package loader

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"mstudio-graphql/rest"
)

// Loaders holds the upstream data of one operation. Each operation needs new Loaders: the data was fetched with one
// caller's token and must not reach other callers or later operations. Loaders are safe for concurrent use.
type Loaders struct {
	// BulkThreshold is the maximum number of referenced objects of one type that are fetched individually; beyond that, their
	// list is fetched in one call. A negative value never fetches lists. Default: [DefaultBulkThreshold]. It must not change
	// after the first use.
	BulkThreshold int

	// Claims are those of all operations. They are required for writes with an idempotency key and [Loaders.SendMessageAfter].
	Claims *Claims

	// Conversation also returns rows of pages that [Loaders.Conversations] has fetched.
	Conversation perConversation[*rest.Conversation]
	Messages     perConversation[[]rest.Message] // oldest first
	Members      perConversation[[]*rest.ConversationMember]
	Preferences  byID[*rest.ConversationPreferences] // by customer ID
	Customers    listLoader[*rest.Customer]
	Projects     listLoader[*rest.Project]

	apps       listLoader[*rest.AppInstallation]
	containers listLoader[*rest.Container]
	extensions listLoader[*rest.ExtensionInstance]
	servers    listLoader[*rest.PlacementGroup]

	client       *rest.Client
	public       *Public
	clearOnWrite []func(conversationID string)
	events       events
	isLocal      atomic.Bool      // of KeysAreLocal
	rows         conversationRows // of pages
	pages        onceLoader[string, *rest.ConversationPage]
	fullLists    onceLoader[string, *FullList]
	shortIDs     onceLoader[string, *rest.Conversation]
	rollups      onceLoader[rollupKey, *Rollup]
	reports      reports
	fileAccess   onceLoader[attachment, *rest.FileAccess]
	fileMeta     onceLoader[attachment, *rest.FileMeta]
	viewer       onceLoader[struct{}, *rest.User]
	unread       onceLoader[struct{}, *Unread]
	categoryList onceLoader[struct{}, []*rest.ConversationCategory]
	uploadRules  onceLoader[struct{}, *rest.FileRules]
	category     byID[*rest.ConversationCategory]
	batches      func() map[reflect.Type]*batch // created on first use
	references   sync.Map                       // by the keys of their results
	computed     sync.Map                       // texts by their keys
}

// New returns the loaders of one operation. The client must have the caller's token and the operation's limits.
func New(client *rest.Client, public *Public) *Loaders {
	l := &Loaders{client: client, public: public}
	l.Conversation.init(l, (*rest.Client).Conversation)
	l.Conversation.once.find = l.rows.find
	l.Messages.init(l, (*rest.Client).Messages)
	l.Members.init(l, (*rest.Client).Members)
	l.Preferences.fetch = client.ConversationPreferences
	l.Customers.fetch = client.Customers
	l.Projects.fetch = client.Projects
	l.apps.fetch = client.AppInstallations
	l.containers.fetch = client.Services
	l.extensions.fetch = client.ExtensionInstances
	l.servers.fetch = client.Servers
	l.category.fetch = client.ConversationCategory
	l.batches = sync.OnceValue(l.newBatches)
	return l
}

type contextKey struct{}

// With returns a context that carries the loaders of its operation.
func With(ctx context.Context, loaders *Loaders) context.Context {
	return context.WithValue(ctx, contextKey{}, loaders)
}

// From returns the loaders in ctx. It panics if ctx has none, because then a resolver was called outside an operation.
func From(ctx context.Context) *Loaders {
	loaders, ok := ctx.Value(contextKey{}).(*Loaders)
	if !ok {
		panic("loader: context has no loaders")
	}
	return loaders
}

// StartConversations fetches a page of conversations in the background for a later [Loaders.Conversations].
func (l *Loaders) StartConversations(ctx context.Context, list rest.ConversationList) {
	l.pages.start(ctx, list.Query().Encode(), l.fetchPage(list))
}

// Conversations returns a page of the caller's conversations. Its rows are then in the cache of [Loaders.Conversation].
func (l *Loaders) Conversations(ctx context.Context, list rest.ConversationList) (*rest.ConversationPage, error) {
	page, err := l.pages.load(ctx, list.Query().Encode(), l.fetchPage(list))
	if err == nil {
		l.rows.add(page.Conversations)
	}
	return page, err
}

// AddRows adds conversations of a full list to the cache of [Loaders.Conversation].
func (l *Loaders) AddRows(rows []*rest.Conversation) { l.rows.add(rows) }

func (l *Loaders) fetchPage(list rest.ConversationList) func(context.Context, string) (*rest.ConversationPage, error) {
	return func(ctx context.Context, _ string) (*rest.ConversationPage, error) {
		return l.clientForLists().Conversations(ctx, list)
	}
}

// attachment identifies an uploaded file.
type attachment struct{ conversationID, fileID string }

// StartFileAccess requests access to an attachment in the background for a later [Loaders.FileAccess].
func (l *Loaders) StartFileAccess(ctx context.Context, file *rest.UploadedFile) {
	if file.HasDerivedID {
		return
	}
	l.fileAccess.start(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileAccess)
}

// FileAccess returns the credentials for a download of an attachment.
func (l *Loaders) FileAccess(ctx context.Context, file *rest.UploadedFile) (*rest.FileAccess, error) {
	if file.HasDerivedID {
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	return l.fileAccess.load(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileAccess)
}

func (l *Loaders) fetchFileAccess(ctx context.Context, file attachment) (*rest.FileAccess, error) {
	return l.clientFor(file.conversationID).FileAccess(ctx, file.conversationID, file.fileID)
}

// StartFileMeta requests the metadata of an attachment in the background for a later [Loaders.FileMeta].
func (l *Loaders) StartFileMeta(ctx context.Context, file *rest.UploadedFile) {
	if file.HasDerivedID {
		return
	}
	l.fileMeta.start(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileMeta)
}

// FileMeta returns the metadata of an attachment. It needs the credentials for its download.
func (l *Loaders) FileMeta(ctx context.Context, file *rest.UploadedFile) (*rest.FileMeta, error) {
	if file.HasDerivedID {
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	return l.fileMeta.load(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileMeta)
}

func (l *Loaders) fetchFileMeta(ctx context.Context, file attachment) (*rest.FileMeta, error) {
	access, err := l.fileAccess.load(ctx, file, l.fetchFileAccess)
	if err != nil {
		return nil, err
	}
	return l.client.FileMeta(ctx, file.fileID, access.Token)
}

// Viewer returns the token's owner.
func (l *Loaders) Viewer(ctx context.Context) (*rest.User, error) {
	return l.viewer.load(ctx, struct{}{}, func(ctx context.Context, _ struct{}) (*rest.User, error) { return l.client.Self(ctx) })
}

// Categories returns all conversation categories. Rows that are not objects are nil. Callers must not change the list.
func (l *Loaders) Categories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	return l.categoryList.load(ctx, struct{}{}, l.public.categories.load)
}

// UploadRules returns mStudio's rules for the files of messages.
func (l *Loaders) UploadRules(ctx context.Context) (*rest.FileRules, error) {
	return l.uploadRules.load(ctx, struct{}{}, l.public.uploadRules.load)
}

// ListedCategory returns a category of the list. The error has rest.NotFound if the list lacks it.
func (l *Loaders) ListedCategory(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	list, err := l.Categories(ctx)
	if err != nil {
		return nil, err
	}
	for _, category := range list {
		if category != nil && strings.EqualFold(category.ID, id) {
			return category, nil
		}
	}
	return nil, &rest.Error{Code: rest.NotFound}
}

// Category returns a category of the list, or fetches it if the list lacks it, because the shared list may be older than
// the category. The error has rest.NotFound if mStudio does not have it either.
func (l *Loaders) Category(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	listed, err := l.ListedCategory(ctx, id)
	if rest.IsNotFound(err) {
		return l.category.Load(ctx, id)
	}
	return listed, err
}
