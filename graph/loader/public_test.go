package loader

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

const (
	categoriesCall = "/v2/conversation-categories"
	// long is longer than a test.
	long = time.Hour
)

// listed returns a list of one category.
func listed() http.HandlerFunc {
	return respond(http.StatusOK, `[{"categoryId":"`+idA+`","name":"general","referenceType":["unspecified"]}]`)
}

func wantCategories() []*rest.ConversationCategory {
	return []*rest.ConversationCategory{{ID: idA, Name: "general", ReferenceTypes: []rest.CategoryReferenceType{"unspecified"}}}
}

// wantList fails the test unless the list is the one that listed returns.
func wantList(t *testing.T, list []*rest.ConversationCategory, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	if diff := cmp.Diff(wantCategories(), list); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// All callers share one list, which is fetched without a token.
func TestPublic_AreShared(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	client := up.client(t)
	token, err := rest.NewToken("me")
	if err != nil {
		t.Fatal(err)
	}
	public := NewPublic(client, long)
	var asking sync.WaitGroup
	for range 100 {
		asking.Go(func() {
			list, err := New(client.WithToken(token), public).Categories(t.Context())
			wantList(t, list, err)
		})
	}
	asking.Wait()
	up.wantCalls(t, categoriesCall)
}

// Rules are fetched for one caller, without a token, and cached for all.
func TestPublic_UploadRules(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, respond(http.StatusOK, `{"maxSizeInBytes":7}`))
	client := up.client(t)
	public := NewPublic(client, long)
	for _, text := range []string{"me", "you"} {
		token, _ := rest.NewToken(text)
		rules, err := New(client.WithToken(token), public).UploadRules(t.Context())
		if err != nil || rules.Limit != 7 {
			t.Errorf("got %+v, %v", rules, err)
		}
	}
	up.wantCalls(t, "/v2/file-upload-types/conversation/rules")
}

func TestPublic_AreCached(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	public := NewPublic(up.client(t), long)
	if _, ok := public.categories.cached(time.Now()); ok {
		t.Error("a list is cached before it was fetched")
	}
	before := time.Now()
	for range 3 {
		list, err := public.categories.load(t.Context(), struct{}{})
		wantList(t, list, err)
	}
	up.wantCalls(t, categoriesCall)
	if list, ok := public.categories.cached(before.Add(long)); !ok {
		t.Errorf("expired too early: %+v", list)
	}
	if list, ok := public.categories.cached(time.Now().Add(long)); ok {
		t.Errorf("expired too late: %+v", list)
	}
}

func TestPublic_AreNotCachedWithoutKeep(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	public := NewPublic(up.client(t), 0)
	for range 3 {
		list, err := public.categories.load(t.Context(), struct{}{})
		wantList(t, list, err)
		up.wantCalls(t, categoriesCall)
	}
	// One operation fetches the list once nevertheless.
	loaders := New(up.client(t), public)
	for range 3 {
		list, err := loaders.Categories(t.Context())
		wantList(t, list, err)
	}
	up.wantCalls(t, categoriesCall)
}

// An error is cached for the operation; the next operation fetches the list again.
func TestPublic_ErrorsAreNotShared(t *testing.T) {
	t.Parallel()
	answers := make(chan http.HandlerFunc, 2)
	// The client does not retry 500, unlike 503.
	answers <- respond(http.StatusInternalServerError, "{}")
	answers <- listed()
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (<-answers)(w, r) }))
	public := NewPublic(up.client(t), long)
	loaders := New(up.client(t), public)
	for range 2 {
		_, err := loaders.Categories(t.Context())
		wantCode(t, err, rest.Unavailable)
	}
	up.wantCalls(t, categoriesCall)
	list, err := New(up.client(t), public).Categories(t.Context())
	wantList(t, list, err)
	up.wantCalls(t, categoriesCall)
}

// If the list has expired and cannot be fetched, there is no fallback to the old list.
func TestPublic_ExpireIntoAnError(t *testing.T) {
	t.Parallel()
	answers := make(chan http.HandlerFunc, 2)
	answers <- listed()
	answers <- respond(http.StatusForbidden, "{}")
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (<-answers)(w, r) }))
	public := NewPublic(up.client(t), 0)
	list, err := public.categories.load(t.Context(), struct{}{})
	wantList(t, list, err)
	list, err = public.categories.load(t.Context(), struct{}{})
	wantCode(t, err, rest.Forbidden)
	if list != nil {
		t.Errorf("want no list beside an error, got %+v", list)
	}
}

