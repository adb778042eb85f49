package resolvers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxSearch is the maximum length of a search text in characters. The text is part of a URL.
const maxSearch = 500

// selection is a filter with an order: the part that mStudio applies, and the conditions that the gateway checks.
type selection struct {
	list       rest.ConversationList
	conditions conditions
	// mayAddState reports whether the statuses exclude closed conversations but the list does not.
	mayAddState bool
}

// newSelection returns the selection for the arguments filter and orderBy.
func newSelection(filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder) (*selection, error) {
	selected := &selection{}
	if filter != nil {
		if err := selected.filter(filter); err != nil {
			return nil, err
		}
	}
	sort, err := sortKeys(orderBy)
	selected.list.Sort = sort
	return selected, err
}

func (s *selection) filter(filter *generated.ConversationFilter) error {
	if filter.Search != nil {
		s.list.Search = strings.TrimSpace(*filter.Search)
	}
	if utf8.RuneCountInString(s.list.Search) > maxSearch {
		return model.BadInput("`filter.search` must be at most 500 characters.")
	}
	s.list.Statuses = states(filter.States)
	s.filterStatuses(filter.Statuses)
	if err := s.conditions.exclude(filter.Not); err != nil {
		return err
	}
	return s.conditions.require(filter)
}

// exact returns the conversation whose short ID is the search text, or nil. mStudio does not document that its search reads
// short IDs. A lookup that fails leaves the search, unless that would fail as well.
func (s *selection) exact(ctx context.Context) (*rest.Conversation, error) {
	if !isShortID(s.list.Search) {
		return nil, nil //nolint:nilnil // no short ID
	}
	shortID, err := rest.ParseShortID(s.list.Search)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // other characters
	}
	found, err := loader.From(ctx).ConversationByShortID(ctx, shortID)
	switch {
	case err != nil && (ctx.Err() != nil || rest.IsForCaller(err)):
		return nil, err
	case err != nil, len(s.list.Statuses) > 0 && found.IsClosed() != slices.Contains(s.list.Statuses, rest.StatusClosed):
		return nil, nil //nolint:nilerr,nilnil // not found
	}
	return found, nil
}

// isShortID reports whether a text looks like mStudio's short IDs, such as c-4e7tz3: a letter and six characters. A lookup of
// other texts would cost calls for each search of one word.
func isShortID(text string) bool {
	kind, number, found := strings.Cut(text, "-")
	return found && len(kind) == 1 && len(number) == 6 && !strings.Contains(number, "-")
}

// states returns the statuses that mStudio's list is filtered by. All states together are no filter.
func states(given []generated.ConversationState) []rest.ConversationStatus {
	distinct := statuses(given)
	if len(distinct) == 1 {
		return distinct
	}
	return nil
}

// filterStatuses has mStudio select closed conversations, the only status that the parameter of its list and the rows have
// in common. All rows of the closed list have this status. mStudio does not document which rows it lists as open, so the
// gateway checks all other statuses itself.
func (s *selection) filterStatuses(given []generated.ConversationStatusFilter) {
	wanted := statuses(given)
	onlyClosed := []rest.ConversationStatus{rest.StatusClosed}
	includesClosed, all := slices.Contains(wanted, rest.StatusClosed), s.list.Statuses == nil
	switch {
	case all && slices.Equal(wanted, onlyClosed), includesClosed && slices.Equal(s.list.Statuses, onlyClosed):
		s.list.Statuses = onlyClosed
	default:
		s.conditions.statuses(wanted)
		s.mayAddState = all && len(wanted) > 0 && !includesClosed
	}
}
