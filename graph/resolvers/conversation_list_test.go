package resolvers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

func TestAlignedPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		start, end int
		limit      int
		skips      []int
	}{
		// A page that starts at a multiple of its size is fetched as it is.
		{0, 20, 20, []int{0}},
		{20, 40, 20, []int{20}},
		{0, 1, 1, []int{0}},
		{399, 400, 1, []int{399}},
		{0, 100, 100, []int{0}},
		{300, 400, 100, []int{300}},
		// Otherwise, the smallest larger page that contains all positions is fetched.
		{1, 21, 21, []int{0}},
		{10, 30, 30, []int{0}},
		{5, 15, 15, []int{0}},
		{19, 39, 39, []int{0}},
		{105, 115, 13, []int{104}},
		{190, 200, 10, []int{190}},
		// No page of at most 100 rows contains positions on both sides of its border.
		{50, 150, 100, []int{0, 100}},
		{399, 499, 100, []int{300, 400}},
		{1, 101, 100, []int{0, 100}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("from %d to %d", test.start, test.end), func(t *testing.T) {
			t.Parallel()
			limit, skips := alignedPages(test.start, test.end)
			if limit != test.limit || !slices.Equal(skips, test.skips) {
				t.Errorf("want %d rows at %v, got %d at %v", test.limit, test.skips, limit, skips)
			}
		})
	}
}

// mStudio requires skip to be a multiple of limit. For every possible page, the calls must comply, fetch all rows, and be
// only one if one suffices.
func TestAlignedPages_EveryPage(t *testing.T) {
	t.Parallel()
	for start := range 401 {
		for size := 1; size <= 100; size++ {
			checkAlignedPages(t, start, start+size)
		}
	}
}

func checkAlignedPages(t *testing.T, start, end int) {
	t.Helper()
	limit, skips := alignedPages(start, end)
	if limit < 1 || limit > 100 || len(skips) < 1 || len(skips) > 2 {
		t.Fatalf("[%d, %d): %d rows at %v", start, end, limit, skips)
	}
	for i, skip := range skips {
		if skip%limit != 0 {
			t.Fatalf("[%d, %d): %d is not a multiple of %d", start, end, skip, limit)
		}
		if i > 0 && skip != skips[i-1]+limit {
			t.Fatalf("[%d, %d): a gap in %d rows at %v", start, end, limit, skips)
		}
	}
	if skips[0] > start || skips[len(skips)-1]+limit < end {
		t.Fatalf("[%d, %d): not covered by %d rows at %v", start, end, limit, skips)
	}
	best := smallestPage(start, end)
	if want := 2 - min(best, 1); len(skips) != want || best > 0 && limit != best {
		t.Fatalf("[%d, %d): want %d calls of %d rows, got %d rows at %v", start, end, want, best, limit, skips)
	}
}

