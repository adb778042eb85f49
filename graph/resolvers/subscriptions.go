package resolvers

import (
	"cmp"
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/rest"
)

type targetKey struct{}

// WithTarget returns a context in which the resolver of a subscription sets target.
func WithTarget(ctx context.Context, target *watcher.Target) context.Context {
	return context.WithValue(ctx, targetKey{}, target)
}

// setTarget sets the target of the subscription.
func setTarget(ctx context.Context, target watcher.Target) {
	if wanted, ok := ctx.Value(targetKey{}).(*watcher.Target); ok {
		*wanted = target
	}
}

// InboxChanged resolves Subscription.inboxChanged. The channel is not used: see [WithTarget] and [Event].
func (subscription) InboxChanged(ctx context.Context, filter *generated.ConversationFilter, after *string) (<-chan *model.InboxChange, error) {
	selected, err := inboxFilter(filter)
	if err == nil {
		setTarget(ctx, watcher.Target{Filter: selected, After: valueOf(after)})
	}
	return nil, err
}

// inboxFilter returns a filter that checks all conditions on the rows of the unfiltered list.
func inboxFilter(filter *generated.ConversationFilter) (*watcher.Filter, error) {
	var checked conditions
	if filter == nil {
		filter = &generated.ConversationFilter{}
	}
	if strings.TrimSpace(valueOf(filter.Search)) != "" {
		return nil, model.BadInput("A subscription cannot use `filter.search`, because only mStudio can evaluate it.")
	}
	for _, state := range states(filter.States) {
		checked.add("state", []string{string(state)}, func(row *rest.Conversation) bool { return row.IsClosed() == (state == rest.StatusClosed) })
	}
	checked.statuses(statuses(filter.Statuses))
	err := cmp.Or(checked.exclude(filter.Not), checked.require(filter))
	return &watcher.Filter{Key: checked.scopeKey.Encode(), Match: checked.matches}, err
}

// ConversationChanged resolves Subscription.conversationChanged.
func (subscription) ConversationChanged(ctx context.Context, id string, after *string) (<-chan *model.ConversationChange, error) {
	canonical, err := rest.ParseID(id)
	if err != nil {
		return nil, model.BadInput("`id` must be a UUID.")
	}
	setTarget(ctx, watcher.Target{ConversationID: canonical, After: valueOf(after)})
	return nil, nil //nolint:nilnil // the channel is not used
}

// Event returns the resolver of an event. It starts the upstream calls of the fields on the event's conversation.
func Event(change any) graphql.Resolver {
	return func(ctx context.Context) (any, error) {
		var changed *rest.Conversation
		switch change := change.(type) {
		case *model.InboxChange:
			changed = change.Conversation
		case *model.ConversationChange:
			changed = change.Conversation
			if change.IsDoubtful {
				reportHidden(ctx)
			}
		}
		if plan := currentPlan(ctx); plan != nil && changed != nil {
			prefetchFields(ctx, plan, changed)
		}
		return change, nil
	}
}
