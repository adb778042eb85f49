package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mutatedList is the document of an endpoint, an array, and how the client reads it. Rows that are nil, and unreadable rows,
// become errors beside the list that the gateway returns.
type mutatedList struct {
	rows []string
	read func(ctx context.Context, c *Client) (rows []any, unreadable int, err error)
}

// rowsOf returns rows as values of any type.
func rowsOf[T any](rows []T, unreadable int, err error) ([]any, int, error) {
	all := make([]any, len(rows))
	for i, row := range rows {
		all[i] = row
	}
	return all, unreadable, err
}

func entityRows[T any](list *EntityList[T], err error) ([]any, int, error) {
	if err != nil {
		return nil, 0, err
	}
	return rowsOf(list.Rows, list.Unreadable, nil)
}

// mutatedLists returns the lists by the names of their endpoints.
func mutatedLists(t *testing.T) map[string]mutatedList {
	t.Helper()
	lists := map[string]mutatedList{
		"conversations": {rows: variants(t, fixture(t, "conversation.json"), "conversationId"), read: func(ctx context.Context, c *Client) ([]any, int, error) {
			page, err := c.Conversations(ctx, ConversationList{})
			if err != nil {
				return nil, 0, err
			}
			return rowsOf(page.Conversations, 0, nil)
		}},
		"messages": {rows: elements(t, fixture(t, "messages.json")), read: func(ctx context.Context, c *Client) ([]any, int, error) {
			messages, err := c.Messages(ctx, conversationID)
			return rowsOf(messages, 0, err)
		}},
		"members": {rows: variants(t, pick(t, fixture(t, "conversation.json"), "createdBy"), "userId"), read: func(ctx context.Context, c *Client) ([]any, int, error) {
			members, err := c.Members(ctx, conversationID)
			return rowsOf(members, 0, err)
		}},
		"categories": {rows: variants(t, pick(t, fixture(t, "conversation.json"), "category"), "categoryId"), read: func(ctx context.Context, c *Client) ([]any, int, error) {
			categories, err := c.ConversationCategories(ctx)
			return rowsOf(categories, 0, err)
		}},
		"notifications": {rows: variants(t, notificationDocument, "type"), read: func(ctx context.Context, c *Client) ([]any, int, error) {
			list, err := c.UnreadNotifications(ctx)
			if err != nil {
				return nil, 0, err
			}
			if list.IsWhole {
				return rowsOf(list.Rows, 0, nil)
			}
			return rowsOf(list.Rows, max(3-len(list.Rows), 0), nil) // resolvers treat all conversations as unknown
		}},
	}
	addEntityLists(t, lists)
	return lists
}

const notificationDocument = `{"type":"new-message","read":false,"reference":{"domain":"conversation","aggregate":"message","id":"m-1",
	"parents":[{"domain":"conversation","aggregate":"conversation","id":"c-1"}]}}`

