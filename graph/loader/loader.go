// Package loader fetches the upstream data of one operation. Each object is fetched once, each call starts as soon as its
// arguments are known, and independent calls run concurrently.
package loader

import (
	"context"
	"reflect"
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
	FileAccess   perFile[*rest.FileAccess] // the credentials for a download
	FileMeta     perFile[*rest.FileMeta]   // needs the credentials

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
	l.FileAccess.fetch = l.fetchFileAccess
	l.FileMeta.fetch = l.fetchFileMeta
	l.apps.fetch = client.AppInstallations
	l.containers.fetch = client.Services
	l.extensions.fetch = client.ExtensionInstances
	l.servers.fetch = client.Servers
	l.category.fetch = client.ConversationCategory
	l.batches = sync.OnceValue(l.newBatches)
	return l
}

// newBatches returns the batches by the types of their objects.
func (l *Loaders) newBatches() map[reflect.Type]*batch {
	return map[reflect.Type]*batch{
		reflect.TypeFor[*rest.User]():              newBatch(nil, l.client.User),
		reflect.TypeFor[*rest.Customer]():          newBatch(&l.Customers, l.client.Customer),
		reflect.TypeFor[*rest.Project]():           newBatch(&l.Projects, l.client.Project),
		reflect.TypeFor[*rest.AppInstallation]():   newBatch(nil, l.client.AppInstallation),
		reflect.TypeFor[*rest.PlacementGroup]():    newBatch(&l.servers, l.client.Server),
		reflect.TypeFor[*rest.ExtensionInstance](): newBatch(nil, l.client.ExtensionInstance),
		reflect.TypeFor[*rest.Container]():         newBatch(&l.containers, l.client.Service),
	}
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

// clientFor returns the client for calls about a conversation.
func (l *Loaders) clientFor(conversationID string) *rest.Client {
	return l.withEvent(l.events.of(conversationID))
}

// clientForLists returns the client for calls about more than one conversation.
func (l *Loaders) clientForLists() *rest.Client { return l.withEvent(l.events.last()) }

func (l *Loaders) withEvent(event rest.EventID) *rest.Client {
	if event == "" {
		return l.client
	}
	return l.client.AfterEvent(event, l.events.giveUp)
}

// Viewer returns the token's owner.
func (l *Loaders) Viewer(ctx context.Context) (*rest.User, error) {
	return l.viewer.load(ctx, struct{}{}, func(ctx context.Context, _ struct{}) (*rest.User, error) { return l.client.Self(ctx) })
}
