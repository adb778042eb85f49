package scalar_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/scalar"
	"mstudio-graphql/rest"
)

// enum is one of the schema's enums that mStudio fills.
type enum struct {
	write func(spelling string) written
	read  func(any) (any, error)
	known []string // in mStudio's spelling
}

func enumOf[T ~string](marshal func(T) graphql.Marshaler, appendTo func([]byte, T) []byte, unmarshal func(any) (T, error), known ...T) enum {
	spellings := make([]string, len(known))
	for i, value := range known {
		spellings[i] = string(value)
	}
	return enum{
		write: func(spelling string) written { return write(marshal, appendTo, T(spelling)) },
		read:  reader(unmarshal),
		known: spellings,
	}
}

// written is a value as written by the executor and by the renderer.
type written struct{ executor, renderer string }

func write[T any](marshal func(T) graphql.Marshaler, appendTo func([]byte, T) []byte, value T) written {
	var text strings.Builder
	marshal(value).MarshalGQL(&text)
	// The renderer appends to a response.
	const begun = `{"field":`
	appended, _ := strings.CutPrefix(string(appendTo([]byte(begun), value)), begun)
	return written{executor: text.String(), renderer: appended}
}

// The gateway defines these values, so there is no UNKNOWN.
func TestOwnEnums(t *testing.T) {
	t.Parallel()
	wantEnum(t, "UserErrorCode", scalar.MarshalUserErrorCode, scalar.AppendUserErrorCode,
		model.UserErrorRequired, model.UserErrorTooLong, model.UserErrorInvalid, model.UserErrorNotFound,
		model.UserErrorForbidden, model.UserErrorConflict, model.UserErrorFileSize, model.UserErrorFileType, model.UserErrorFileContent)
	wantEnum(t, "InboxChangeKind", scalar.MarshalInboxChangeKind, scalar.AppendInboxChangeKind,
		model.InboxSynced, model.InboxAdded, model.InboxChanged, model.InboxRemoved, model.InboxResync)
	wantEnum(t, "ConversationChangeKind", scalar.MarshalConversationChangeKind, scalar.AppendConversationChangeKind,
		model.ConversationSynced, model.ConversationChanged, model.ConversationGone, model.ConversationResync)
}

// wantEnum fails the test unless the values are those of the schema and are written as they are.
func wantEnum[T ~string](t *testing.T, name string, marshal func(T) graphql.Marshaler, appendTo func([]byte, T) []byte, values ...T) {
	t.Helper()
	var written []string
	for _, value := range values {
		written = append(written, string(value))
		wantJSON(t, string(value), string(value), write(marshal, appendTo, value))
	}
	slices.Sort(written)
	if diff := cmp.Diff(outputEnums(t)[name].values, written); diff != "" {
		t.Errorf("values of %s (-schema +written):\n%s", name, diff)
	}
}

// Each enum of the schema is written in its values, whatever mStudio sends.
func TestEnums(t *testing.T) {
	t.Parallel()
	generated := generatedEnums()
	schema := outputEnums(t)
	for _, own := range []string{"UserErrorCode", "ReferenceType", "InboxChangeKind", "ConversationChangeKind"} {
		delete(schema, own) // the gateway sets these values, not mStudio
	}
	for name, defined := range schema {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			enum, ok := generated[name]
			if !ok {
				t.Fatal("the enum is not generated: run make generate")
			}
			produced := []string{"UNKNOWN"}
			for _, spelling := range enum.known {
				value := valueFor(spelling, defined.values)
				produced = append(produced, value)
				wantJSON(t, spelling, value, enum.write(spelling))
				// A new value must not become a known one, however similar it looks.
				for _, strange := range []string{strings.ToUpper(spelling), spelling + " ", spelling + "s"} {
					wantJSON(t, strange, "UNKNOWN", enum.write(strange))
				}
			}
			for _, strange := range []string{"brandNew", " ", "null", "UNKNOWN", `"quoted"`} {
				wantJSON(t, strange, "UNKNOWN", enum.write(strange))
			}
			wantJSON(t, "", defined.absent, enum.write(""))
			slices.Sort(produced)
			if diff := cmp.Diff(defined.values, slices.Compact(produced)); diff != "" {
				t.Errorf("values (-schema +produced):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(schema)), slices.Sorted(maps.Keys(generated))); diff != "" {
		t.Errorf("enums (-schema +generated):\n%s", diff)
	}
}

// valueFor returns the value that has the same letters as a spelling of mStudio.
func valueFor(spelling string, values []string) string {
	letters := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, "_", "")) }
	i := slices.IndexFunc(values, func(value string) bool { return letters(value) == letters(spelling) })
	if i < 0 {
		return "no value for " + spelling
	}
	return values[i]
}

// schemaEnum is an enum in the schema.
type schemaEnum struct {
	values []string // sorted
	absent any      // JSON value if mStudio omits the value: null if the fields of the enum are nullable
}

// outputEnums returns the enums that fields of the schema have.
func outputEnums(t *testing.T) map[string]schemaEnum {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	enums := map[string]schemaEnum{}
	for _, definition := range schema.Types {
		if definition.BuiltIn || definition.Kind == ast.InputObject {
			continue
		}
		for _, field := range definition.Fields {
			kind := schema.Types[field.Type.Name()]
			if kind.Kind != ast.Enum || kind.BuiltIn {
				continue
			}
			found := schemaEnum{values: names(kind.EnumValues), absent: "UNKNOWN"}
			if !field.Type.NonNull {
				found.absent = nil
			}
			enums[kind.Name] = found
		}
	}
	return enums
}