func addEntityLists(t *testing.T, lists map[string]mutatedList) {
	t.Helper()
	add := func(name, id, document string, read func(context.Context, *Client) ([]any, int, error)) {
		lists[name] = mutatedList{variants(t, document, id), read}
	}
	add("customers", "customerId", `{"customerId":"c-1","name":"Acker","customerNumber":"1","avatarRefId":"a","creationDate":"2026-07-01T09:15:00Z","memberCount":2,"projectCount":3}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.Customers(ctx)) })
	add("projects", "id", `{"id":"p-1","shortId":"p-x","description":"Shop","enabled":true,"status":"ready","createdAt":"2026-07-01T09:15:00Z","imageRefId":"a","customerId":"c-1","serverId":"s-1"}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.Projects(ctx)) })
	add("servers", "id", `{"id":"s-1","shortId":"s-x","description":"Server","status":"ready","createdAt":"2026-07-01T09:15:00Z","imageRefId":"a","storage":"50Gi","machineType":{"name":"shared.large","cpu":"2","memory":"4Gi"},"customerId":"c-1"}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.Servers(ctx)) })
	add("services", "id", `{"id":"c-1","shortId":"c-x","serviceName":"db","description":"Database","status":"running","statusSetAt":"2026-07-01T09:15:00Z","projectId":"p-1"}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.Services(ctx)) })
	add("apps", "id", `{"id":"a-1","shortId":"a-x","appName":"WordPress","description":"Blog","hostname":"h","appExternalVersion":"6","appVersion":{"current":"1","desired":"2"},"updateAvailable":true,"disabled":false,"phase":"ready","createdAt":"2026-07-01T09:15:00Z","projectId":"p-1"}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.AppInstallations(ctx)) })
	add("extensions", "id", `{"id":"e-1","extensionName":"x","contributorName":"y","disabled":false,"createdAt":"2026-07-01T09:15:00Z","aggregateReference":{"domain":"project","aggregate":"project","id":"p-1"}}`,
		func(ctx context.Context, c *Client) ([]any, int, error) { return entityRows(c.ExtensionInstances(ctx)) })
}

// variants returns three rows that differ in one member.
func variants(t *testing.T, document, member string) []string {
	t.Helper()
	var rows []string
	for i := range 3 {
		rows = append(rows, edit(t, document, member, fmt.Sprintf(`"%s-%d"`, member, i)))
	}
	return rows
}

func elements(t *testing.T, document string) []string {
	t.Helper()
	var rows []json.RawMessage
	parse(t, document, &rows)
	var texts []string
	for _, row := range rows {
		texts = append(texts, string(row))
	}
	return texts
}

// mutationServer is an upstream that returns one body for all requests.
type mutationServer struct {
	client *Client
	body   atomic.Value
	total  atomic.Int64
	drift  []Drift
}

func newMutationServer(t *testing.T) *mutationServer {
	t.Helper()
	s := &mutationServer{}
	upstream := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Pagination-Totalcount", strconv.FormatInt(s.total.Load(), 10))
		respond(http.StatusOK, s.body.Load().(string))(w, r)
	})
	s.client = upstream.client(t, Config{})
	return s
}

func (s *mutationServer) read(ctx context.Context, list mutatedList, rows []string) ([]any, int, error) {
	s.body.Store("[" + strings.Join(rows, ",") + "]")
	s.total.Store(int64(len(rows)))
	s.drift = nil
	return list.read(WithTrace(ctx, &Trace{Drift: func(found Drift) { s.drift = append(s.drift, found) }}), s.client)
}

// Whatever changes in a row, the others stay, no row, no element of an inner list and no value is missing without an error or a
// note, and no object is without an ID.
func TestRandomMutations(t *testing.T) {
	t.Parallel()
	for name, list := range mutatedLists(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, random := newMutationServer(t), rand.New(rand.NewPCG(1, uint64(len(name))))
			full, _, err := server.read(t.Context(), list, list.rows)
			if err != nil || len(full) != len(list.rows) || len(server.drift) > 0 {
				t.Fatalf("the full document: %d rows, %v, %v", len(full), server.drift, err)
			}
			for range mutations {
				m := newMutation(t, random, list.rows)
				got, unreadable, err := server.read(t.Context(), list, m.rows)
				if problem := m.verdict(full, got, unreadable, err, server.drift); problem != "" {
					t.Fatalf("%s at %s of row %d: %s\n%s\nnotes: %v", m.kind, m.path, m.index, problem, m.rows[m.index], server.drift)
				}
			}
		})
	}
}

// mutation is a random change of a row.
type mutation struct {
	rows  []string
	index int    // of the changed row
	path  string // of the changed value, "" for the row itself
	kind  string
	inner int  // elements of arrays in the changed value
	omits bool // whether the change omits something, as mStudio may
}

// newMutation changes a random value of a random row.
func newMutation(t *testing.T, random *rand.Rand, rows []string) *mutation {
	t.Helper()
	m := &mutation{rows: slices.Clone(rows), index: random.IntN(len(rows))}
	var row any
	parse(t, rows[m.index], &row)
	paths := slices.DeleteFunc(valuePaths(row), func(path string) bool { return path == "read" }) // true leaves the row out
	paths = append(paths, "")
	slices.Sort(paths)
	m.path = paths[random.IntN(len(paths))]
	value := rows[m.index]
	if m.path != "" {
		value = pick(t, value, m.path)
	}
	kinds := mutationKinds(value)
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	m.kind = names[random.IntN(len(names))]
	m.inner = strings.Count(value, ",") + 1 // an upper bound
	if !strings.Contains(value, "[") {
		m.inner = 0
	}
	m.omits = omits(m.kind, value)
	m.apply(t, value, kinds[m.kind])
	return m
}

// omits reports whether a change of a value is one that mStudio may make without a difference from its schema: an optional
// member is absent, null or renamed, and a text or a list is empty. TestMissingMembersAreNoted is about required ones.
func omits(kind, value string) bool {
	switch kind {
	case "removed", "renamed", "null", emptyText:
		return true
	case "object", "empty object", "nested":
		return value[0] == '{'
	case "empty array":
		return value[0] == '['
	}
	return false
}

// emptyText is the kind of the change to "".
const emptyText = "text 1"

func (m *mutation) apply(t *testing.T, value, changed string) {
	t.Helper()
	switch {
	case m.path == "" && changed == removed:
		m.rows[m.index], m.kind = "{}", "empty"
	case m.path == "" && m.kind == "twice":
		m.rows, m.kind = slices.Insert(m.rows, m.index, value), "twice"
	case m.path == "":
		m.rows[m.index] = changed
	case m.kind == "twice":
		m.twice(t, value)
	case m.isElement() && changed == removed && m.kind != "renamed":
		m.rows[m.index], m.kind = edit(t, m.rows[m.index], m.path, "null"), "null"
	case m.kind == "renamed":
		m.rename(t, value)
	default:
		m.rows[m.index] = edit(t, m.rows[m.index], m.path, changed)
	}
}

// isElement reports whether the changed value is an element of an array.
func (m *mutation) isElement() bool { return strings.TrimRight(m.path, "0123456789") != m.path }

// split returns the path of the object or array around the changed value, and the value's name or index.
func (m *mutation) split() (parent, key string) {
	at := strings.LastIndexByte(m.path, '.')
	if at < 0 {
		return "", m.path
	}
	return m.path[:at], m.path[at+1:]
}

// around replaces the object or array around the changed value.
func (m *mutation) around(t *testing.T, change func(around, key string) string) {
	t.Helper()
	parent, key := m.split()
	if parent == "" {
		m.rows[m.index] = change(m.rows[m.index], key)
		return
	}
	m.rows[m.index] = edit(t, m.rows[m.index], parent, change(pick(t, m.rows[m.index], parent), key))
}

// twice repeats an element, or a member with another value before it.
func (m *mutation) twice(t *testing.T, value string) {
	t.Helper()
	m.around(t, func(around, key string) string {
		if strings.HasPrefix(around, "[") {
			return "[" + value + "," + around[1:]
		}
		return "{" + strconv.Quote(key) + ":[1]," + strings.TrimSpace(around)[1:]
	})
}

func (m *mutation) rename(t *testing.T, value string) {
	t.Helper()
	m.around(t, func(around, key string) string {
		if strings.HasPrefix(around, "[") {
			return edit(t, around, key, `{"renamed":`+value+`}`)
		}
		return edit(t, edit(t, around, key+"Renamed", value), key, removed)
	})
}

// mutationKinds returns the replacements of a value by their names.
func mutationKinds(value string) map[string]string {
	kinds := map[string]string{
		"removed": removed, "renamed": "", "twice": "", "null": "null", "number": "4711", "boolean": "true", "object": `{"wrong":{"kind":[]}}`,
		"array": `["wrong",["kind"]]`, "empty array": "[]", "empty object": "{}", "nested": `{"value":` + value + `}`, "wrapped": "[" + value + "]",
	}
	if strings.HasPrefix(value, `"`) {
		for i, odd := range []string{
			`"brandNew"`, `""`, `" "`, strings.ToUpper(value), `"` + strings.Repeat("x", 3000) + `"`, `"\ud83d\ude00\ud800\u0000"`, `".."`, `"a/b?c#d"`,
			`"2026-07-01T09:15:00+0200"`, `"2026-07-01t09:15:00z"`, `1782900900`, `1782900900.125`, `"yesterday"`, `"24:00"`,
		} {
			kinds["text "+strconv.Itoa(i)] = odd
		}
	} else if value[0] != '{' && value[0] != '[' {
		kinds["text"] = `"text"`
	}
	return kinds
}

