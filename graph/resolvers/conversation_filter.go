package resolvers

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxSearch is the maximum length of a search text in characters. The text is part of a URL.
	maxSearch = 500
	// maxAlternatives is the maximum number of elements of a condition.
	maxAlternatives = 100
)

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
	s.list.Statuses = states(filter.State)
	s.filterStatuses(filter.Status)
	s.conditions.lastMessageBy(filter.LastMessageBy)
	if err := s.conditions.categories(filter.CategoryID); err != nil {
		return err
	}
	err := s.conditions.references("relatedTo", filter.RelatedTo, func(row *rest.Conversation) rest.Reference { return row.RelatedTo })
	if err != nil {
		return err
	}
	return s.conditions.references("sharedWith", filter.SharedWith, func(row *rest.Conversation) rest.Reference { return row.SharedWith })
}

// load returns a page of the selected conversations.
func (s *selection) load(ctx context.Context, arguments model.PageArguments) (*model.ConversationConnection, error) {
	if s.conditions.none() {
		page, err := newListPage(s.list, arguments)
		if err != nil {
			return nil, err
		}
		return page.load(ctx)
	}
	page, err := newFullListPage(s, nil, arguments)
	if err != nil {
		return nil, err
	}
	return page.load(ctx)
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

// statuses returns the distinct statuses of an enum's values.
func statuses[T ~string](given []T) []rest.ConversationStatus {
	var all []rest.ConversationStatus
	for _, status := range given {
		all = append(all, statusOf(status))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// statusOf returns the status for a value of ConversationStatusFilter, or of an enum with some of its values.
func statusOf[T ~string](status T) rest.ConversationStatus {
	switch generated.ConversationStatusFilter(status) {
	case generated.ConversationStatusFilterOpen:
		return rest.StatusOpen
	case generated.ConversationStatusFilterAnswered:
		return rest.StatusAnswered
	case generated.ConversationStatusFilterInProgress:
		return rest.StatusInProgress
	case generated.ConversationStatusFilterWaiting:
		return rest.StatusWaiting
	default:
		return rest.StatusClosed
	}
}

// conditions are the conditions that the gateway checks itself.
type conditions struct {
	tests []func(row *rest.Conversation) bool
	// scopeKey identifies the conditions in the scope of cursors.
	scopeKey url.Values
}

func (c *conditions) none() bool { return len(c.tests) == 0 }

func (c *conditions) matches(row *rest.Conversation) bool {
	for _, test := range c.tests {
		if !test(row) {
			return false
		}
	}
	return true
}

// add adds a condition, unless it has no alternatives. The order of the alternatives does not matter.
func (c *conditions) add(name string, alternatives []string, test func(row *rest.Conversation) bool) {
	if len(alternatives) == 0 {
		return
	}
	if c.scopeKey == nil {
		c.scopeKey = url.Values{}
	}
	c.tests = append(c.tests, test)
	c.scopeKey[name] = slices.Compact(slices.Sorted(slices.Values(alternatives)))
}

func (c *conditions) statuses(wanted []rest.ConversationStatus) {
	var texts []string
	for _, status := range wanted {
		texts = append(texts, string(status))
	}
	c.add("status", texts, func(row *rest.Conversation) bool { return slices.Contains(wanted, row.Status) })
}

func (c *conditions) categories(ids []string) error {
	if err := checkAlternatives("categoryId", len(ids)); err != nil {
		return err
	}
	wanted := make([]string, 0, len(ids))
	for _, id := range ids {
		canonical, err := rest.ParseID(id)
		if err != nil {
			return err
		}
		wanted = append(wanted, canonical)
	}
	c.add("category", wanted, func(row *rest.Conversation) bool {
		return row.Category != nil && slices.Contains(wanted, strings.ToLower(row.Category.ID))
	})
	return nil
}

// lastMessageBy treats authors without an employee flag as customers, because mStudio does not always send the flag.
func (c *conditions) lastMessageBy(author *generated.MessageAuthor) {
	if author == nil {
		return
	}
	c.add("author", []string{string(*author)}, func(row *rest.Conversation) bool {
		if row.LastMessage == nil || row.LastMessage.CreatedBy == nil {
			return false
		}
		isEmployee := row.LastMessage.CreatedBy.IsEmployee
		return (isEmployee != nil && *isEmployee) == (*author == generated.MessageAuthorEmployee)
	})
}

func (c *conditions) references(name string, given []*generated.ReferenceFilter, of func(*rest.Conversation) rest.Reference) error {
	if err := checkAlternatives(name, len(given)); err != nil {
		return err
	}
	wanted, texts := map[string][]string{}, make([]string, 0, len(given))
	for _, reference := range given {
		id, err := rest.ParseID(reference.ID)
		if err != nil {
			return err
		}
		kind := ""
		if reference.Type != nil {
			kind = kindOf(referenceTo(*reference.Type, id))
		}
		wanted[id] = append(wanted[id], kind)
		texts = append(texts, kind+"/"+id)
	}
	c.add(name, texts, func(row *rest.Conversation) bool {
		reference := of(row)
		return reference != nil && slices.ContainsFunc(wanted[strings.ToLower(rest.ReferenceID(reference))], func(kind string) bool {
			return kind == "" || isKind(reference, kind)
		})
	})
	return nil
}

func checkAlternatives(name string, count int) error {
	if count > maxAlternatives {
		return model.BadInput(fmt.Sprintf("`filter.%s` must have at most %d elements.", name, maxAlternatives))
	}
	return nil
}

// isKind ignores case, like the decoder of references.
func isKind(reference rest.Reference, kind string) bool {
	return strings.EqualFold(reference.Domain()+"/"+reference.Aggregate(), kind)
}

// kindOf returns mStudio's domain and aggregate for the type of a reference.
func kindOf(reference rest.Reference) string { return reference.Domain() + "/" + reference.Aggregate() }