// The fetch continues for other callers if the caller that started it cancels.
func TestPublic_OutliveTheirCaller(t *testing.T) {
	t.Parallel()
	arrived, proceed := make(chan struct{}), make(chan struct{})
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-proceed:
			listed()(w, r)
		case <-r.Context().Done():
			t.Error("the call ended with its first caller")
		}
	}))
	public := NewPublic(up.client(t), long)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := public.categories.load(ctx, struct{}{})
		left <- err
	}()
	<-arrived
	stayed := make(chan struct{})
	go func() {
		defer close(stayed)
		list, err := public.categories.load(t.Context(), struct{}{})
		wantList(t, list, err)
	}()
	leave()
	// The caller that cancels does not wait for the response.
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the canceled caller: want %v, got %v", context.Canceled, err)
	}
	close(proceed)
	<-stayed
	up.wantCalls(t, categoriesCall)
}

func TestPublic_TurnAPanicIntoAnError(t *testing.T) {
	t.Parallel()
	// Without a client, the fetch panics.
	public := NewPublic(nil, long)
	_, err := public.categories.load(t.Context(), struct{}{})
	if _, ok := errors.AsType[*PanicError](err); !ok {
		t.Errorf("want a *PanicError, got %v", err)
	}
}

func TestCategory(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle(categoriesCall, respond(http.StatusOK, `[
		{"categoryId":"`+idA+`","name":"general"},
		{"categoryId":"`+strings.ToUpper(idB)+`","name":"in capitals"}
	]`))
	mux.Handle(categoriesCall+"/"+idC, respond(http.StatusOK, `{"categoryId":"`+idC+`","name":"younger than the list"}`))
	mux.Handle("/", respond(http.StatusNotFound, "{}"))
	const unknown = "dddddddd-6d0e-4b8a-9f53-0a7e2c4d9b11"
	tests := map[string]struct {
		id    string
		name  string    // of the returned category
		code  rest.Code // of the error
		calls []string  // other than the list
	}{
		"listed":                  {id: idA, name: "general"},
		"listed, in capitals":     {id: strings.ToUpper(idA), name: "general"},
		"listed in capitals":      {id: idB, name: "in capitals"},
		"not listed":              {id: idC, name: "younger than the list", calls: []string{"me " + categoriesCall + "/" + idC}},
		"not listed, in capitals": {id: strings.ToUpper(idC), name: "younger than the list", calls: []string{"me " + categoriesCall + "/" + idC}},
		"unknown to mStudio":      {id: unknown, code: rest.NotFound, calls: []string{"me " + categoriesCall + "/" + unknown}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, mux)
			loaders := up.loaders(t, "me")
			for range 2 {
				category, err := loaders.Category(t.Context(), test.id)
				if test.code != "" {
					wantCode(t, err, test.code)
				} else if err != nil || category.Name != test.name {
					t.Errorf("want %q, got %+v, %v", test.name, category, err)
				}
			}
			up.wantCalls(t, append(test.calls, categoriesCall)...)
		})
	}
}

// ListedCategory makes no call for a category that the list lacks.
func TestListedCategory(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, listed())
	loaders := up.loaders(t, "me")
	for _, id := range []string{idA, strings.ToUpper(idA)} {
		if category, err := loaders.ListedCategory(t.Context(), id); err != nil || category.Name != "general" {
			t.Errorf("%s: got %+v, %v", id, category, err)
		}
	}
	for _, id := range []string{idB, "", "nope"} {
		_, err := loaders.ListedCategory(t.Context(), id)
		wantCode(t, err, rest.NotFound)
	}
	up.wantCalls(t, categoriesCall)
}

// If the list cannot be fetched, its error is returned, and no call follows.
func TestCategory_WithoutTheList(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, respond(http.StatusForbidden, "{}"))
	loaders := up.loaders(t, "me")
	_, err := loaders.Category(t.Context(), idA)
	wantCode(t, err, rest.Forbidden)
	_, err = loaders.ListedCategory(t.Context(), idA)
	wantCode(t, err, rest.Forbidden)
	up.wantCalls(t, categoriesCall)
}