// valuePaths returns the paths of all members and elements.
func valuePaths(value any) []string {
	var paths []string
	add := func(key string, value any) {
		paths = append(paths, key)
		for _, below := range valuePaths(value) {
			paths = append(paths, key+"."+below)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			add(key, member)
		}
	case []any:
		for i, element := range value {
			add(strconv.Itoa(i), element)
		}
	}
	return paths
}

// verdict returns what is wrong with the result, or "".
func (m *mutation) verdict(full, got []any, unreadable int, err error, drift []Drift) string {
	if err != nil {
		return "the whole list fails: " + err.Error()
	}
	if len(got)+unreadable != len(m.rows) {
		return fmt.Sprintf("%d rows of %d, %d unreadable", len(got), len(m.rows), unreadable)
	}
	if len(m.rows) > len(full) {
		return "" // a row twice
	}
	changed, others := m.changed(full, got)
	if others != "" {
		return others
	}
	if changed == nil || reflect.ValueOf(changed).IsNil() {
		if len(drift) == 0 {
			return "a row is missing without a note"
		}
		return ""
	}
	if place := withoutAnID(reflect.ValueOf(changed)); place != "" && unreadable == 0 && m.path != "" {
		return place + " has no ID"
	}
	return m.loss(full[m.index], changed, drift)
}

