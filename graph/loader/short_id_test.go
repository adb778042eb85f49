package loader

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/rest"
)

// numbered is an upstream that accepts no short IDs in paths, and whose list has rows with these short IDs in this order.
func numbered(shortIDs []string, sendsTotal bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/conversations" {
			respond(http.StatusNotFound, `{}`)(w, r)
			return
		}
		skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		page := shortIDs[min(skip, len(shortIDs)):min(skip+limit, len(shortIDs))]
		rows := make([]string, len(page))
		for i, shortID := range page {
			if rows[i] = `null`; shortID != "" {
				rows[i] = fmt.Sprintf(`{"conversationId":%q,"shortId":%q}`, rowID(skip+i), shortID)
			}
		}
		if sendsTotal {
			w.Header().Set("X-Pagination-Totalcount", strconv.Itoa(len(shortIDs)))
		}
		respond(http.StatusOK, "["+strings.Join(rows, ",")+"]")(w, r)
	})
}

func TestConversationByShortID_Searched(t *testing.T) {
	t.Parallel()
	var sorted []string
	for i := range 5000 {
		sorted = append(sorted, fmt.Sprintf("c-%06d", 2*i))
	}
	gaps := slices.Clone(sorted)
	for i := range gaps {
		if i%100 < 2 || i%100 > 97 || i/100 == 24 {
			gaps[i] = ""
		}
	}
	reversed := slices.Clone(sorted[:250])
	slices.Reverse(reversed)
	rotated := slices.Clone(sorted[:250])
	for i := range rotated {
		rotated[i] = "p" + rotated[i][1:]
	}
	rotated = append(rotated, sorted[:200]...)
	for name, test := range map[string]struct {
		rows       []string
		sendsTotal bool
		shortID    string
		want, most int // the row, or -1, and the number of calls
	}{
		"first":             {sorted, true, "c-000000", 0, 2},
		"last":              {sorted, true, "c-009998", 4999, 8},
		"missing":           {sorted, true, "c-004001", -1, 9},
		"before all":        {sorted, true, "a-000000", -1, 3},
		"after all":         {sorted, true, "z-000000", -1, 8},
		"upper case":        {[]string{"C-ABCDEF"}, true, "c-abcdef", 0, 2},
		"none":              {nil, true, "c-000000", -1, 2},
		"unreadable rows":   {gaps, true, "c-000410", 205, 9},
		"in another order":  {reversed, true, "c-000010", 244, 2 + 3},
		"in rotated order":  {rotated, true, "c-000100", 250 + 50, 2 + 1 + 5},
		"before the first":  {rotated, true, "b-000000", -1, 2 + 1 + 5},
		"of unknown length": {sorted[:250], false, "c-000400", 200, 2 + 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, numbered(test.rows, test.sendsTotal))
			loaders := u.loaders(t, "me")
			for range 2 {
				found, err := loaders.ConversationByShortID(t.Context(), test.shortID)
				if test.want < 0 {
					wantCode(t, err, rest.NotFound)
				} else if err != nil || found.ID != rowID(test.want) {
					t.Errorf("got %+v, %v", found, err)
				}
			}
			calls := 0
			for _, count := range u.takeCalls() {
				calls += count
			}
			if calls > test.most {
				t.Errorf("want at most %d calls, got %d", test.most, calls)
			}
		})
	}
}

// A list whose pages are smaller than requested is searched in pages of that size.
func TestConversationByShortID_SmallerPages(t *testing.T) {
	t.Parallel()
	var sorted []string
	for i := range 1000 {
		sorted = append(sorted, fmt.Sprintf("c-%06d", i))
	}
	list := numbered(sorted, true)
	u := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if query.Get("limit") == "100" {
			query.Set("limit", "50")
		}
		r.URL.RawQuery = query.Encode()
		list.ServeHTTP(w, r)
	}))
	for row := 0; row < len(sorted); row += 90 {
		if found, err := u.loaders(t, "me").ConversationByShortID(t.Context(), sorted[row]); err != nil || found.ID != rowID(row) {
			t.Errorf("%s: got %+v, %v", sorted[row], found, err)
		}
	}
}

// A conversation found by its short ID is not fetched again by its ID.
func TestConversationByShortID_IsKnownByID(t *testing.T) {
	t.Parallel()
	unsorted := []string{"c-000002", "c-000001"}
	direct := respond(http.StatusOK, `{"conversationId":"`+idA+`","shortId":"c-000001"}`)
	for name, handler := range map[string]http.Handler{"directly": direct, "in a full list": numbered(unsorted, false)} {
		u := newUpstream(t, handler)
		loaders := u.loaders(t, "me")
		found, err := loaders.ConversationByShortID(t.Context(), "c-000001")
		if err != nil {
			t.Fatal(name, err)
		}
		u.takeCalls()
		if again, err := loaders.Conversation.Load(t.Context(), found.ID); err != nil || again != found {
			t.Errorf("%s: got %+v, %v", name, again, err)
		}
		u.wantCalls(t)
	}
}

// If the lookup in the path fails, the list is searched.
func TestConversationByShortID_ServerError(t *testing.T) {
	t.Parallel()
	list := numbered([]string{"c-000001"}, true)
	u := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/conversations" {
			respond(http.StatusInternalServerError, `{}`)(w, r)
			return
		}
		list.ServeHTTP(w, r)
	}))
	if found, err := u.loaders(t, "me").ConversationByShortID(t.Context(), "c-000001"); err != nil || found.ID != rowID(0) {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestConversationByShortID_Unavailable(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusUnauthorized, `{}`))
	_, err := u.loaders(t, "me").ConversationByShortID(t.Context(), "c-000000")
	wantCode(t, err, rest.Unauthorized)
	u.wantCalls(t, "me /v2/conversations/c-000000")
}
