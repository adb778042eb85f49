package gateway_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"mstudio-graphql/gateway"
)

// firstSilent is the number of the first conversation without a message. Of the others, one with a higher number has an older
// message.
const firstSilent = 600

// silentList is a list in mStudio's default order.
type silentList struct {
	isSilentFirst bool // whether mStudio sorts conversations without a message first instead of last
	numbers       []int
}

// numberRange is a range of numbers. The end is not included.
type numberRange struct{ start, end int }

// set sets the numbers of the conversations.
func (l *silentList) set(ranges ...numberRange) {
	l.numbers = nil
	for _, numbers := range ranges {
		for i := numbers.start; i < numbers.end; i++ {
			l.numbers = append(l.numbers, i)
		}
	}
	slices.SortFunc(l.numbers, l.compare)
}

func (l *silentList) compare(a, b int) int {
	if l.isSilentFirst && (a < firstSilent) != (b < firstSilent) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func (l *silentList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var rows []string
	for _, i := range l.numbers {
		message := ""
		if i < firstSilent {
			message = fmt.Sprintf(`, "lastMessage": {"createdAt": %q}`, time.Unix(1_800_000_000-int64(i), 0).UTC().Format(time.RFC3339))
		}
		rows = append(rows, fmt.Sprintf(`{"conversationId": %q%s}`, walkedID(i), message))
	}
	serveRows(w, r, rows, "desc")
}

// beyond returns the IDs of the conversations after another, or before it.
func (l *silentList) beyond(t *testing.T, id string, backward bool) (ids []string) {
	t.Helper()
	anchor, err := strconv.Atoi(id[len(id)-12:])
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range l.numbers {
		if order := l.compare(i, anchor); order != 0 && (order < 0) == backward {
			ids = append(ids, walkedID(i))
		}
	}
	return ids
}

// A walk shows the rest of the list, whether mStudio sorts conversations without a message first or last, even if the rows at the
// former position of a cursor's row all have a message and that row has none, or the other way round.
func TestWalk_RowsWithoutMessage(t *testing.T) {
	t.Parallel()
	sent, silent := numberRange{300, 510}, numberRange{600, 890} // before the change
	for name, test := range map[string]struct {
		isSilentFirst, backward bool
		pages                   int
		changed                 []numberRange
		calls                   int // of the page after the change
	}{
		"last, 100 of the rows seen leave":         {false, false, 10, []numberRange{{400, 510}, silent}, 6},
		"last, all rows seen leave":                {false, false, 10, []numberRange{{500, 510}, silent}, 5},
		"last, all rows with a message leave":      {false, false, 10, []numberRange{silent}, 5},
		"last, 250 with a message enter":           {false, false, 15, []numberRange{{50, 510}, silent}, 5},
		"last, no row without a message remains":   {false, false, 15, []numberRange{{50, 510}}, 5},
		"last, 120 with a message enter, backward": {false, true, 11, []numberRange{{180, 510}, silent}, 4},
		"last, 190 with a message leave, backward": {false, true, 15, []numberRange{{490, 510}, silent}, 5},
		"first, 200 without a message enter":       {true, false, 16, []numberRange{sent, {600, 1090}}, 5},
		"first, 260 of the rows seen leave":        {true, false, 14, []numberRange{sent, {860, 890}}, 5},
		"first, 200 without one enter, backward":   {true, true, 5, []numberRange{sent, {600, 1090}}, 5},
		"first, 150 without one leave, backward":   {true, true, 15, []numberRange{sent, {750, 890}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			list := &silentList{isSilentFirst: test.isSilentFirst}
			list.set(sent, silent)
			upstream.Intercept(func(http.Handler) http.Handler { return list })
			w := &walker{server: server, upstream: upstream, backward: test.backward}
			for range test.pages {
				w.step(t, 20)
			}
			anchor := w.seen[len(w.seen)-1]
			if test.backward {
				anchor = w.seen[0]
			}
			w.seen = nil
			list.set(test.changed...)
			w.step(t, 20)
			diff(t, "calls", test.calls, w.calls)
			for !w.done {
				w.step(t, 20)
			}
			diff(t, "rows", list.beyond(t, anchor, test.backward), w.seen)
		})
	}
}

// A page between the cursors of a conversation with a message and one without has the rows between them, also if the response
// contains only rows with a message and others have entered before it.
func TestWalk_BetweenRowsWithAndWithoutMessage(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	list := &silentList{}
	list.set(numberRange{300, 510}, numberRange{600, 890})
	upstream.Intercept(func(http.Handler) http.Handler { return list })
	w := &walker{server: server, upstream: upstream}
	w.step(t, 100)
	between := &walker{server: server, upstream: upstream, cursor: w.cursor}
	anchor := w.seen[99]
	w.step(t, 100)
	w.step(t, 100)
	between.arguments = fmt.Sprintf(", before: %q", w.cursor)
	list.set(numberRange{50, 510}, numberRange{600, 890})
	between.step(t, 20)
	diff(t, "calls", 5, between.calls) // the former place, two ends, two steps
	diff(t, "rows", list.beyond(t, anchor, false)[:20], between.seen)
}

// The edge of a new conversation without a message leads to the rows beside it, wherever mStudio sorts it.
func TestWalk_EdgeOfAConversationWithoutMessage(t *testing.T) {
	t.Parallel()
	const number = 745
	for _, isSilentFirst := range []bool{false, true} {
		t.Run(fmt.Sprintf("first: %t", isSilentFirst), func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			list := &silentList{isSilentFirst: isSilentFirst}
			list.set(numberRange{300, 510}, numberRange{600, 890})
			upstream.Intercept(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch r.Method + " " + r.URL.Path {
					case "GET /v2/conversations":
						list.ServeHTTP(w, r)
					case "GET /v2/conversations/" + walkedID(number), "POST /v2/conversations":
						jsonResponse(fmt.Sprintf(`{"conversationId": %q}`, walkedID(number))).ServeHTTP(w, r)
					default:
						next.ServeHTTP(w, r)
					}
				})
			})
			response := ask(t, server, `mutation { createConversation(input: {title: "x"}) { conversationEdge { cursor } } }`)
			wantErrors(t, response)
			cursor := decode[struct {
				Data struct {
					CreateConversation struct{ ConversationEdge struct{ Cursor string } }
				}
			}](t, response.Body).Data.CreateConversation.ConversationEdge.Cursor
			for _, backward := range []bool{false, true} {
				w := &walker{server: server, upstream: upstream, cursor: cursor, backward: backward}
				for !w.done {
					w.step(t, 100)
				}
				diff(t, fmt.Sprint("rows, backward: ", backward), list.beyond(t, walkedID(number), backward), w.seen)
			}
		})
	}
}