// changed returns the changed row of the result, nil if it is unreadable, and compares the others with those of the full
// list. Messages may be in another order.
func (m *mutation) changed(full, got []any) (changed any, problem string) {
	others := slices.Delete(slices.Clone(full), m.index, m.index+1)
	for _, row := range got {
		if len(others) > 0 && reflect.DeepEqual(row, others[0]) { //nolint:forbidigo // most are equal, and thousands are compared
			others = others[1:]
			continue
		}
		if changed != nil {
			return nil, "another row has changed"
		}
		changed = row
	}
	if len(others) > 0 {
		return nil, "another row is missing"
	}
	return changed, ""
}

// loss returns what a row has lost without a note, or "". Members that are absent or null are not lost: mStudio omits them.
func (m *mutation) loss(before, after any, drift []Drift) string {
	was, is := measure(reflect.ValueOf(before)), measure(reflect.ValueOf(after))
	switch {
	case m.isElement() && m.inner == 0 && is.elements < was.elements:
		return fmt.Sprintf("%d elements of %d", is.elements, was.elements)
	case is.elements < was.elements-m.inner && len(drift) == 0:
		return fmt.Sprintf("%d elements of %d without a note", is.elements, was.elements)
	case !m.omits && is.scalars < was.scalars && len(drift) == 0:
		return fmt.Sprintf("%d scalars of %d without a note", is.scalars, was.scalars)
	}
	return ""
}

// measures counts the elements of all lists, and the values that are neither absent nor empty.
type measures struct{ elements, scalars int }

func (m *measures) add(other measures) {
	m.elements += other.elements
	m.scalars += other.scalars
}

func measure(value reflect.Value) (found measures) {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return found
		}
		if found = measure(value.Elem()); isScalar(value.Elem()) {
			found.scalars = 1 // false and 0 are no absent values
		}
	case reflect.Slice:
		found.elements = value.Len()
		for i := range value.Len() {
			found.add(measure(value.Index(i)))
		}
	case reflect.Struct:
		if value.Type() == reflect.TypeFor[time.Time]() {
			if value.CanInterface() && !value.Interface().(time.Time).Equal(Epoch()) { //nolint:forcetypeassert // see above
				found.scalars = 1
			}
			return found
		}
		for _, field := range value.Fields() {
			found.add(measure(field))
		}
	default:
		if value.Kind() != reflect.Bool && !value.IsZero() {
			found.scalars = 1
		}
	}
	return found
}

func isScalar(value reflect.Value) bool {
	switch value.Kind() { //nolint:exhaustive // the others are no values of JSON
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return true
	}
	return false
}

// withoutAnID returns the type of an object below value whose ID is "", or "". A row without an ID is unreadable.
func withoutAnID(value reflect.Value) string {
	switch value.Kind() { //nolint:exhaustive // the others hold no objects
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			return withoutAnID(value.Elem())
		}
	case reflect.Slice:
		for i := range value.Len() {
			if place := withoutAnID(value.Index(i)); place != "" {
				return place
			}
		}
	case reflect.Struct:
		if id := value.FieldByName("ID"); id.IsValid() && id.Kind() == reflect.String && id.String() == "" && value.Type() != reflect.TypeFor[NotificationReference]() && !isEntityRow(value) {
			return value.Type().Name()
		}
		for declared, field := range value.Fields() {
			if isEntityRow(value) && declared.Anonymous {
				continue
			}
			if place := withoutAnID(field); place != "" {
				return place
			}
		}
	}
	return ""
}

// isEntityRow reports whether a value is a row whose ID the loader checks.
func isEntityRow(value reflect.Value) bool {
	switch value.Type() {
	case reflect.TypeFor[Customer](), reflect.TypeFor[Project](), reflect.TypeFor[PlacementGroup](), reflect.TypeFor[Container](), reflect.TypeFor[AppInstallation](), reflect.TypeFor[ExtensionInstance]():
		return true
	}
	return false
}
