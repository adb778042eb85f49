package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// found collects what a walk finds, as "field value".
func found(document any) []string {
	var all []string
	walker(func(field, value string) { all = append(all, field+" "+value) }).document(document)
	slices.Sort(all)
	return slices.Compact(all)
}

func wantEqual[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestKnownValuesAreNoDrift(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]any{
		"conversation": &rest.Conversation{
			Status: "open", Visibility: "private", NotificationRoles: []rest.NotificationRole{"project_owner"},
			RelatedTo: &rest.Project{}, SharedWith: &rest.Customer{}, Category: &rest.ConversationCategory{},
			Relations: []*rest.AggregateReference{{}},
		},
		"nothing": &rest.Conversation{},
		"none":    (*rest.Conversation)(nil),
		"messages": []rest.Message{
			&rest.TextMessage{CreatedBy: &rest.User{Department: "mail"}, Files: []rest.File{&rest.UploadedFile{}}},
			&rest.StatusUpdate{Code: "SOMETHING_NEW"}, &rest.ServiceRequest{Kind: "call"}, nil,
		},
		"access": &rest.FileAccess{},
	} {
		if got := found(document); len(got) > 0 {
			t.Errorf("%s: found %v", name, got)
		}
	}
}

func TestUnknownValues(t *testing.T) {
	t.Parallel()
	const value = "brandNew"
	row := &rest.Conversation{
		Status: value, Visibility: value, NotificationRoles: []rest.NotificationRole{"project_owner", value},
		Category:  &rest.ConversationCategory{ReferenceTypes: []rest.CategoryReferenceType{value}},
		RelatedTo: &rest.UnknownReference{}, SharedWith: &rest.UnknownReference{},
		LastMessage: &rest.LastMessage{CreatedBy: &rest.User{Department: value}},
	}
	want := []string{
		"Conversation.notificationRoles brandNew", "Conversation.relatedTo /", "Conversation.sharedWith /", "Conversation.status brandNew",
		"Conversation.visibility brandNew", "ConversationCategory.referenceTypes brandNew", "User.department brandNew",
	}
	for _, document := range []any{row, []*rest.Conversation{nil, row}} {
		wantEqual(t, "found in conversations", want, found(document))
	}
	messages := []rest.Message{
		&rest.UnknownMessage{RawType: "POLL"},
		&rest.ServiceRequest{Kind: value, Files: []rest.File{&rest.UnknownFile{RawState: "quarantined"}}},
		&rest.TextMessage{Files: []rest.File{&rest.UnknownFile{RawState: "lost"}}},
	}
	wantEqual(t, "found in messages", []string{"File.state lost", "File.state quarantined", "Message POLL", "ServiceRequest.kind brandNew"}, found(messages))
}

// ignored are the types of words that may be anything: nobody need be told of a new one.
func ignored() []string { return []string{"EventID"} }

// Whatever the client can return is looked through: each type of words that it has in it, and each Unknown… type. Who
// adds one has the walk look at it.
func TestWalkMissesNothing(t *testing.T) {
	t.Parallel()
	client := reflect.TypeFor[*rest.Client]()
	documents := 0
	for i := range client.NumMethod() {
		method := client.Method(i).Type
		if method.NumOut() != 2 || method.In(method.NumIn()-1) == client {
			continue
		}
		result := method.Out(0)
		words := wordsIn(result, map[reflect.Type]bool{})
		if len(words) == 0 {
			continue
		}
		documents++
		walked := reflect.New(result).Elem()
		fill(walked, map[reflect.Type]int{})
		document := walked.Interface()
		if page, ok := document.(*rest.ConversationPage); ok {
			document = page.Conversations // as it is decoded
		}
		if got := found(document); len(got) < len(words) {
			t.Errorf("%s returns %s, which has %v in it; only these are looked at: %v", client.Method(i).Name, result, slices.Sorted(maps.Keys(words)), got)
		}
	}
	if documents < 6 {
		t.Errorf("only %d methods have something to look at", documents)
	}
}

// unions are the values that an interface of the client can have.
func unions() []any {
	return []any{
		&rest.TextMessage{}, &rest.StatusUpdate{}, &rest.ServiceRequest{}, &rest.UnknownMessage{},
		&rest.UnknownFile{}, &rest.UnknownReference{}, &rest.UnknownPayload{},
	}
}

func membersOf(union reflect.Type) []reflect.Type {
	var members []reflect.Type
	for _, value := range unions() {
		if member := reflect.TypeOf(value); member.Implements(union) {
			members = append(members, member)
		}
	}
	return members
}

// wordsIn names the places where a type has something that can drift: named strings, and unknown members of a union.
// That of a payload is named by its request's kind already.
func wordsIn(of reflect.Type, seen map[reflect.Type]bool) map[string]bool {
	words := map[string]bool{}
	if seen[of] {
		return words
	}
	seen[of] = true
	switch of.Kind() { //nolint:exhaustive // all others are no words
	case reflect.Pointer, reflect.Slice:
		maps.Copy(words, wordsIn(of.Elem(), seen))
	case reflect.Interface:
		for _, member := range membersOf(of) {
			if name := member.Elem().Name(); strings.HasPrefix(name, "Unknown") && name != "UnknownPayload" {
				words[of.Name()+" "+name] = true
			}
			maps.Copy(words, wordsIn(member, seen))
		}
	case reflect.Struct:
		for field := range of.Fields() {
			if field.IsExported() {
				maps.Copy(words, wordsIn(field.Type, seen))
			}
		}
	case reflect.String:
		if strings.HasSuffix(of.PkgPath(), "/rest") && !slices.Contains(ignored(), of.Name()) {
			words[of.Name()] = true
		}
	}
	return words
}

