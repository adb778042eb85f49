package rest

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A page that equals a known one is not decoded, and its differences are noted as if it were.
func TestConversationsUnless(t *testing.T) {
	t.Parallel()
	document, total := "["+fixture(t, "conversation.json")+`,{"status":"brandNew"},7]`, 41
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Pagination-Totalcount", strconv.Itoa(total))
		respond(http.StatusOK, document)(w, r)
	})
	client := u.client(t, Config{})
	read := func(known *Known) (*ConversationPage, []Drift) {
		noted := &traceLog{}
		page, err := client.ConversationsUnless(WithTrace(t.Context(), noted.trace()), ConversationList{}, known)
		if err != nil {
			t.Fatal(err)
		}
		return page, noted.drift
	}
	first, notes := read(nil)
	if first.IsSame || len(first.Conversations) != 3 || len(notes) == 0 {
		t.Fatalf("the first page is %+v with %v", first, notes)
	}
	for range 2 {
		same, again := read(first.Known)
		wantEqual(t, "notes", notes, again)
		if !same.IsSame || same.Known != first.Known || same.Total != 41 || same.Conversations != nil {
			t.Errorf("the same page is %+v", same)
		}
	}
	total++
	if page, _ := read(first.Known); page.IsSame || page.Total != 42 || len(page.Conversations) != 3 {
		t.Errorf("with another total, the page is %+v", page)
	}
	total, document = 41, strings.Replace(document, "brandNew", "newBrand", 1)
	if page, again := read(first.Known); page.IsSame || len(again) != len(notes) {
		t.Errorf("another page is %+v with %v", page, again)
	}
	u.wantCalls(t, 5)
}

// The memory of a page that was not decoded is used again.
func TestConversationsUnless_Recycled(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	sent := `[{"conversationId":"a","title":"` + strings.Repeat("a", 200<<10) + `"}]`
	client := newUpstream(t, sending(sent, "", true)).client(t, Config{})
	read := func(known *Known) *ConversationPage {
		page, err := client.ConversationsUnless(t.Context(), ConversationList{}, known)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	first := read(nil)
	read(first.Known)
	const polls = 200
	before := allocatedBytes()
	for range polls {
		if !read(first.Known).IsSame {
			t.Fatal("the page is not the same")
		}
	}
	if each := (allocatedBytes() - before) / polls; each >= len(sent)*7/4 { // the upstream copies it once, and with the race detector a pool drops a quarter
		t.Errorf("each page of %d bytes allocates %d", len(sent), each)
	}
}

// The memory of a page that another read of the caller shares is not used again: that read's texts are in it.
func TestConversationsUnless_SharedIsNotRecycled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(100 * time.Millisecond)
			text := strings.Repeat(r.Header.Get("X-Access-Token")[:1], 100<<10)
			respond(http.StatusOK, `[{"conversationId":"a","title":"`+text+`"}]`)(w, r)
		})
		client := u.sharingClient(t, Config{})
		anna, bert := client.WithToken(newToken(t, "anna")), client.WithToken(newToken(t, "bert"))
		read := func(of *Client, known *Known) *ConversationPage {
			page, err := of.ConversationsUnless(t.Context(), ConversationList{}, known)
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		known := read(anna, nil).Known
		const rounds = 10 // a pool may drop what it gets
		for range rounds {
			var poll sync.WaitGroup
			poll.Go(func() { read(anna, known) })
			synctest.Wait()
			shared := read(anna, nil)
			poll.Wait()
			read(bert, nil)
			if title := shared.Conversations[0].Title; strings.Trim(title, "a") != "" {
				t.Fatal("the page of anna has a text of bert")
			}
		}
		u.wantCalls(t, 1+2*rounds)
	})
}

func allocatedBytes() int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.TotalAlloc)
}

// Texts in the place of values are not kept, and neither are countless differences.
func TestConversationsUnless_NotKept(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"text": `[{"conversationId":"a","status":"a text"}]`,
		"long": fmt.Sprintf(`[{"conversationId":"a","status":%q}]`, strings.Repeat("a", 41)),
		"many": "[" + strings.Repeat("7,", 20) + "7]",
	} {
		client := newUpstream(t, respond(http.StatusOK, document)).client(t, Config{})
		page, err := client.ConversationsUnless(WithTrace(t.Context(), (&traceLog{}).trace()), ConversationList{}, nil)
		if err != nil || page.Known != nil {
			t.Errorf("%s: got %+v, %v", name, page, err)
		}
	}
}