// smallestPage returns the size of the smallest aligned page of at most 100 rows that contains [start, end), or 0 without
// one.
func smallestPage(start, end int) int {
	for limit := 1; limit <= 100; limit++ {
		for skip := 0; skip <= start; skip += limit {
			if skip+limit >= end {
				return limit
			}
		}
	}
	return 0
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	const open, closed = generated.ConversationStateOpen, generated.ConversationStateClosed
	tests := map[string]struct {
		states []generated.ConversationState
		want   []rest.ConversationStatus
	}{
		"not given":     {nil, nil},
		"empty":         {[]generated.ConversationState{}, nil},
		"open":          {[]generated.ConversationState{open}, []rest.ConversationStatus{"open"}},
		"closed":        {[]generated.ConversationState{closed}, []rest.ConversationStatus{"closed"}},
		"open, twice":   {[]generated.ConversationState{open, open}, []rest.ConversationStatus{"open"}},
		"both are all":  {[]generated.ConversationState{open, closed}, nil},
		"in any order":  {[]generated.ConversationState{closed, open}, nil},
		"mixed, thrice": {[]generated.ConversationState{closed, open, closed}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, states(test.states)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// ascending and descending return sort keys.
func ascending(field generated.ConversationOrderField) *generated.ConversationOrder {
	return &generated.ConversationOrder{Field: field, Direction: generated.OrderDirectionAsc}
}

func descending(field generated.ConversationOrderField) *generated.ConversationOrder {
	return &generated.ConversationOrder{Field: field, Direction: generated.OrderDirectionDesc}
}

func TestSortKeys(t *testing.T) {
	t.Parallel()
	const (
		createdAt     = generated.ConversationOrderFieldCreatedAt
		lastMessageAt = generated.ConversationOrderFieldLastMessageAt
		title         = generated.ConversationOrderFieldTitle
		shortID       = generated.ConversationOrderFieldShortID
		id            = generated.ConversationOrderFieldID
	)
	tests := map[string]struct {
		orderBy []*generated.ConversationOrder
		want    []rest.ConversationSort
	}{
		"not given":          {nil, []rest.ConversationSort{{Field: "lastMessage.createdAt", Descending: true}, {Field: "conversationId"}}},
		"created, ascending": {[]*generated.ConversationOrder{ascending(createdAt)}, []rest.ConversationSort{{Field: "createdAt"}, {Field: "conversationId"}}},
		"last message": {
			[]*generated.ConversationOrder{descending(lastMessageAt)},
			[]rest.ConversationSort{{Field: "lastMessage.createdAt", Descending: true}, {Field: "conversationId"}},
		},
		"title and short id": {
			[]*generated.ConversationOrder{ascending(title), descending(shortID)},
			[]rest.ConversationSort{{Field: "title"}, {Field: "shortId", Descending: true}, {Field: "conversationId"}},
		},
		"the id decides already": {
			[]*generated.ConversationOrder{descending(id)},
			[]rest.ConversationSort{{Field: "conversationId", Descending: true}},
		},
		"the id in between": {
			[]*generated.ConversationOrder{ascending(title), descending(id), ascending(createdAt)},
			[]rest.ConversationSort{{Field: "title"}, {Field: "conversationId", Descending: true}, {Field: "createdAt"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sortKeys(test.orderBy)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSortKeys_RejectsAFieldTwice(t *testing.T) {
	t.Parallel()
	for _, field := range generated.AllConversationOrderField {
		t.Run(field.String(), func(t *testing.T) {
			t.Parallel()
			// Either direction is rejected.
			_, err := sortKeys([]*generated.ConversationOrder{ascending(field), ascending(field)})
			wantBadInput(t, err)
			_, err = sortKeys([]*generated.ConversationOrder{ascending(field), descending(field)})
			wantBadInput(t, err)
		})
	}
}

// Each field of the schema sorts by another field of mStudio.
func TestSortField_IsUnique(t *testing.T) {
	t.Parallel()
	seen := map[rest.ConversationSortField]generated.ConversationOrderField{}
	for _, field := range generated.AllConversationOrderField {
		key := sortField(field)
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s are both sent as %s", other, field, key)
		}
		seen[key] = field
	}
}

func TestConversationList(t *testing.T) {
	t.Parallel()
	byDefault, err := sortKeys(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		filter *generated.ConversationFilter
		want   rest.ConversationList
	}{
		"no filter":          {nil, rest.ConversationList{Sort: byDefault}},
		"an empty filter":    {&generated.ConversationFilter{}, rest.ConversationList{Sort: byDefault}},
		"search":             {&generated.ConversationFilter{Search: new("mail")}, rest.ConversationList{Search: "mail", Sort: byDefault}},
		"search with blanks": {&generated.ConversationFilter{Search: new(" \n mail account\t")}, rest.ConversationList{Search: "mail account", Sort: byDefault}},
		"search for nothing": {&generated.ConversationFilter{Search: new("  ")}, rest.ConversationList{Sort: byDefault}},
		"the longest search": {
			&generated.ConversationFilter{Search: new(strings.Repeat("ü", 500) + " ")},
			rest.ConversationList{Search: strings.Repeat("ü", 500), Sort: byDefault},
		},
		"state": {
			&generated.ConversationFilter{State: []generated.ConversationState{generated.ConversationStateClosed}},
			rest.ConversationList{Statuses: []rest.ConversationStatus{"closed"}, Sort: byDefault},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSelection(test.filter, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.list); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !got.conditions.none() {
				t.Error("want no conditions")
			}
		})
	}
	t.Run("too long a search", func(t *testing.T) {
		t.Parallel()
		_, err := newSelection(&generated.ConversationFilter{Search: new(strings.Repeat("ü", 501))}, nil)
		wantBadInput(t, err)
	})
}

// opposite must not change its argument, which another page may use.
func TestOpposite_KeepsItsArgument(t *testing.T) {
	t.Parallel()
	list := rest.ConversationList{Sort: []rest.ConversationSort{{Field: "title"}, {Field: "conversationId", Descending: true}}}
	got := opposite(list)
	want := []rest.ConversationSort{{Field: "title", Descending: true}, {Field: "conversationId"}}
	if diff := cmp.Diff(want, got.Sort); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(list, opposite(got)); diff != "" {
		t.Errorf("opposite of the opposite (-want +got):\n%s", diff)
	}
	if list.Sort[0].Descending {
		t.Error("the argument has changed")
	}
}

func TestNewListPage(t *testing.T) {
	t.Parallel()
	list := rest.ConversationList{Sort: []rest.ConversationSort{{Field: rest.SortID}}}
	scope := model.Scope("conversations?" + list.Query().Encode())
	at := func(position string) *string { return new(scope.Encode(position)) }
	good := map[string]struct {
		arguments  model.PageArguments
		start, end int
	}{
		"no bounds":        {model.PageArguments{}, 0, maxPosition},
		"after":            {model.PageArguments{After: at("19")}, 20, maxPosition},
		"before":           {model.PageArguments{Before: at("19")}, 0, 19},
		"both":             {model.PageArguments{After: at("9"), Before: at("19")}, 10, 19},
		"wrong way":        {model.PageArguments{After: at("19"), Before: at("9")}, 20, 9},
		"the last one":     {model.PageArguments{After: at("1073741822")}, maxPosition - 1, maxPosition},
		"before the first": {model.PageArguments{Before: at("0")}, 0, 0},
	}
	for name, test := range good {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := newListPage(list, test.arguments)
			if err != nil {
				t.Fatal(err)
			}
			if page.start != test.start || page.end != test.end {
				t.Errorf("want [%d, %d), got [%d, %d)", test.start, test.end, page.start, page.end)
			}
		})
	}
	bad := map[string]*string{
		"garbage":               new("garbage"),
		"no number":             at("nineteen"),
		"empty":                 at(""),
		"below zero":            at("-1"),
		"over all bounds":       at("1073741823"),
		"over what is a number": at("99999999999999999999"),
		"of another list":       new(model.Scope("conversations?limit=100").Encode("19")),
	}
	for name, cursor := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newListPage(list, model.PageArguments{After: cursor})
			wantBadInput(t, err)
			_, err = newListPage(list, model.PageArguments{Before: cursor})
			wantBadInput(t, err)
		})
	}
	t.Run("size", func(t *testing.T) {
		t.Parallel()
		_, err := newListPage(list, model.PageArguments{First: new(int32(101))})
		wantBadInput(t, err)
	})
}

func TestListRows_Clip(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ start, end, wantStart, wantCount int }{
		"all of them":          {0, maxPosition, 20, 5},
		"none before the end":  {0, 25, 20, 5},
		"without the first":    {22, maxPosition, 22, 3},
		"without the last":     {0, 23, 20, 3},
		"from the middle":      {21, 24, 21, 3},
		"nothing behind these": {40, maxPosition, 25, 0},
		"nothing before these": {0, 7, 20, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := listRows{start: 20, conversations: make([]*rest.Conversation, 5)}
			rows.clip(test.start, test.end)
			if rows.start != test.wantStart || len(rows.conversations) != test.wantCount {
				t.Errorf("want %d rows from %d, got %d from %d", test.wantCount, test.wantStart, len(rows.conversations), rows.start)
			}
		})
	}
}

