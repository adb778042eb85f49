package resolvers

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxAlternatives is the maximum number of elements of a condition.
const maxAlternatives = 100

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

// matching returns the rows that meet the conditions, in a new slice.
func (c *conditions) matching(rows []*rest.Conversation) (found []*rest.Conversation) {
	for _, row := range rows {
		if c.matches(row) {
			found = append(found, row)
		}
	}
	return found
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

// require adds the conditions that mStudio cannot check. Whether it can check the status depends on the state.
func (c *conditions) require(filter *generated.ConversationFilter) error {
	c.lastMessageBy(filter.LastMessageBy)
	c.visibilities(filter.Visibilities)
	c.times("createdAt", filter.CreatedAt, func(row *rest.Conversation) *time.Time { return rest.KnownTime(row.CreatedAt) })
	c.times("lastMessageAt", filter.LastMessageAt, func(row *rest.Conversation) *time.Time {
		if row.LastMessage == nil {
			return nil
		}
		return rest.KnownTime(row.LastMessage.CreatedAt)
	})
	return cmp.Or(
		c.categories(filter.CategoryIds),
		c.references("relatedTo", filter.RelatedTo, func(row *rest.Conversation) rest.Reference { return row.RelatedTo }),
		c.references("sharedWith", filter.SharedWith, func(row *rest.Conversation) rest.Reference { return row.SharedWith }),
		c.users("mainUserIds", filter.MainUserIds, func(row *rest.Conversation) *rest.User { return row.MainUser }),
		c.users("createdBy", filter.CreatedBy, func(row *rest.Conversation) *rest.User { return row.CreatedBy }),
	)
}

// exclude adds the condition that a conversation meets none of the exclusions.
func (c *conditions) exclude(exclusions []*generated.ConversationExclusion) error {
	if err := checkAlternatives("not", len(exclusions)); err != nil {
		return err
	}
	var texts []string
	var excluded []*conditions
	for _, exclusion := range exclusions {
		each := &conditions{}
		each.statuses(statuses(exclusion.Statuses))
		if err := each.require(filterOf(exclusion)); err != nil {
			return err
		}
		if !each.none() {
			texts, excluded = append(texts, each.scopeKey.Encode()), append(excluded, each)
		}
	}
	c.add("not", texts, func(row *rest.Conversation) bool {
		return !slices.ContainsFunc(excluded, func(each *conditions) bool { return each.matches(row) })
	})
	return nil
}

// filterOf returns the filter with the conditions of an exclusion that the gateway always checks itself.
func filterOf(exclusion *generated.ConversationExclusion) *generated.ConversationFilter {
	return &generated.ConversationFilter{
		CategoryIds: exclusion.CategoryIds, RelatedTo: exclusion.RelatedTo, SharedWith: exclusion.SharedWith, MainUserIds: exclusion.MainUserIds,
		CreatedBy: exclusion.CreatedBy, Visibilities: exclusion.Visibilities, CreatedAt: exclusion.CreatedAt,
		LastMessageAt: exclusion.LastMessageAt, LastMessageBy: exclusion.LastMessageBy,
	}
}

func (c *conditions) statuses(wanted []rest.ConversationStatus) {
	c.add("statuses", textsOf(wanted), func(row *rest.Conversation) bool { return slices.Contains(wanted, row.Status) })
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

func (c *conditions) visibilities(given []generated.ConversationVisibilityFilter) {
	var wanted []rest.ConversationVisibility
	for _, name := range given {
		if visibility := rest.ConversationVisibility(strings.ToLower(string(name))); !slices.Contains(wanted, visibility) {
			wanted = append(wanted, visibility)
		}
	}
	c.add("visibilities", textsOf(wanted), func(row *rest.Conversation) bool { return slices.Contains(wanted, row.Visibility) })
}

func textsOf[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// times compares milliseconds, because clients see no more of a time. A row without the time does not match.
func (c *conditions) times(name string, period *generated.DateTimeRange, of func(*rest.Conversation) *time.Time) {
	if period == nil || period.After == nil && period.Before == nil {
		return
	}
	var limits [2]string
	for i, limit := range []*time.Time{period.After, period.Before} {
		if limit != nil {
			limits[i] = strconv.FormatInt(limit.UnixMilli(), 10)
		}
	}
	c.add(name, []string{strings.Join(limits[:], "/")}, func(row *rest.Conversation) bool {
		at := of(row)
		return at != nil && (period.After == nil || at.UnixMilli() > period.After.UnixMilli()) &&
			(period.Before == nil || at.UnixMilli() < period.Before.UnixMilli())
	})
}

func (c *conditions) categories(ids []string) error {
	if err := checkAlternatives("categoryIds", len(ids)); err != nil {
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

// users accepts all IDs, because mStudio documents those of users as plain strings.
func (c *conditions) users(name string, ids []string, of func(*rest.Conversation) *rest.User) error {
	wanted := make([]string, len(ids))
	for i, id := range ids {
		wanted[i] = strings.ToLower(id)
	}
	c.add(name, wanted, func(row *rest.Conversation) bool {
		user := of(row)
		return user != nil && slices.Contains(wanted, strings.ToLower(user.ID))
	})
	return checkAlternatives(name, len(ids))
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
		return row.LastMessage.CreatedBy.IsStaff() == (*author == generated.MessageAuthorEmployee)
	})
}

func (c *conditions) references(name string, given []*generated.ReferenceFilter, of func(*rest.Conversation) rest.Reference) error {
	if err := checkAlternatives(name, len(given)); err != nil {
		return err
	}
	wanted, texts := map[referenceTest]bool{}, make([]string, 0, len(given))
	for _, reference := range given {
		test, err := newReferenceTest(reference)
		if err != nil {
			return err
		}
		wanted[test] = true
		texts = append(texts, test.kind+"/"+test.id)
	}
	c.add(name, texts, func(row *rest.Conversation) bool {
		return slices.ContainsFunc(testsOf(of(row)), func(test referenceTest) bool { return wanted[test] })
	})
	return nil
}

// referenceTest is a condition for a reference: its kind or its ID, or both.
type referenceTest struct{ kind, id string }

// noReference is the kind of a test that matches if there is no reference.
const noReference = "none"

func newReferenceTest(given *generated.ReferenceFilter) (test referenceTest, err error) {
	isNone := valueOf(given.Type) == generated.ReferenceTypeFilterNone
	if given.ID == nil && given.Type == nil || given.ID != nil && isNone {
		return test, model.BadInput("A reference in `filter` must have an `id`, a `type` or both, and no `id` with the type `NONE`.")
	}
	if given.ID != nil {
		test.id, err = rest.ParseID(*given.ID)
	}
	switch {
	case isNone:
		test.kind = noReference
	case given.Type != nil:
		test.kind = kindOf(referenceTo(*given.Type, ""))
	}
	return test, err
}

// testsOf returns the tests that a reference passes.
func testsOf(reference rest.Reference) []referenceTest {
	if reference == nil {
		return []referenceTest{{kind: noReference}}
	}
	kind, id := kindOf(reference), strings.ToLower(rest.ReferenceID(reference))
	return []referenceTest{{kind: kind}, {id: id}, {kind, id}}
}

func checkAlternatives(name string, count int) error {
	if count > maxAlternatives {
		return model.BadInput(fmt.Sprintf("`filter.%s` must have at most %d elements.", name, maxAlternatives))
	}
	return nil
}