func names(values ast.EnumValueList) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = value.Name
	}
	slices.Sort(names)
	return names
}

// wantJSON fails the test unless executor and renderer write want as JSON.
func wantJSON(t *testing.T, given string, want any, got written) {
	t.Helper()
	if diff := cmp.Diff(got.executor, got.renderer); diff != "" {
		t.Errorf("%q (-executor +renderer):\n%s", given, diff)
	}
	var value any
	if err := json.Unmarshal([]byte(got.executor), &value); err != nil {
		t.Errorf("%q: %s is not JSON: %v", given, got.executor, err)
		return
	}
	if diff := cmp.Diff(want, value); diff != "" {
		t.Errorf("%q (-want +got):\n%s", given, diff)
	}
}

func TestDateTime(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("", 2*60*60)
	tests := map[string]struct {
		given time.Time
		want  string
	}{
		"other time zone":               {time.Date(2026, time.August, 21, 11, 30, 0, 0, berlin), "2026-08-21T09:30:00.000Z"},
		"other day in UTC":              {time.Date(2026, time.January, 1, 1, 0, 0, 0, berlin), "2025-12-31T23:00:00.000Z"},
		"milliseconds":                  {time.Date(2026, time.August, 21, 9, 30, 0, 125_000_000, time.UTC), "2026-08-21T09:30:00.125Z"},
		"nanoseconds":                   {time.Date(2026, time.August, 21, 9, 30, 0, 1, time.UTC), "2026-08-21T09:30:00.000Z"},
		"no fraction":                   {time.Date(2026, time.August, 21, 9, 30, 0, 0, time.UTC), "2026-08-21T09:30:00.000Z"},
		"last nanosecond":               {time.Date(2026, time.August, 21, 9, 30, 0, 999_999_999, time.UTC), "2026-08-21T09:30:00.999Z"},
		"tenths":                        {time.Date(2026, time.August, 21, 9, 30, 0, 900_000_000, time.UTC), "2026-08-21T09:30:00.900Z"},
		"substitute for a missing time": {time.Unix(0, 0), "1970-01-01T00:00:00.000Z"},
		"first year":                    {time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), "0001-01-01T00:00:00.000Z"},
		"last year":                     {time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC), "9999-12-31T23:59:59.000Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantJSON(t, name, test.want, write(scalar.MarshalDateTime, scalar.AppendDateTime, test.given))
		})
	}
}

func TestUnmarshalDateTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, time.August, 21, 9, 30, 0, 125_900_000, time.UTC)
	for _, text := range []any{"2026-08-21T09:30:00.1259Z", "2026-08-21T11:30:00.1259+02:00"} {
		if got, err := scalar.UnmarshalDateTime(text); err != nil || !got.Equal(want) {
			t.Errorf("%v was read as %v, %v", text, got, err)
		}
	}
	for _, value := range []any{"", "2026-08-21", "2026-08-21T09:30:00", "2026-13-21T09:30:00Z", nil, 4711} {
		if got, err := scalar.UnmarshalDateTime(value); err == nil {
			t.Errorf("%v was read as %v", value, got)
		}
	}
}

// gqlgen requires a function that reads each type. If a type becomes an argument, that function must not accept it
// unnoticed.
func TestOutputOnly(t *testing.T) {
	t.Parallel()
	read := map[string]func(any) (any, error){
		"Text":                   reader(scalar.UnmarshalText),
		"UserErrorCode":          reader(scalar.UnmarshalUserErrorCode),
		"InboxChangeKind":        reader(scalar.UnmarshalInboxChangeKind),
		"ConversationChangeKind": reader(scalar.UnmarshalConversationChangeKind),
	}
	for name, enum := range generatedEnums() {
		read[name] = enum.read
	}
	for name, unmarshal := range read {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []any{"open", "2026-08-21T09:30:00Z", nil, 4711} {
				if got, err := unmarshal(value); err == nil {
					t.Errorf("%v was read as %v", value, got)
				}
			}
		})
	}
}

func reader[T any](unmarshal func(any) (T, error)) func(any) (any, error) {
	return func(value any) (any, error) { return unmarshal(value) }
}

// The times have fractions of every length, and years that mStudio never sends.
func TestDateTime_EqualsStandardLibrary(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		nanoseconds := random.Int64N(1_000_000_000)
		for range random.IntN(10) {
			nanoseconds = nanoseconds / 100 * 10
		}
		point := time.Unix(random.Int64N(400_000_000_000)-70_000_000_000, nanoseconds) // some before the year 0, some after 9999
		want := point.UTC().Format(`"2006-01-02T15:04:05.000Z07:00"`)
		if year := point.UTC().Year(); year < 0 || year > 9999 {
			want = `"1970-01-01T00:00:00.000Z"`
		}
		if got := string(scalar.AppendDateTime(nil, point)); got != want {
			t.Fatalf("want %s, got %s", want, got)
		}
	}
}

// Texts are written like strings, whether or not they are still encoded.
func TestText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain", "a\nb\t\"c\"\\", "/ü🤖\u2028", "\x00\x1f\x7f", "<b>&amp;</b>"} {
		var want strings.Builder
		graphql.MarshalString(text).MarshalGQL(&want)
		wantJSON(t, text, text, write(scalar.MarshalText, scalar.AppendText, rest.NewText(text)))
		if got := string(scalar.AppendText(nil, rest.NewText(text))); got != want.String() {
			t.Errorf("want %s, got %s", want.String(), got)
		}
	}
}
