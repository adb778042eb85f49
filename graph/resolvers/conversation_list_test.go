package resolvers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

func TestAlignedPage(t *testing.T) {
	t.Parallel()
	tests := []struct{ start, end, limit, skip int }{
		// A page that starts at a multiple of its size is fetched as it is.
		{0, 20, 20, 0},
		{20, 40, 20, 20},
		{0, 1, 1, 0},
		{399, 400, 1, 399},
		{0, 100, 100, 0},
		{300, 400, 100, 300},
		// Otherwise, the smallest larger page that contains all positions is fetched.
		{1, 21, 21, 0},
		{10, 30, 30, 0},
		{19, 40, 40, 0},
		{39, 60, 30, 30},
		{105, 115, 13, 104},
		{190, 200, 10, 190},
		{49, 100, 100, 0},
		// A page of more than 50 rows and its neighbor may need a larger one.
		{50, 150, 150, 0},
		{99, 200, 200, 0},
		{199, 300, 150, 150},
		{100, 201, 201, 0},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("from %d to %d", test.start, test.end), func(t *testing.T) {
			t.Parallel()
			limit, skip := alignedPage(test.start, test.end)
			if limit != test.limit || skip != test.skip {
				t.Errorf("want %d rows at %d, got %d at %d", test.limit, test.skip, limit, skip)
			}
		})
	}
}

