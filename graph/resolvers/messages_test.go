package resolvers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const conversationID = "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11"

// wantBadInput fails the test unless err is a BadInput error.
func wantBadInput(t *testing.T, err error) {
	t.Helper()
	var failure *model.Error
	if !errors.As(err, &failure) || failure.Code != model.CodeBadUserInput {
		t.Fatalf("want an error with %s, got %v", model.CodeBadUserInput, err)
	}
}

// minute returns a time on the day of the messages below.
func minute(number int) time.Time {
	return time.Date(2026, time.August, 21, 9, number, 0, 125_000_000, time.UTC)
}

// conversationOf returns messages for words like "a@3" (ID and minute) and "b@3!" (internal).
func conversationOf(t *testing.T, words ...string) []rest.Message {
	t.Helper()
	messages := make([]rest.Message, len(words))
	for i, word := range words {
		id, at, _ := strings.Cut(word, "@")
		at, internal := strings.CutSuffix(at, "!")
		number := strings.IndexByte("0123456789", at[0])
		head := rest.MessageHead{ID: id, ConversationID: conversationID, CreatedAt: minute(number), IsInternal: internal}
		messages[i] = &rest.TextMessage{MessageHead: head}
	}
	return messages
}

func ids(connection *model.MessageConnection) []string {
	ids := []string{}
	for _, message := range connection.Nodes {
		ids = append(ids, message.Head().ID)
	}
	return ids
}

// cursorOf returns the cursor of a message.
func cursorOf(id string, at int, includeInternal bool) *string {
	message := &rest.UnknownMessage{MessageHead: rest.MessageHead{ID: id, CreatedAt: minute(at)}}
	return new(messageFilter{includeInternal: includeInternal}.scope(conversationID).Encode(messageOrder().encode(message, 0)))
}

