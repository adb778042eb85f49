package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// The operations. @include leaves the texts in the gateway without content.
const (
	inboxChanged = `subscription Watch($filter: ConversationFilter, $after: String, $content: Boolean!) {
		inboxChanged(filter: $filter, after: $after) { kind cursor conversationId conversation { ...Row ...History } }
	}` + rowFragment + historyFragment
	listConversations = `query WatchList($filter: ConversationFilter, $after: String) {
		conversations(first: 100, filter: $filter, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Row } }
	}` + rowFragment
	readHistory = `query WatchHistory($id: ID!, $content: Boolean!) { conversation(id: $id) { ...Row ...History } }` + rowFragment + historyFragment

	rowFragment = ` fragment Row on Conversation {
		id shortId title status rawStatus rawVisibility rawNotificationRoles
		category { id } mainUser { id } relatedTo { ... on Reference { id } } sharedWith { ... on Reference { id } }
		lastMessage { createdAt createdBy { id isEmployee } }
	}`
	historyFragment = ` fragment History on Conversation {
		messages(last: 100, includeInternal: true) { nodes {
			type: __typename
			... on MessageItem { id createdAt isInternal }
			... on TextMessage { createdBy { id isEmployee } content @include(if: $content) }
		} }
	}`
)

// maxPages is the maximum number of pages of the list. Older conversations are reported only when they change.
const maxPages = 20

// errStale is the reason for another sync.
var errStale = errors.New("a history lacks the newest message")

// subscribe starts a subscription, after the last event of the one before.
func (w *watch) subscribe(ctx context.Context) {
	variables := map[string]any{"filter": w.Filter, "content": w.Content}
	if w.cursor != "" {
		variables["after"] = w.cursor
	}
	w.source = w.Session.Start(ctx, &graphql.RawParams{Query: inboxChanged, Variables: variables})
	w.source.Notify(func() {
		select {
		case w.ready <- struct{}{}:
		default:
		}
	})
}

func (w *watch) unsubscribe() {
	if w.source != nil {
		w.source.Close()
		w.source = nil
	}
}

// take applies the changes that wait. If the subscription has ended, it starts another one later.
func (w *watch) take() error {
	if w.source == nil {
		return nil
	}
	results, end := w.source.Take()
	for _, result := range results {
		w.failed = 0
		w.apply(result)
	}
	if end == nil {
		return nil
	}
	w.unsubscribe()
	err := errorIn(end.Errors)
	if isPermanent(err) {
		return err
	}
	w.retry(&w.subscribeAt, "subscription", err)
	return nil
}

// retry repeats an operation that failed later.
func (w *watch) retry(at *time.Time, operation string, err error) {
	wait := min(minBackoff<<min(w.failed, 10), maxBackoff)
	w.failed++
	*at = time.Now().Add(wait)
	w.Log.Warn("operation failed", "operation", operation, "error", err, "retryIn", wait.String())
}

// apply queues events for one result of the subscription.
func (w *watch) apply(result []byte) {
	var data struct {
		InboxChanged *struct {
			Kind           model.InboxChangeKind `json:"kind"`
			Cursor         string                `json:"cursor"`
			ConversationID string                `json:"conversationId"`
			Conversation   *conversation         `json:"conversation"`
		} `json:"inboxChanged"`
	}
	err := decode(result, &data)
	change := data.InboxChanged
	if change == nil {
		w.resync(staleInterval, false)
		return
	}
	continued := w.cursor != ""
	w.cursor = change.Cursor
	switch {
	case change.Kind == model.InboxSynced && continued && w.synced: // nothing is missing
	case !w.synced, change.Kind == model.InboxSynced, change.Kind == model.InboxResync:
		w.resync(0, false)
	case change.Kind == model.InboxRemoved:
		w.remove(change.ConversationID)
	case change.Conversation == nil || !w.observe(change.Conversation):
		w.resync(staleInterval, err == nil)
	}
}

// resync reads the list after a time, unless it is read sooner. The final attempt does not wait for stale histories.
func (w *watch) resync(wait time.Duration, final bool) {
	if at := time.Now().Add(wait); w.syncAt.IsZero() || at.Before(w.syncAt) {
		w.syncAt, w.final = at, final
	}
}

// sync compares the list with the entries, and repeats that later if it fails.
func (w *watch) sync(ctx context.Context) error {
	final := w.final
	w.final = false
	err := w.compare(ctx, final)
	switch {
	case err == nil:
		w.failed, w.synced = 0, true
	case isPermanent(err):
		return err
	case errors.Is(err, errStale):
		w.synced = true
		w.resync(staleInterval, true)
	case ctx.Err() == nil:
		w.retry(&w.syncAt, "list", err)
	}
	return nil
}