// mStudio requires skip to be a multiple of limit. One call must suffice for every page with a neighbor, and its limit must
// be one that mStudio certainly allows if the page has less than 50 rows and its cursor comes from a page of the same size.
func TestAlignedPage_EveryPage(t *testing.T) {
	t.Parallel()
	for start := range 5000 {
		for size := 1; size <= 101; size++ {
			limit, skip := alignedPage(start, start+size)
			if limit < size || limit > maxLimit || skip%limit != 0 || skip > start || skip+limit < start+size {
				t.Fatalf("[%d, %d): %d rows at %d", start, start+size, limit, skip)
			}
		}
	}
	for size := 1; size < 50; size++ {
		for start := size; start < 5000; start += size {
			forward, _ := alignedPage(start-1, start+size)
			backward, _ := alignedPage(start, start+size+1)
			if forward > safeLimit || backward > safeLimit {
				t.Fatalf("pages of %d from %d: limits %d and %d", size, start, forward, backward)
			}
		}
	}
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
			&generated.ConversationFilter{States: []generated.ConversationState{generated.ConversationStateClosed}},
			rest.ConversationList{Statuses: []rest.ConversationStatus{"closed"}, Sort: byDefault},
		},
		"statuses that a closed list implies": {
			&generated.ConversationFilter{
				States:   []generated.ConversationState{generated.ConversationStateClosed},
				Statuses: []generated.ConversationStatusFilter{generated.ConversationStatusFilterWaiting, generated.ConversationStatusFilterClosed},
			},
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

func TestNewListPage_Cursors(t *testing.T) {
	t.Parallel()
	list := rest.ConversationList{Sort: []rest.ConversationSort{{Field: rest.SortCreatedAt}, {Field: rest.SortID}}}
	scope := model.Scope("conversations?" + list.Query().Encode())
	good := map[string]anchor{
		`["19","1756300000.125000000","a"]`:           {position: 19, keys: []sortKey{{at: time.Unix(1756300000, 125_000_000).UTC()}, {text: "a"}}},
		`["1073741822","-62135596800.000000000","a"]`: {position: maxPosition - 2, keys: []sortKey{{}, {text: "a"}}},
		"7": {position: 7}, // an unreadable row
	}
	for text, want := range good {
		cursor := scope.Encode(text)
		page, err := newListPage(list, model.PageArguments{After: &cursor, Before: &cursor})
		if err != nil {
			t.Fatal(text, err)
		}
		for _, got := range []*anchor{page.after, page.before} {
			if diff := cmp.Diff(&want, got, cmp.AllowUnexported(anchor{}, sortKey{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		}
	}
	bad := []string{
		"", "nineteen", "-1", "1073741823", "99999999999999999999", "{}", `[]`, `["1"]`, `["1","2"]`, `["1","2","a","b"]`, `["1",2,"a"]`,
		`["x","1756300000.125000000","a"]`, `["-1","1756300000.125000000","a"]`, `["1073741823","1756300000.125000000","a"]`, `["1","yesterday","a"]`,
	}
	cursors := []string{"garbage", model.Scope("conversations?limit=100").Encode("19")}
	for _, text := range bad {
		cursors = append(cursors, scope.Encode(text))
	}
	for _, cursor := range cursors {
		_, err := newListPage(list, model.PageArguments{After: &cursor})
		wantBadInput(t, err)
		_, err = newListPage(list, model.PageArguments{Before: &cursor})
		wantBadInput(t, err)
	}
	_, err := newListPage(list, model.PageArguments{First: new(int32(101))})
	wantBadInput(t, err)
}

// rowsOf returns rows with a letter as ID. A dot is an unreadable row.
func rowsOf(letters string) []*rest.Conversation {
	var rows []*rest.Conversation
	for _, letter := range letters {
		if letter == '.' {
			rows = append(rows, nil)
		} else {
			rows = append(rows, &rest.Conversation{ID: string(letter), Title: string(letter)})
		}
	}
	return rows
}

func listPartOf(position int, letters string, total int) listPart {
	return listPart{isLast: position+len(letters) >= total, Part: model.Part[*rest.Conversation]{
		Rows: rowsOf(letters), Position: position, HasMore: position+len(letters) < total, Total: &total,
	}}
}

func TestSortedList_Find(t *testing.T) {
	t.Parallel()
	byShortID := rest.ConversationList{Sort: []rest.ConversationSort{{Field: rest.SortShortID}, {Field: rest.SortID}}} // titles need more rows
	list := sortedList{byShortID, conversationOrder([]rest.ConversationSort{{Field: rest.SortTitle}, {Field: rest.SortID}}, createdAt)}
	tests := map[string]struct {
		part          listPart
		anchor        string
		hint          int
		after, before int
		isCertain     bool // in both directions
	}{
		"the anchor":                         {listPartOf(3, "defg", 9), "e", 4, 2, 1, true},
		"the anchor, elsewhere":              {listPartOf(3, "defg", 9), "e", 7, 2, 1, true},
		"the anchor, at an edge":             {listPartOf(3, "defg", 9), "d", 3, 1, 0, true},
		"the anchor is gone":                 {listPartOf(3, "cdfg", 9), "e", 4, 2, 2, true},
		"all rows are after it":              {listPartOf(3, "defg", 9), "b", 4, 0, 0, false},
		"all rows are before it":             {listPartOf(3, "defg", 9), "x", 4, 4, 4, false},
		"before the first row of the list":   {listPartOf(0, "bcde", 9), "a", 4, 0, 0, true},
		"after the last row of the list":     {listPartOf(5, "fghi", 9), "x", 4, 4, 4, true},
		"an empty list":                      {listPartOf(0, "", 0), "x", 4, 0, 0, true},
		"behind the end of the list":         {listPartOf(20, "", 9), "x", 20, 0, 0, false},
		"unreadable rows":                    {listPartOf(3, ".d.f.", 9), "e", 4, 2, 3, true},
		"another order":                      {listPartOf(3, "gedf", 9), "x", 4, 2, 1, false},
		"another order, the whole list":      {listPartOf(0, "gedf", 4), "x", 1, 2, 1, true},
		"another order, with the anchor":     {listPartOf(3, "gedf", 9), "d", 4, 3, 2, true},
		"another order, elsewhere":           {listPartOf(3, "gedf", 9), "x", 9, 4, 4, false},
		"an unreadable row first":            {listPartOf(3, ".efg", 9), "b", 4, 0, 0, false},
		"nothing readable":                   {listPartOf(3, "....", 9), "x", 4, 2, 1, false},
		"the anchor is the last of the list": {listPartOf(3, "defg", 7), "g", 6, 4, 3, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anchor := &anchor{keys: []sortKey{{text: test.anchor}, {text: test.anchor}}, position: test.hint}
			if index, isCertain := list.find(test.part, place{anchor, true}); index != test.after || isCertain != test.isCertain {
				t.Errorf("after: want %d, %t, got %d, %t", test.after, test.isCertain, index, isCertain)
			}
			if index, isCertain := list.find(test.part, place{anchor, false}); index != test.before || isCertain != test.isCertain {
				t.Errorf("before: want %d, %t, got %d, %t", test.before, test.isCertain, index, isCertain)
			}
		})
	}
}

func TestListPage_Cut(t *testing.T) {
	t.Parallel()
	const scope = model.Scope("conversations")
	keys := []rest.ConversationSort{{Field: rest.SortID}}
	page := &listPage{scope: scope, list: sortedList{rest.ConversationList{Sort: keys}, conversationOrder(keys, createdAt)}}
	unknown := func(part listPart) listPart { part.Total = nil; return part }
	tests := map[string]struct {
		part                 listPart
		want                 string // IDs
		cursors, ends        []string
		unreadable           bool
		hasPrevious, hasNext bool
	}{
		"the whole list":    {listPartOf(0, "abc", 3), "abc", []string{`["0","a"]`, `["1","b"]`, `["2","c"]`}, []string{`["0","a"]`, `["2","c"]`}, false, false, false},
		"its middle":        {listPartOf(1, "b", 3), "b", []string{`["1","b"]`}, []string{`["1","b"]`, `["1","b"]`}, false, true, true},
		"an empty list":     {listPartOf(0, "", 0), "", nil, nil, false, false, false},
		"of unknown length": {unknown(listPartOf(0, "a", 2)), "a", []string{`["0","a"]`}, []string{`["0","a"]`, `["0","a"]`}, false, false, true},
		"an unreadable row": {listPartOf(5, "a.c", 8), "ac", []string{`["5","a"]`, `["7","c"]`}, []string{`["5","a"]`, `["7","c"]`}, true, true, false},
		"unreadable ends":   {listPartOf(5, ".bc.", 9), "bc", []string{`["6","b"]`, `["7","c"]`}, []string{`["6","b"]`, `["7","c"]`}, true, true, false},
		"nothing readable":  {listPartOf(0, "..", 3), "", nil, []string{"0", "1"}, true, false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, unreadable := page.cut(test.part)
			ids, cursors := "", []string(nil)
			for _, edge := range connection.Edges() {
				ids += edge.Node.ID
				cursors = append(cursors, decoded(t, scope, edge.Cursor))
			}
			info, ends := connection.PageInfo(), []string(nil)
			if info.StartCursor != nil {
				ends = []string{decoded(t, scope, *info.StartCursor), decoded(t, scope, *info.EndCursor)}
			}
			if diff := cmp.Diff(test.cursors, cursors) + cmp.Diff(test.ends, ends); diff != "" || ids != test.want || unreadable != test.unreadable {
				t.Errorf("got %s, unreadable %t; cursors (-want +got):\n%s", ids, unreadable, diff)
			}
			if info.HasPreviousPage != test.hasPrevious || info.HasNextPage != test.hasNext || connection.TotalCount != test.part.Total {
				t.Errorf("want previous %t, next %t, got %t, %t", test.hasPrevious, test.hasNext, info.HasPreviousPage, info.HasNextPage)
			}
		})
	}
}

func decoded(t *testing.T, scope model.Scope, cursor string) string {
	t.Helper()
	text, err := scope.Decode(cursor)
	if err != nil {
		t.Fatal(err)
	}
	return text
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
