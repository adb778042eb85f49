package gateway_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/gatewaytest/querygen"
	"mstudio-graphql/sandbox"
)

// harvestQuery returns the IDs and cursors for arguments of random queries.
const harvestQuery = `query($after: String) {
	conversations(first: 100, after: $after) { edges { cursor node {
		id isClosed visibility relatedTo { __typename ... on Reference { id } } sharedWith { __typename ... on Reference { id } } category { __typename }
		messages(includeInternal: true) { edges { cursor node {
			__typename
			... on MessageItem { isInternal }
			... on TextMessage { files { __typename } content }
			... on StatusUpdate { code resubmission { __typename } }
			... on ServiceRequest { kind payload { __typename } }
		} } }
	} } }
	conversationCategories { id }
}`

type harvest struct {
	Data struct {
		Conversations struct {
			Edges []struct {
				Cursor string
				Node   map[string]any
			}
		}
		ConversationCategories []struct{ ID string }
	}
}

// pools collects diverse conversations of each caller, with their cursors.
func (l *laboratory) pools(t testing.TB) querygen.Pools {
	t.Helper()
	pools := querygen.Pools{
		Conversations:  []string{sandbox.FutureConversationID, shortID, otherID, sharedID, foreignID},
		Customers:      []string{"6bf6b084-c8ef-5bb4-a644-37d2fb678280", unknownID},
		MessageCursors: map[string][]string{},
	}
	for _, token := range tokens() {
		found := decodeHarvest(t, l.plain.executor.Query(t, token, harvestQuery, nil))
		l.takeCalls("")
		seen := map[string]bool{}
		for i, edge := range found.Data.Conversations.Edges {
			id := edge.Node["id"].(string)
			pools.References = append(pools.References, referencesOf(edge.Node)...)
			if i%15 == 0 {
				pools.ListCursors = append(pools.ListCursors, edge.Cursor)
			}
			// Conversations with more new values are selected more often.
			news := countNews(edge.Node, seen)
			pools.Conversations = append(pools.Conversations, slices.Repeat([]string{id}, min(news, 6))...)
			if slices.Contains(pools.Conversations, id) {
				pools.MessageCursors[id] = cursorsOf(edge.Node["messages"])
			}
		}
		pools.Categories = pools.Categories[:0]
		for _, category := range found.Data.ConversationCategories {
			pools.Categories = append(pools.Categories, category.ID)
		}
	}
	return pools
}

func referencesOf(node map[string]any) []string {
	var ids []string
	for _, name := range []string{"relatedTo", "sharedWith"} {
		if reference, ok := node[name].(map[string]any); ok {
			ids = append(ids, reference["id"].(string))
		}
	}
	return ids
}

func decodeHarvest(t testing.TB, answer gatewaytest.Response) harvest {
	t.Helper()
	var found harvest
	if err := json.Unmarshal(answer.Body, &found); err != nil || len(found.Data.Conversations.Edges) == 0 {
		t.Fatalf("no conversations: %v %s", err, answer.Body[:min(len(answer.Body), 500)])
	}
	return found
}

// countNews counts strings that were not seen before: types, states and codes.
func countNews(value any, seen map[string]bool) int {
	news := 0
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name != "id" && name != "cursor" && name != "content" {
				news += countNews(member, seen)
			}
		}
	case []any:
		for _, element := range value {
			news += countNews(element, seen)
		}
	case string:
		if !seen[value] {
			news = 1
		}
		seen[value] = true
	}
	return news
}

func cursorsOf(connection any) []string {
	var cursors []string
	edges, _ := connection.(map[string]any)["edges"].([]any)
	for _, edge := range edges {
		cursors = append(cursors, edge.(map[string]any)["cursor"].(string))
	}
	return cursors
}

// faults changes the upstream's responses, always in the same way for the same call. The zero value changes nothing.
type faults struct {
	seed uint64
	// drift is the percentage of changed members, failures that of failing calls.
	drift, failures int
}

func (w faults) serve(to http.ResponseWriter, r *http.Request, next http.Handler) {
	sum := w.seed
	for _, letter := range []byte(r.URL.RequestURI()) {
		sum = sum*1099511628211 + uint64(letter)
	}
	rng := rand.New(rand.NewPCG(sum, w.seed))
	switch {
	case rng.IntN(100) < w.failures:
		fail(to, rng)
	case w.drift > 0:
		w.change(to, r, next, rng)
	default:
		next.ServeHTTP(to, r)
	}
}

// fail returns an error or an invalid body. It does not return 503 or abort the connection, because the client would
// retry after a delay.
func fail(to http.ResponseWriter, rng *rand.Rand) {
	to.Header().Set("Content-Type", "application/json")
	status, body := http.StatusOK, ""
	switch rng.IntN(9) {
	case 0, 1:
		status, body = http.StatusForbidden, `{"type":"Forbidden","message":"no"}`
	case 2, 3:
		status, body = http.StatusNotFound, `{}`
	case 4:
		status, body = http.StatusInternalServerError, `oops`
	case 5:
		to.Header().Set("Content-Type", "text/html")
		body = "<html>Wartungsarbeiten</html>"
	case 6:
		body = `[{"conversationId":"` + shortID
	case 7:
		body = `null`
	case 8:
		body = pick(rng, `{}`, `[]`, `[null]`, `""`)
	}
	to.WriteHeader(status)
	_, _ = to.Write([]byte(body))
}