func TestMessagePage(t *testing.T) {
	t.Parallel()
	at := func(id string, number int) *string { return cursorOf(id, number, false) }
	tests := map[string]struct {
		messages             []string
		arguments            model.PageArguments
		want                 []string
		hasPrevious, hasNext bool
	}{
		"empty":                  {nil, model.PageArguments{}, []string{}, false, false},
		"empty, from the end":    {nil, model.PageArguments{Last: new(int32(5))}, []string{}, false, false},
		"empty, with bounds":     {nil, model.PageArguments{After: at("a", 1), Before: at("b", 2)}, []string{}, false, false},
		"all":                    {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{}, []string{"a", "b", "c"}, false, false},
		"the first":              {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{First: new(int32(1))}, []string{"a"}, false, true},
		"the last":               {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{Last: new(int32(1))}, []string{"c"}, true, false},
		"more than exist":        {[]string{"a@1", "b@2"}, model.PageArguments{Last: new(int32(100))}, []string{"a", "b"}, false, false},
		"after one":              {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{After: at("a", 1)}, []string{"b", "c"}, true, false},
		"after the last":         {[]string{"a@1", "b@2"}, model.PageArguments{After: at("b", 2)}, []string{}, true, false},
		"before one":             {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{Before: at("c", 3)}, []string{"a", "b"}, false, true},
		"before the first":       {[]string{"a@1", "b@2"}, model.PageArguments{Before: at("a", 1)}, []string{}, false, true},
		"the last before one":    {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{Last: new(int32(1)), Before: at("c", 3)}, []string{"b"}, true, true},
		"the first after one":    {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{First: new(int32(1)), After: at("a", 1)}, []string{"b"}, true, true},
		"the last after one":     {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{Last: new(int32(5)), After: at("a", 1)}, []string{"b", "c"}, true, false},
		"between":                {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{After: at("a", 1), Before: at("c", 3)}, []string{"b"}, true, true},
		"equal cursors":          {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{After: at("a", 1), Before: at("a", 1)}, []string{}, true, true},
		"cursors in wrong order": {[]string{"a@1", "b@2", "c@3"}, model.PageArguments{After: at("c", 3), Before: at("a", 1)}, []string{}, true, false},
		// Status updates often have the time of the message that caused them.
		"of equal times, after one":  {[]string{"a@1", "b@1", "c@1", "d@2"}, model.PageArguments{After: at("b", 1)}, []string{"c", "d"}, true, false},
		"of equal times, before one": {[]string{"a@1", "b@1", "c@1", "d@2"}, model.PageArguments{Before: at("c", 1)}, []string{"a", "b"}, false, true},
		// If the message of the cursor is gone, the page starts at the next newer message.
		"after a deleted one":    {[]string{"a@1", "c@3"}, model.PageArguments{After: at("b", 2)}, []string{"c"}, true, false},
		"before a deleted one":   {[]string{"a@1", "c@3"}, model.PageArguments{Before: at("b", 2)}, []string{"a"}, false, true},
		"after a deleted last":   {[]string{"a@1", "b@2"}, model.PageArguments{After: at("c", 3)}, []string{}, true, false},
		"before a deleted last":  {[]string{"a@1", "b@2"}, model.PageArguments{Before: at("c", 3)}, []string{"a", "b"}, false, false},
		"before a deleted first": {[]string{"b@2", "c@3"}, model.PageArguments{Before: at("a", 1)}, []string{}, false, true},
		"after a deleted first":  {[]string{"b@2", "c@3"}, model.PageArguments{After: at("a", 1)}, []string{"b", "c"}, false, false},
		// If other messages have its time, some are repeated, but none is skipped.
		"after a deleted one of equal times":  {[]string{"a@1", "c@1", "d@2"}, model.PageArguments{After: at("b", 1)}, []string{"a", "c", "d"}, false, false},
		"before a deleted one of equal times": {[]string{"a@1", "c@1", "d@2"}, model.PageArguments{Before: at("b", 1)}, []string{"a", "c"}, false, true},
		// If mStudio has changed the time of a message, some are repeated, but none is skipped.
		"after the next one, with another time":   {[]string{"a@1", "b@3", "c@4"}, model.PageArguments{After: at("b", 2)}, []string{"c"}, true, false},
		"after a later one, with another time":    {[]string{"a@1", "c@3", "b@4"}, model.PageArguments{After: at("b", 2)}, []string{"c", "b"}, true, false},
		"after an earlier one, with another time": {[]string{"b@1", "a@2", "c@3"}, model.PageArguments{After: at("b", 2)}, []string{"a", "c"}, true, false},
		"without internal messages":               {[]string{"a@1!", "b@2", "c@3!", "d@4"}, model.PageArguments{}, []string{"b", "d"}, false, false},
		"a page without internal messages":        {[]string{"a@1!", "b@2", "c@3!", "d@4"}, model.PageArguments{First: new(int32(1))}, []string{"b"}, false, true},
		"only internal messages":                  {[]string{"a@1!", "b@2!"}, model.PageArguments{}, []string{}, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := newMessagePage(conversationID, test.arguments, messageFilter{})
			if err != nil {
				t.Fatal(err)
			}
			whole := conversationOf(t, test.messages...)
			connection := page.slice(whole)
			if diff := cmp.Diff(test.want, ids(connection)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if info := connection.PageInfo(); info.HasPreviousPage != test.hasPrevious || info.HasNextPage != test.hasNext {
				t.Errorf("previous and next: want %t and %t, got %t and %t", test.hasPrevious, test.hasNext, info.HasPreviousPage, info.HasNextPage)
			}
			visible := slices.DeleteFunc(whole, func(m rest.Message) bool { return m.Head().IsInternal })
			wantTotal(t, len(visible), connection.TotalCount)
		})
	}
}