// fill puts something new everywhere. For a list of a union it makes one of each member.
func fill(value reflect.Value, depth map[reflect.Type]int) {
	of := value.Type()
	if depth[of] > 2 || !value.CanSet() {
		return
	}
	depth[of]++
	defer func() { depth[of]-- }()
	switch of.Kind() { //nolint:exhaustive // all others are no words
	case reflect.String:
		value.SetString("brandNew")
	case reflect.Pointer:
		value.Set(reflect.New(of.Elem()))
		fill(value.Elem(), depth)
	case reflect.Struct:
		for i := range of.NumField() {
			fill(value.Field(i), depth)
		}
	case reflect.Interface:
		members := membersOf(of)
		if len(members) > 0 {
			fillMember(value, members[len(members)-1], depth)
		}
	case reflect.Slice:
		members := []reflect.Type{of.Elem()}
		if of.Elem().Kind() == reflect.Interface {
			members = membersOf(of.Elem())
		}
		for _, member := range members {
			element := reflect.New(of.Elem()).Elem()
			if of.Elem().Kind() == reflect.Interface {
				fillMember(element, member, depth)
			} else {
				fill(element, depth)
			}
			value.Set(reflect.Append(value, element))
		}
	}
}

func fillMember(value reflect.Value, member reflect.Type, depth map[reflect.Type]int) {
	made := reflect.New(member).Elem()
	fill(made, depth)
	value.Set(made)
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"onHold": "onHold", "AI_HANDOVER": "AI_HANDOVER", "ai-agent/bot": "ai-agent/bot", "ipv6": "ipv6", "v10": "v10",
		"": missing, "/": missing,
		"a text": other, "läuft": other, "user@example.com": other, "a.b": other, "line\nbreak": other, `quote"`: other,
		"3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11": other, "v100": other, strings.Repeat("a", 41): other, strings.Repeat("a", 40): strings.Repeat("a", 40),
	} {
		if got := named(value); got != want {
			t.Errorf("%q: want %q, got %q", value, want, got)
		}
	}
}

// Each new value is logged once, however often and by however many it is seen, and counted each time.
func TestWatchLogsOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var mu sync.Mutex
	counted := map[string]int{}
	watch := New(slog.New(slog.NewJSONHandler(&log, nil)), func(field, value string) {
		mu.Lock()
		defer mu.Unlock()
		counted[field+" "+value]++
	})
	var seeing sync.WaitGroup
	for range 8 {
		seeing.Go(func() {
			for range 10 {
				watch.Document(&rest.Conversation{Status: "onHold"})
				watch.Document([]rest.Message{&rest.UnknownMessage{RawType: "geheim: a1b2c3d4"}})
			}
		})
	}
	seeing.Wait()
	wantEqual(t, "counted", map[string]int{"Conversation.status onHold": 80, "Message other": 80}, counted)
	logged := map[string]int{}
	for line := range strings.Lines(log.String()) {
		var record struct{ Level, Field, Value string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		logged[record.Level+" "+record.Field+" "+record.Value]++
	}
	wantEqual(t, "logged", map[string]int{"WARN Conversation.status onHold": 1, "WARN Message other": 1}, logged)
	if strings.Contains(log.String(), "geheim") {
		t.Errorf("the log has a text: %s", &log)
	}
}

// However inventive the upstream is, there is an end to what is told apart.
func TestWatchIsBounded(t *testing.T) {
	t.Parallel()
	values := map[string]bool{}
	watch := New(slog.New(slog.DiscardHandler), func(_, value string) { values[value] = true })
	letters := "abcdefghijklmnopqrstuvwxyz"
	for i := range 1000 {
		watch.Document(&rest.Conversation{Status: rest.ConversationStatus(fmt.Sprintf("new%c%c", letters[i%26], letters[i/26%26]))})
	}
	if len(values) != maxFound+1 || !values[other] {
		t.Errorf("%d values are told apart", len(values))
	}
}

// BenchmarkDocument looks through a page and a history in which nothing has changed, as nearly all are.
func BenchmarkDocument(b *testing.B) {
	user := &rest.User{}
	page := slices.Repeat([]*rest.Conversation{{
		Status: "inProgress", Visibility: "shared", NotificationRoles: []rest.NotificationRole{"project_external", "customer_member"},
		CreatedBy: user, MainUser: user, LastMessage: &rest.LastMessage{CreatedBy: user},
		Category:  &rest.ConversationCategory{ReferenceTypes: []rest.CategoryReferenceType{"extensionInstance", "project"}},
		RelatedTo: &rest.Project{}, SharedWith: &rest.Customer{},
	}}, 50)
	history := slices.Repeat([]rest.Message{&rest.TextMessage{CreatedBy: user, Files: []rest.File{&rest.UploadedFile{}}}, &rest.StatusUpdate{User: user}}, 5)
	watch := New(slog.New(slog.DiscardHandler), nil)
	b.ReportAllocs()
	for b.Loop() {
		watch.Document(page)
		for range 50 {
			watch.Document(history)
		}
	}
}
