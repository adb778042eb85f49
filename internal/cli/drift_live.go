package cli

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	noticed "mstudio-graphql/gateway/telemetry/drift"
	"mstudio-graphql/internal/drift"
	"mstudio-graphql/rest"
)

const (
	// maxLiveCalls and liveTimeout limit a live report. It needs at most one call per endpoint.
	maxLiveCalls = 30
	liveTimeout  = 2 * time.Minute
	// liveRows is the number of conversations that a live report reads.
	liveRows = 50
)

// liveReport reads each endpoint once.
type liveReport struct {
	client *rest.Client
	found  *drift.Live
	notes  int   // differences that the client has noticed
	err    error // the first failure, after which nothing more is read
}

// readLive adds the differences that responses of mStudio show.
func readLive(ctx context.Context, client *rest.Client, found *drift.Live) error {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	l := &liveReport{client: client.WithLimits(rest.Limits{Calls: maxLiveCalls, Parallel: 1}), found: found}
	detector := noticed.New(slog.New(slog.DiscardHandler), l.note)
	ctx = rest.WithTrace(ctx, &rest.Trace{Drift: detector.Note, Document: found.Read})
	l.conversations(ctx)
	l.references(ctx)
	return l.err
}

func (l *liveReport) note(d rest.Drift) {
	l.notes++
	l.found.Add(drift.Notice{Kind: string(d.Kind), Route: d.Route, Field: d.Field, Value: d.Value})
}

// list reads an endpoint that needs no ID.
func list[T any](ctx context.Context, l *liveReport, route string, read func(*rest.Client, context.Context) (T, error)) (value T) {
	if l.err != nil {
		return value
	}
	notes := l.notes
	value, err := read(l.client, ctx)
	switch {
	case rest.IsNotFound(err):
		l.found.Gone(route)
	default:
		l.check(route, err, l.notes > notes)
	}
	return value
}

// one reads an endpoint of the object with an ID. It reads nothing if the account has none.
func one[T any](ctx context.Context, l *liveReport, route, id string, read func(*rest.Client, context.Context, string) (T, error)) (value T) {
	if l.err != nil {
		return value
	}
	if id == "" {
		l.found.Skip(route, "no object to read")
		return value
	}
	notes := l.notes
	value, err := read(l.client, ctx, id)
	l.check(route, err, l.notes > notes)
	return value
}

// check handles the error of a read. A response that cannot be read is a difference, which the client has noticed.
func (l *liveReport) check(route string, err error, isNoticed bool) {
	switch {
	case err == nil, rest.IsRejected(err) && isNoticed:
	case rest.IsHidden(err):
		l.found.Skip(route, "no access")
	case isUnsent(err):
		l.found.Skip(route, "the ID is no UUID")
	default:
		l.err = err
	}
}

// isUnsent reports whether the client has refused the argument of a call.
func isUnsent(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && failure.Code == rest.BadInput && failure.Status == 0
}

// conversations reads the endpoints of conversations and their files.
func (l *liveReport) conversations(ctx context.Context) {
	page := list(ctx, l, "/conversations", func(c *rest.Client, ctx context.Context) (*rest.ConversationPage, error) {
		return c.Conversations(ctx, rest.ConversationList{Limit: liveRows})
	})
	id := ""
	if page != nil {
		readable := slices.DeleteFunc(page.Conversations, func(c *rest.Conversation) bool { return c == nil })
		id = firstID(readable, func(c *rest.Conversation) string { return c.ID })
	}
	one(ctx, l, "/conversations/{conversationId}", id, (*rest.Client).Conversation)
	one(ctx, l, "/conversations/{conversationId}/members", id, (*rest.Client).Members)
	messages := one(ctx, l, "/conversations/{conversationId}/messages", id, (*rest.Client).Messages)
	l.file(ctx, id, firstFile(messages))
	categories := list(ctx, l, "/conversation-categories", (*rest.Client).ConversationCategories)
	category := firstID(categories, func(c *rest.ConversationCategory) string { return c.ID })
	one(ctx, l, "/conversation-categories/{categoryId}", category, (*rest.Client).ConversationCategory)
	list(ctx, l, "/file-upload-types/conversation/rules", (*rest.Client).UploadRules)
	list(ctx, l, "/notifications", (*rest.Client).UnreadNotifications)
}