// compare queues events for the differences between the list and the entries, and reads the histories with new messages. It
// returns errStale if a history lacks the newest message, unless the attempt is final. A new receiver gets no events.
func (w *watch) compare(ctx context.Context, final bool) error {
	rows, all, err := w.list(ctx)
	if err != nil {
		return err
	}
	if !w.synced {
		w.Log.InfoContext(ctx, "watching", "conversations", len(rows))
	}
	isNew := w.state.Conversations == nil
	if isNew {
		w.state.Conversations = map[string]entry{}
	}
	listed := map[string]bool{}
	var stale error
	for i := range rows {
		row := &rows[i]
		listed[row.ID] = true
		if isNew {
			w.learn(row)
			continue
		}
		if w.observe(row) {
			continue
		}
		if err := w.catchUp(ctx, row, final); errors.Is(err, errStale) {
			stale = err
		} else if err != nil {
			return err
		}
	}
	for id := range w.expected {
		if all && !listed[id] {
			w.remove(id)
		}
	}
	return stale
}

// learn takes a conversation as reported.
func (w *watch) learn(row *conversation) {
	known := entry{Hash: row.hash(), Newest: w.state.Since}
	if row.LastMessage != nil {
		known.Newest = row.LastMessage.CreatedAt
	}
	w.expect(row.ID, known)
}

// catchUp reads the history of a conversation with new messages. The final attempt gives a message up that the history
// lacks.
func (w *watch) catchUp(ctx context.Context, row *conversation, final bool) error {
	var data struct {
		Conversation *conversation `json:"conversation"`
	}
	if err := w.query(ctx, readHistory, map[string]any{"id": row.ID, "content": w.Content}, &data); err != nil {
		return err
	}
	if data.Conversation == nil || w.observe(data.Conversation) {
		return nil
	}
	if !final {
		return errStale
	}
	known := w.expected[row.ID]
	known.Newest = data.Conversation.LastMessage.CreatedAt
	w.expect(row.ID, known)
	return nil
}

// list returns the rows of the list, and whether they are all.
func (w *watch) list(ctx context.Context) (rows []conversation, all bool, err error) {
	variables := map[string]any{"filter": w.Filter}
	for range maxPages {
		var data struct {
			Conversations struct {
				PageInfo struct {
					HasNextPage bool   `json:"hasNextPage"`
					EndCursor   string `json:"endCursor"`
				} `json:"pageInfo"`
				Nodes []conversation `json:"nodes"`
			} `json:"conversations"`
		}
		if err := w.query(ctx, listConversations, variables, &data); err != nil {
			return nil, false, err
		}
		rows = append(rows, data.Conversations.Nodes...)
		if !data.Conversations.PageInfo.HasNextPage {
			return rows, true, nil
		}
		variables["after"] = data.Conversations.PageInfo.EndCursor
	}
	return rows, false, nil
}

// query runs a query and decodes its data.
func (w *watch) query(ctx context.Context, text string, variables map[string]any, data any) error {
	source := w.Session.Start(ctx, &graphql.RawParams{Query: text, Variables: variables})
	defer source.Close()
	results, end := source.Take()
	switch {
	case len(results) > 0:
		return decode(results[0], data)
	case end != nil:
		return errorIn(end.Errors)
	}
	return errNoResult
}

// errNoResult is the error for an operation that ended without a result.
var errNoResult = errors.New("the operation ended without a result")

// decode reads the data of a response, and returns its first error.
func decode(result []byte, data any) error {
	var response struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(result, &response); err != nil {
		return err
	}
	if len(response.Data) > 0 {
		if err := json.Unmarshal(response.Data, data); err != nil {
			return err
		}
	}
	if len(response.Errors) > 0 {
		return errorIn(response.Errors)
	}
	return nil
}

// operationError is the first error of an operation. Its message is the gateway's own.
type operationError struct {
	Message    string `json:"message"`
	Extensions struct {
		Code model.Code `json:"code"`
	} `json:"extensions"`
}

// Error returns the message with its code.
func (e operationError) Error() string { return string(e.Extensions.Code) + ": " + e.Message }

// errorIn returns the first of the GraphQL errors in a JSON array.
func errorIn(text json.RawMessage) error {
	var all []operationError
	if json.Unmarshal(text, &all) != nil || len(all) == 0 {
		return errNoResult
	}
	return all[0]
}

// isPermanent reports whether the operation fails each time: the token or the filter is invalid.
func isPermanent(err error) bool {
	failure, ok := errors.AsType[operationError](err)
	if !ok {
		return false
	}
	switch failure.Extensions.Code {
	case model.CodeUnauthenticated, model.CodeBadUserInput, model.CodeValidationFailed, model.CodeComplexityLimitExceeded:
		return true
	default:
		return false
	}
}