func TestMessagePage_IncludeInternal(t *testing.T) {
	t.Parallel()
	whole := conversationOf(t, "a@1!", "b@2", "c@3!", "d@4")
	arguments := model.PageArguments{After: cursorOf("a", 1, true), First: new(int32(2))}
	page, err := newMessagePage(conversationID, arguments, messageFilter{includeInternal: true})
	if err != nil {
		t.Fatal(err)
	}
	connection := page.slice(whole)
	if diff := cmp.Diff([]string{"b", "c"}, ids(connection)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantTotal(t, 4, connection.TotalCount)
}

// Pages of some kinds leave out all others, also in totalCount, and textCount is the same for all.
func TestMessagePage_Kinds(t *testing.T) {
	t.Parallel()
	whole := conversationOf(t, "text@1", "hidden@2!", "last@6")
	whole = slices.Insert(whole, 2, []rest.Message{
		&rest.StatusUpdate{MessageHead: rest.MessageHead{ID: "update", CreatedAt: minute(3)}},
		&rest.ServiceRequest{MessageHead: rest.MessageHead{ID: "request", CreatedAt: minute(4)}},
		&rest.UnknownMessage{MessageHead: rest.MessageHead{ID: "unknown", CreatedAt: minute(5)}},
	}...)
	const text, update, request = generated.MessageKindText, generated.MessageKindStatusUpdate, generated.MessageKindServiceRequest
	tests := map[string]struct {
		kinds []generated.MessageKind
		want  []string
	}{
		"all":      {nil, []string{"text", "update", "request", "unknown", "last"}},
		"empty":    {[]generated.MessageKind{}, []string{"text", "update", "request", "unknown", "last"}},
		"texts":    {[]generated.MessageKind{text, text}, []string{"text", "last"}},
		"updates":  {[]generated.MessageKind{update}, []string{"update"}},
		"requests": {[]generated.MessageKind{request}, []string{"request"}},
		"two":      {[]generated.MessageKind{request, text}, []string{"text", "request", "last"}},
		"each":     {[]generated.MessageKind{request, text, update}, []string{"text", "update", "request", "last"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := newMessagePage(conversationID, model.PageArguments{}, messageFilter{kinds: test.kinds})
			if err != nil {
				t.Fatal(err)
			}
			connection := page.slice(whole)
			if diff := cmp.Diff(test.want, ids(connection)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			wantTotal(t, len(test.want), connection.TotalCount)
			wantTotal(t, 2, &connection.TextCount)
		})
	}
	if got, want := (messageFilter{kinds: []generated.MessageKind{request, text, text}}).scope("a"), (messageFilter{kinds: []generated.MessageKind{text, request}}).scope("a"); got != want {
		t.Errorf("the order of kinds changes the scope: %s, %s", got, want)
	}
}

// Pages must not change the messages, which other fields of the operation use.
func TestMessagePage_KeepsTheMessages(t *testing.T) {
	t.Parallel()
	whole := conversationOf(t, "a@1!", "b@2", "c@3!", "d@4")
	before := slices.Clone(whole)
	for _, includeInternal := range []bool{false, true} {
		page, err := newMessagePage(conversationID, model.PageArguments{Last: new(int32(2))}, messageFilter{includeInternal: includeInternal})
		if err != nil {
			t.Fatal(err)
		}
		page.slice(whole)
	}
	if !slices.Equal(before, whole) {
		t.Error("the messages have changed")
	}
}

// Paging in either direction returns each message once, whatever the page size.
func TestMessagePage_PagesJoin(t *testing.T) {
	t.Parallel()
	whole := conversationOf(t, "a@1", "b@1", "c@1", "d@2", "e@3", "f@3", "g@4")
	want := []string{"a", "b", "c", "d", "e", "f", "g"}
	for size := int32(1); size <= 8; size++ {
		forwards, backwards := walked(t, size, whole)
		if diff := cmp.Diff(want, forwards); diff != "" {
			t.Errorf("pages of %d, forwards (-want +got):\n%s", size, diff)
		}
		if diff := cmp.Diff(want, backwards); diff != "" {
			t.Errorf("pages of %d, backwards (-want +got):\n%s", size, diff)
		}
	}
}

// walked returns the messages of all pages of this size, in both directions. It stops after more messages than exist.
func walked(t *testing.T, size int32, whole []rest.Message) (forwards, backwards []string) {
	t.Helper()
	arguments := model.PageArguments{First: &size}
	for more := true; more && len(forwards) <= len(whole); {
		connection := messagePageOf(t, arguments, whole)
		forwards = append(forwards, ids(connection)...)
		arguments.After, more = connection.PageInfo().EndCursor, connection.HasNext
	}
	arguments = model.PageArguments{Last: &size}
	for more := true; more && len(backwards) <= len(whole); {
		connection := messagePageOf(t, arguments, whole)
		backwards = append(ids(connection), backwards...)
		arguments.Before, more = connection.PageInfo().StartCursor, connection.HasPrevious
	}
	return forwards, backwards
}

// mStudio may send a message twice. If a page ends between the two, the next one starts after both.
func TestMessagePage_DuplicateMessage(t *testing.T) {
	t.Parallel()
	whole := conversationOf(t, "a@1", "b@2", "b@2", "c@3")
	for size := int32(1); size <= 5; size++ {
		forwards, backwards := walked(t, size, whole)
		for way, met := range map[string][]string{"forwards": forwards, "backwards": backwards} {
			if diff := cmp.Diff([]string{"a", "b", "c"}, slices.Compact(met)); diff != "" {
				t.Errorf("pages of %d, %s (-want +got):\n%s", size, way, diff)
			}
		}
	}
}

func messagePageOf(t *testing.T, arguments model.PageArguments, whole []rest.Message) *model.MessageConnection {
	t.Helper()
	page, err := newMessagePage(conversationID, arguments, messageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return page.slice(whole)
}

// Messages of the same second differ in the fraction, so a cursor must contain all of it.
func TestMessagePage_CursorKeepsTheFraction(t *testing.T) {
	t.Parallel()
	point := time.Date(2026, time.August, 21, 9, 30, 0, 125_000_001, time.UTC)
	message := &rest.TextMessage{MessageHead: rest.MessageHead{ID: "an id with blanks", CreatedAt: point}}
	cursor := messageFilter{}.scope(conversationID).Encode(messageOrder().encode(message, 0))
	read, err := newMessagePage(conversationID, model.PageArguments{After: &cursor}, messageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if got := read.after.keys; !got[0].at.Equal(point) || got[1].text != "an id with blanks" {
		t.Errorf("want %s and the id, got %v", point, got)
	}
}

func TestMessagePage_InvalidArguments(t *testing.T) {
	t.Parallel()
	scope := messageFilter{}.scope(conversationID)
	tests := map[string]model.PageArguments{
		"size":                    {First: new(int32(1001))},
		"first and last":          {First: new(int32(1)), Last: new(int32(1))},
		"garbage":                 {After: new("garbage")},
		"garbage before":          {Before: new("garbage")},
		"no time":                 {After: new(scope.Encode(`["0","yesterday","a"]`))},
		"nothing":                 {After: new(scope.Encode(""))},
		"of another conversation": {After: new(messageFilter{}.scope("00000000-0000-4000-8000-000000000000").Encode(`["0","1756300000.0","a"]`))},
		"with internal ones":      {Before: cursorOf("a", 1, true)},
		"of other kinds":          {Before: new(messageFilter{kinds: []generated.MessageKind{"TEXT"}}.scope(conversationID).Encode(`["0","1756300000.0","a"]`))},
		"of the list":             {After: new(model.Scope("conversations").Encode("1"))},
	}
	for name, arguments := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newMessagePage(conversationID, arguments, messageFilter{})
			wantBadInput(t, err)
		})
	}
}
