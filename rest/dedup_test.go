package rest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// people returns a list of members with these IDs.
func people(ids ...int) string {
	objects := make([]string, len(ids))
	for i, id := range ids {
		objects[i] = fmt.Sprintf(`{"userId":"user-%d","clearName":"No. %d"}`, id, id)
	}
	return "[" + strings.Join(objects, " , ") + "]"
}

func membersOf(t *testing.T, body string) []*User {
	t.Helper()
	got, err := newPipeUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Members(t.Context(), conversationID)
	if err != nil {
		t.Fatal(err)
	}
	users := make([]*User, len(got))
	for i, member := range got {
		users[i] = member.User
	}
	return users
}

func TestDedup_EqualBytes(t *testing.T) {
	t.Parallel()
	got := membersOf(t, people(1, 2, 1, 1, 3, 2))
	for i, want := range []int{1, 2, 1, 1, 3, 2} {
		if got[i].ID != fmt.Sprintf("user-%d", want) {
			t.Errorf("%d: want user-%d, got %s", i, want, got[i].ID)
		}
	}
	if got[0] != got[2] || got[0] != got[3] || got[1] != got[5] || got[0] == got[1] {
		t.Errorf("want the same object for the same bytes, got %v", got)
	}
}

// A full cache still returns the right values.
func TestDedup_FullCache(t *testing.T) {
	t.Parallel()
	var order []int
	for range 3 {
		for id := range maxCached * 2 {
			order = append(order, id)
		}
	}
	for i, got := range membersOf(t, people(order...)) {
		if want := fmt.Sprintf("No. %d", order[i]); *got.Name != want {
			t.Errorf("%d: want %s, got %s", i, want, *got.Name)
		}
	}
}

// Objects that differ in one byte, in a missing member or only in the order of members are different.
func TestDedup_SimilarObjects(t *testing.T) {
	t.Parallel()
	got := membersOf(t, `[{"userId":"a","clearName":"x"},{"userId":"a","clearName":"y"},{"userId":"a"},{"clearName":"x","userId":"a"},{"userId":"a","clearName":"x"}]`)
	x, y := "x", "y"
	for i, name := range []*string{&x, &y, nil, &x, &x} {
		if d := diff(name, got[i].Name); d != "" || got[i].ID != "a" {
			t.Errorf("%d: got id %q, name -want +got\n%s", i, got[i].ID, d)
		}
	}
}

// A document that ends inside a cached object is invalid.
func TestDedup_TruncatedDocument(t *testing.T) {
	t.Parallel()
	whole := people(1, 1)
	for end := 1; end < len(whole); end++ {
		u := newPipeUpstream(t, respond(http.StatusOK, whole[:end]))
		_, err := u.client(t, Config{}).Members(t.Context(), conversationID)
		wantCode(t, err, BadResponse)
	}
}