func (w faults) change(to http.ResponseWriter, r *http.Request, next http.Handler, rng *rand.Rand) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	maps.Copy(to.Header(), answer.Header())
	to.Header().Del("Content-Length")
	for _, name := range []string{"Totalcount", "Skip", "Limit", "Page"} {
		if rng.IntN(100) < w.drift {
			to.Header().Set("X-Pagination-"+name, pick(rng, "", "-1", "many", "0", "7", "3.0"))
		}
	}
	to.WriteHeader(answer.Code)
	decoder := json.NewDecoder(answer.Body)
	decoder.UseNumber()
	var document any
	if decoder.Decode(&document) != nil {
		return
	}
	encoder := &driftEncoder{rng: rng, percent: w.drift}
	// The type of the whole document does not change, because such a response would hardly test anything.
	_, _ = to.Write(encoder.encode(nil, document))
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// driftEncoder encodes a JSON document with random changes.
type driftEncoder struct {
	rng     *rand.Rand
	percent int
}

func (d *driftEncoder) happens() bool { return d.rng.IntN(100) < d.percent }

// value appends a member or an element, changed or unchanged.
func (d *driftEncoder) value(buffer []byte, value any) []byte {
	if !d.happens() {
		return d.encode(buffer, value)
	}
	if text, ok := value.(string); ok && d.rng.IntN(100) < 60 {
		return append(buffer, d.otherText(text)...)
	}
	return append(buffer, pick(d.rng, `null`, `null`, `null`, `true`, `false`, `0`, `-1.5e-7`, `4711.0`, `1e21`, `1e400`,
		`123456789012345678901234567890`, `""`, `"x"`, `[]`, `{}`, `[null]`, `["shared", 1, {"id": "x"}]`, `{"id": 1}`)...)
}

// otherText returns a different JSON string: a known enum value, an unusual text or an invalid one.
func (d *driftEncoder) otherText(text string) string {
	if d.rng.IntN(100) < 40 {
		return strconv.Quote(pick(d.rng, "MESSAGE", "STATUS_UPDATE", "SERVICE_REQUEST", "POLL", "relocation", "call",
			"mailSendLimitIncrease", "aiHandover", "requested", "uploaded", "deleted", "quarantined", "user", "customer",
			"project", "app", "appinstallation", "placementgroup", "extension", "extensionInstance", "container", "ai",
			"open", "answered", "inProgress", "waiting", "closed", "private", "shared", "customerService"))
	}
	return pick(d.rng, `"not a time"`, `"2026-02-30T10:00:00Z"`, `"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.999999999-14:00"`,
		`"2026-01-01T00:00:00.120+02:00"`, `"\u0000\u001f\t\r\n\b\f\"\\\/"`, `"\ud800 \udc00x"`, "\"\xff\xc3\"", `"\u2028\u2029\u007f\ufffd"`,
		"\"𝄞<b>&amp;\"", strconv.Quote(strings.Repeat("lang ", 200)), `"`+strings.ToUpper(strings.Trim(strconv.QuoteToASCII(text), `"`))+`"`)
}

func (d *driftEncoder) encode(buffer []byte, value any) []byte {
	switch value := value.(type) {
	case map[string]any:
		return d.object(buffer, value)
	case []any:
		return d.array(buffer, value)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return append(buffer, "null"...)
	}
	return append(buffer, encoded...)
}

// object appends an object with members removed, added and reordered.
func (d *driftEncoder) object(buffer []byte, members map[string]any) []byte {
	names := slices.Sorted(maps.Keys(members))
	if len(names) > 0 && d.happens() {
		names = append(names, pick(d.rng, names...)) // twice
	}
	d.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	buffer = append(buffer, `{"":null`...)
	for _, name := range names {
		if d.rng.IntN(100) < d.percent/2 {
			continue
		}
		if d.happens() {
			buffer = append(buffer, `,"`+pick(d.rng, "internal", "name", "files", "meta", "active", "unknown")+`":`...)
			buffer = append(buffer, pick(d.rng, `true`, `null`, `{"a":[1]}`, `"text"`)...)
		}
		buffer = strconv.AppendQuote(append(buffer, ','), name)
		buffer = d.value(append(buffer, ':'), members[name])
	}
	return append(buffer, '}')
}

// array appends an array with elements removed, repeated and added.
func (d *driftEncoder) array(buffer []byte, elements []any) []byte {
	buffer = append(buffer, '[')
	first := true
	write := func(element func(buffer []byte) []byte) {
		if !first {
			buffer = append(buffer, ',')
		}
		first = false
		buffer = element(buffer)
	}
	for _, element := range elements {
		switch dice := d.rng.IntN(1000); {
		case dice < d.percent:
			continue
		case dice < 2*d.percent:
			write(func(buffer []byte) []byte { return append(buffer, pick(d.rng, `null`, `7`, `{}`, `"x"`)...) })
		case dice < 3*d.percent:
			write(func(buffer []byte) []byte { return d.encode(buffer, element) })
		}
		write(func(buffer []byte) []byte { return d.encode(buffer, element) })
	}
	return append(buffer, ']')
}