func TestListRows_Connection(t *testing.T) {
	t.Parallel()
	row := func(id string) *rest.Conversation { return &rest.Conversation{ID: id} }
	a, b, c := row("a"), row("b"), row("c")
	type edges map[string]string // IDs by position
	tests := map[string]struct {
		rows                 listRows
		want                 edges
		unreadable           int
		hasPrevious, hasNext bool
	}{
		"the whole list":    {listRows{conversations: []*rest.Conversation{a, b, c}, total: 3, full: true}, edges{"0": "a", "1": "b", "2": "c"}, 0, false, false},
		"its start":         {listRows{conversations: []*rest.Conversation{a, b}, total: 3, full: true}, edges{"0": "a", "1": "b"}, 0, false, true},
		"its middle":        {listRows{start: 1, conversations: []*rest.Conversation{b}, total: 3, full: true}, edges{"1": "b"}, 0, true, true},
		"its end":           {listRows{start: 1, conversations: []*rest.Conversation{b, c}, total: 3}, edges{"1": "b", "2": "c"}, 0, true, false},
		"an empty list":     {listRows{}, edges{}, 0, false, false},
		"behind its end":    {listRows{start: 40, total: 3}, edges{}, 0, true, false},
		"of unknown length": {listRows{conversations: []*rest.Conversation{a, b}, total: -1, full: true}, edges{"0": "a", "1": "b"}, 0, false, true},
		"a page not full":   {listRows{start: 20, conversations: []*rest.Conversation{a}, total: -1}, edges{"20": "a"}, 0, true, false},
		"an unreadable row": {listRows{start: 5, conversations: []*rest.Conversation{a, nil, c}, total: 8, full: true}, edges{"5": "a", "7": "c"}, 1, true, false},
		"nothing readable":  {listRows{conversations: []*rest.Conversation{nil, nil}, total: 3, full: true}, edges{}, 2, false, true},
	}
	const scope = model.Scope("conversations")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection := test.rows.connection(scope)
			got := edges{}
			for _, edge := range connection.Edges() {
				position, err := scope.Decode(edge.Cursor)
				if err != nil {
					t.Fatal(err)
				}
				got[position] = edge.Node.ID
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("edges (-want +got):\n%s", diff)
			}
			if got := test.rows.unreadable(); got != test.unreadable {
				t.Errorf("unreadable: want %d, got %d", test.unreadable, got)
			}
			if info := connection.PageInfo(); info.HasPreviousPage != test.hasPrevious || info.HasNextPage != test.hasNext {
				t.Errorf("previous and next: want %t and %t, got %t and %t", test.hasPrevious, test.hasNext, info.HasPreviousPage, info.HasNextPage)
			}
			wantTotal(t, test.rows.total, connection.TotalCount)
		})
	}
}

// wantTotal fails the test unless got is the total, or nil if the total is negative.
func wantTotal(t *testing.T, want int, got *int) {
	t.Helper()
	if want < 0 {
		if got != nil {
			t.Errorf("total: want none, got %d", *got)
		}
		return
	}
	if got == nil || *got != want {
		t.Errorf("total: want %d, got %v", want, got)
	}
}
