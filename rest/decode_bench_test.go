package rest

import (
	"bytes"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"mstudio-graphql/internal/jsonscan"
	"mstudio-graphql/sandbox"
)

// sandboxBody returns the sandbox's response to the demo caller with the most data.
func sandboxBody(b *testing.B, path string) []byte {
	b.Helper()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	request.Header.Set("X-Access-Token", sandbox.DemoTokens()[0].Token)
	recorder := httptest.NewRecorder()
	sandbox.New(sandbox.Config{}).ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		b.Fatalf("status %d", recorder.Code)
	}
	return recorder.Body.Bytes()
}

// BenchmarkNotes decodes the 51 documents of an inbox with and without notes of drift, in turns, and reports the median of
// the differences between neighbours, with the limits within which the true median lies in 95 of 100 runs.
// The sandbox has unknown values, which are noted too.
func BenchmarkNotes(b *testing.B) {
	documents := inboxDocuments(b)
	notes := 0
	note := func(Drift) { notes++ }
	var without, more []float64
	for b.Loop() {
		alone, noted := decodeInbox(documents, nil), decodeInbox(documents, note)
		notedToo, aloneToo := decodeInbox(documents, note), decodeInbox(documents, nil)
		without = append(without, alone, aloneToo)
		more = append(more, (noted+notedToo-alone-aloneToo)/2)
	}
	slices.Sort(without)
	slices.Sort(more)
	middle, spread := float64(len(more)-1)/2, math.Sqrt(float64(len(more)))
	b.ReportMetric(without[len(without)/2], "without-µs/inbox")
	b.ReportMetric(more[int(middle)], "notes-µs/inbox")
	b.ReportMetric(more[int(max(0, middle-spread))], "notes-min-µs/inbox")
	b.ReportMetric(more[int(min(2*middle, middle+spread))], "notes-max-µs/inbox")
	b.ReportMetric(float64(notes)/float64(2*b.N), "notes/inbox")
}

// decodeInbox returns how many microseconds it takes to decode a list and its histories.
func decodeInbox(documents [][]byte, onDrift func(Drift)) float64 {
	start := time.Now()
	for i, document := range documents {
		d := &decoder{Scanner: jsonscan.Scanner{Data: document}, onDrift: onDrift}
		if i == 0 {
			readConversations(d)
		} else {
			readMessages(d, "")
		}
	}
	return float64(time.Since(start).Nanoseconds()) / 1000
}

// inboxDocuments returns a list of 50 conversations and their histories.
func inboxDocuments(b *testing.B) [][]byte {
	b.Helper()
	documents := [][]byte{sandboxBody(b, "/v2/conversations?limit=50")}
	page, err := decode(documents[0], "", readConversations)
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range page.Conversations {
		documents = append(documents, sandboxBody(b, "/v2/conversations/"+row.ID+"/messages"))
	}
	return documents
}

func BenchmarkDecode(b *testing.B) {
	list := sandboxBody(b, "/v2/conversations?limit=50")
	page, err := decode(list, "https://api.example/v2/files/", readConversations)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("conversations", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			_, _ = decode(list, "https://api.example/v2/files/", readConversations)
		}
	})
	history := sandboxBody(b, "/v2/conversations/"+page.Conversations[2].ID+"/messages")
	b.Run("messages", func(b *testing.B) {
		b.SetBytes(int64(len(history)))
		b.ReportAllocs()
		for b.Loop() {
			_, _ = decode(history, "https://api.example/v2/files/", func(d *decoder) []Message { return readMessages(d, "") })
		}
	})
}

// BenchmarkComparisons measures what noticing drift adds to the decoding of an inbox: the comparisons for each item, row and enum,
// and one for each member that decoding does not skip, which are seven tenths. It reports the sum of the fastest passes. Like in
// decoding, what is compared is in the processor's cache.
func BenchmarkComparisons(b *testing.B) {
	var rows []*Conversation
	var items []messageFields
	members := 0
	for i, document := range inboxDocuments(b) {
		d := &decoder{Scanner: jsonscan.Scanner{Data: document}}
		if i == 0 {
			rows = readConversations(d).Conversations
		} else {
			d.array(func() { items = append(items, d.messageFields()) })
		}
		members += bytes.Count(document, []byte(`":`))
	}
	differences := 0
	d := &decoder{onDrift: func(Drift) { differences++ }}
	var parts []comparisons
	for few := range slices.Chunk(items, 50) {
		parts = append(parts, func() {
			found := 0
			for i := range few {
				found += countTrue(few[i].isIncomplete())
			}
			differences += found
		})
	}
	parts = append(parts, func() {
		found := 0
		for range members * 7 / 10 {
			found += countTrue(d.odd != "")
		}
		differences += found
	}, func() {
		for _, row := range rows {
			differences += countTrue(row.isIncomplete())
			reportUnknown(d, "Conversation.status", row.Status)
			reportUnknown(d, "Conversation.visibility", row.Visibility)
			for _, role := range row.NotificationRoles {
				reportUnknown(d, "Conversation.notificationRoles", role)
			}
		}
	})
	fastest := slices.Repeat([]time.Duration{time.Hour}, len(parts))
	for b.Loop() {
		for i, compare := range parts {
			fastest[i] = min(fastest[i], compare.time())
		}
	}
	var sum time.Duration
	for _, time := range fastest {
		sum += time
	}
	b.ReportMetric(float64(sum.Nanoseconds())/1000, "µs/inbox")
	b.ReportMetric(float64(differences)/float64(b.N*(1+passes)), "differences/inbox")
}

// comparisons are those of a part of an inbox.
type comparisons func()

// passes is how many passes are measured at once, because reading the clock takes as long as some of them.
const passes = 10

// time returns the mean time of a pass after the first one.
func (c comparisons) time() time.Duration {
	c()
	start := time.Now()
	for range passes {
		c()
	}
	return time.Since(start) / passes
}

func countTrue(is bool) int {
	if is {
		return 1
	}
	return 0
}