// file reads the endpoints of a file, and the first byte of its content.
func (l *liveReport) file(ctx context.Context, conversation, id string) {
	access := one(ctx, l, "/conversations/{conversationId}/files/{fileId}/access-token", id, func(c *rest.Client, ctx context.Context, id string) (*rest.FileAccess, error) {
		return c.FileAccess(ctx, conversation, id)
	})
	if access == nil {
		id, access = "", &rest.FileAccess{}
	}
	one(ctx, l, "/files/{fileId}/meta", id, func(c *rest.Client, ctx context.Context, id string) (*rest.FileMeta, error) {
		return c.FileMeta(ctx, id, access.Token)
	})
	one(ctx, l, "/files/{fileId}", id, func(c *rest.Client, ctx context.Context, id string) (*rest.Download, error) {
		download, err := c.Download(ctx, id, access.Token, rest.DownloadOptions{Range: "bytes=0-0"})
		if err == nil {
			err = download.Body.Close()
		}
		return download, err
	})
}

// references reads the endpoints of users, and of the objects that conversations refer to.
func (l *liveReport) references(ctx context.Context) {
	user := list(ctx, l, "/users/self", (*rest.Client).Self)
	if user == nil {
		user = &rest.User{}
	}
	one(ctx, l, "/users/{userId}", user.ID, (*rest.Client).User)
	customer := entities(ctx, l, "/customers", "/customers/{customerId}", (*rest.Client).Customers, (*rest.Client).Customer)
	one(ctx, l, "/customers/{customerId}/conversation-preferences", customer, (*rest.Client).ConversationPreferences)
	entities(ctx, l, "/projects", "/projects/{projectId}", (*rest.Client).Projects, (*rest.Client).Project)
	entities(ctx, l, "/servers", "/servers/{serverId}", (*rest.Client).Servers, (*rest.Client).Server)
	entities(ctx, l, "/app-installations", "/app-installations/{appInstallationId}", (*rest.Client).AppInstallations, (*rest.Client).AppInstallation)
	entities(ctx, l, "/extension-instances", "/extension-instances/{extensionInstanceId}", (*rest.Client).ExtensionInstances, (*rest.Client).ExtensionInstance)
	list(ctx, l, "/services", (*rest.Client).Services)
}

// entities reads a list and its first object, and returns its ID.
func entities[T rest.Entity](ctx context.Context, l *liveReport, many, single string, readList func(*rest.Client, context.Context) (*rest.EntityList[T], error), read func(*rest.Client, context.Context, string) (T, error)) (id string) {
	if rows := list(ctx, l, many, readList); rows != nil {
		id = firstID(rows.Rows, func(row T) string { return row.EntityID() })
	}
	one(ctx, l, single, id, read)
	return id
}

// firstID returns the first ID of rows. idOf returns "" for a row without one.
func firstID[T any](rows []T, idOf func(T) string) string {
	for _, row := range rows {
		if id := idOf(row); id != "" {
			return id
		}
	}
	return ""
}

// firstFile returns the ID of the first file that can be downloaded.
func firstFile(messages []rest.Message) string {
	for _, message := range messages {
		var files []rest.File
		switch message := message.(type) {
		case *rest.TextMessage:
			files = message.Files
		case *rest.ServiceRequest:
			files = message.Files
		}
		for _, file := range files {
			if uploaded, ok := file.(*rest.UploadedFile); ok && !uploaded.HasDerivedID {
				return uploaded.ID
			}
		}
	}
	return ""
}
