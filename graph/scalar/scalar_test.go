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
	// values is the schema's value for each spelling of mStudio.
	values map[string]string
	// none is what stands for no value at all.
	none any
}

// written is one value as both the executor and the renderer write it.
type written struct{ executor, renderer string }

func write[T any](marshal func(T) graphql.Marshaler, appendTo func([]byte, T) []byte, value T) written {
	var text strings.Builder
	marshal(value).MarshalGQL(&text)
	// The renderer appends to an answer that has begun.
	const begun = `{"field":`
	appended, _ := strings.CutPrefix(string(appendTo([]byte(begun), value)), begun)
	return written{executor: text.String(), renderer: appended}
}

// of makes a writer of strings from the two of a type of rest.
func of[T ~string](marshal func(T) graphql.Marshaler, appendTo func([]byte, T) []byte) func(string) written {
	return func(spelling string) written { return write(marshal, appendTo, T(spelling)) }
}

func enums() map[string]enum {
	all := relatedEnums()
	maps.Copy(all, map[string]enum{
		"ConversationStatus": {
			write: of(scalar.MarshalConversationStatus, scalar.AppendConversationStatus),
			values: map[string]string{
				"open": "OPEN", "answered": "ANSWERED", "inProgress": "IN_PROGRESS", "waiting": "WAITING", "closed": "CLOSED",
			},
			none: "UNKNOWN",
		},
		"ConversationVisibility": {
			write:  of(scalar.MarshalConversationVisibility, scalar.AppendConversationVisibility),
			values: map[string]string{"shared": "SHARED", "private": "PRIVATE"},
			none:   "UNKNOWN",
		},
		"NotificationRole": {
			write: of(scalar.MarshalNotificationRole, scalar.AppendNotificationRole),
			values: map[string]string{
				"customer_owner":      "CUSTOMER_OWNER",
				"customer_accountant": "CUSTOMER_ACCOUNTANT",
				"customer_member":     "CUSTOMER_MEMBER",
				"project_owner":       "PROJECT_OWNER",
				// mStudio has spelled this role in two ways, and both may come back.
				"project_emailadmin":  "PROJECT_EMAIL_ADMIN",
				"project_email_admin": "PROJECT_EMAIL_ADMIN",
				"project_external":    "PROJECT_EXTERNAL",
			},
			none: "UNKNOWN",
		},
		"CategoryReferenceType": {
			write: of(scalar.MarshalCategoryReferenceType, scalar.AppendCategoryReferenceType),
			values: map[string]string{
				"unspecified": "UNSPECIFIED", "server": "SERVER", "project": "PROJECT", "organisation": "ORGANISATION",
				"extensionInstance": "EXTENSION_INSTANCE",
			},
			none: "UNKNOWN",
		},
		"ServiceRequestKind": {
			write: of(scalar.MarshalServiceRequestKind, scalar.AppendServiceRequestKind),
			values: map[string]string{
				"relocation": "RELOCATION", "call": "CALL", "mailSendLimitIncrease": "MAIL_SEND_LIMIT_INCREASE",
			},
			none: "UNKNOWN",
		},
		"FileState": {
			write:  of(scalar.MarshalFileState, scalar.AppendFileState),
			values: map[string]string{"requested": "REQUESTED", "uploaded": "UPLOADED", "deleted": "DELETED"},
			none:   "UNKNOWN",
		},
		"Department": {
			write: of(scalar.MarshalDepartment, scalar.AppendDepartment),
			values: map[string]string{
				"development": "DEVELOPMENT", "mail": "MAIL", "accounting": "ACCOUNTING", "cloudHosting": "CLOUD_HOSTING",
				"customerService": "CUSTOMER_SERVICE", "productManagement": "PRODUCT_MANAGEMENT", "generic": "GENERIC",
			},
			none: nil, // mStudio has left it out since June 2026
		},
	})
	return all
}

// relatedEnums are those of what a conversation is about.
func relatedEnums() map[string]enum {
	return map[string]enum{
		"ProjectStatus": {
			write: of(scalar.MarshalProjectStatus, scalar.AppendProjectStatus),
			values: map[string]string{
				"pending": "PENDING", "ready": "READY", "preparingForVolumeMigration": "PREPARING_FOR_VOLUME_MIGRATION", "migratingVolume": "MIGRATING_VOLUME", "error": "ERROR", "disabled": "DISABLED",
			},
			none: nil,
		},
		"AppInstallationPhase": {
			write: of(scalar.MarshalAppInstallationPhase, scalar.AppendAppInstallationPhase),
			values: map[string]string{
				"pending": "PENDING", "installing": "INSTALLING", "upgrading": "UPGRADING", "ready": "READY", "disabled": "DISABLED", "reconfiguring": "RECONFIGURING",
			},
			none: nil,
		},
		"ServerStatus": {
			write: of(scalar.MarshalServerStatus, scalar.AppendServerStatus),
			values: map[string]string{
				"pending": "PENDING", "ready": "READY", "unready": "UNREADY", "suspended": "SUSPENDED", "migrating": "MIGRATING",
			},
			none: nil,
		},
		"ContainerStatus": {
			write: of(scalar.MarshalContainerStatus, scalar.AppendContainerStatus),
			values: map[string]string{
				"running": "RUNNING", "stopped": "STOPPED", "error": "ERROR", "creating": "CREATING", "starting": "STARTING", "stopping": "STOPPING",
			},
			none: nil,
		},
	}
}

// The codes of user errors are ours, so none is unknown.
func TestUserErrorCodes(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, code := range []model.UserErrorCode{
		model.UserErrorRequired, model.UserErrorTooLong, model.UserErrorInvalid, model.UserErrorNotFound,
		model.UserErrorForbidden, model.UserErrorConflict, model.UserErrorFileSize, model.UserErrorFileType,
	} {
		codes = append(codes, string(code))
		wantJSON(t, string(code), string(code), write(scalar.MarshalUserErrorCode, scalar.AppendUserErrorCode, code))
	}
	slices.Sort(codes)
	if diff := cmp.Diff(outputEnums(t)["UserErrorCode"], codes); diff != "" {
		t.Errorf("values (-schema +written):\n%s", diff)
	}
}

func TestEnums(t *testing.T) {
	t.Parallel()
	schema := outputEnums(t)
	delete(schema, "UserErrorCode")
	for name, enum := range enums() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for spelling, want := range enum.values {
				wantJSON(t, spelling, want, enum.write(spelling))
			}
			wantJSON(t, "none", enum.none, enum.write(""))
			// What is new must be taken for nothing that is known, however similar it looks.
			strange := []string{"brandNew", " ", "null", "UNKNOWN", `"quoted"`}
			for spelling := range enum.values {
				strange = append(strange, strings.ToUpper(spelling), spelling+" ", spelling+"s")
			}
			for _, spelling := range strange {
				wantJSON(t, spelling, "UNKNOWN", enum.write(spelling))
			}
			// A value that nothing is mapped to would be in the schema for nothing, and one that the schema
			// lacks would break the answer.
			produced := append(slices.Collect(maps.Values(enum.values)), "UNKNOWN")
			slices.Sort(produced)
			if diff := cmp.Diff(schema[name], slices.Compact(produced)); diff != "" {
				t.Errorf("values (-schema +produced):\n%s", diff)
			}
		})
	}
	tested := slices.Sorted(maps.Keys(enums()))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(schema)), tested); diff != "" {
		t.Errorf("enums for answers (-schema +tested):\n%s", diff)
	}
}

// outputEnums returns the sorted values of each enum that a field of the schema answers with.
func outputEnums(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	enums := map[string][]string{}
	for _, definition := range schema.Types {
		if definition.BuiltIn || definition.Kind == ast.InputObject {
			continue
		}
		for _, field := range definition.Fields {
			answer := schema.Types[field.Type.Name()]
			if answer.Kind == ast.Enum && !answer.BuiltIn {
				enums[answer.Name] = names(answer.EnumValues)
			}
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

// wantJSON fails the test unless both have written want as JSON.
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
		"a zone becomes UTC":            {time.Date(2026, time.August, 21, 11, 30, 0, 0, berlin), "2026-08-21T09:30:00Z"},
		"over midnight":                 {time.Date(2026, time.January, 1, 1, 0, 0, 0, berlin), "2025-12-31T23:00:00Z"},
		"milliseconds stay":             {time.Date(2026, time.August, 21, 9, 30, 0, 125_000_000, time.UTC), "2026-08-21T09:30:00.125Z"},
		"nanoseconds stay":              {time.Date(2026, time.August, 21, 9, 30, 0, 1, time.UTC), "2026-08-21T09:30:00.000000001Z"},
		"an empty fraction is left out": {time.Date(2026, time.August, 21, 9, 30, 0, 0, time.UTC), "2026-08-21T09:30:00Z"},
		"what mStudio leaves out":       {time.Unix(0, 0), "1970-01-01T00:00:00Z"},
		"the first year":                {time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), "0001-01-01T00:00:00Z"},
		"the last year":                 {time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC), "9999-12-31T23:59:59Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantJSON(t, name, test.want, write(scalar.MarshalDateTime, scalar.AppendDateTime, test.given))
		})
	}
}

// The generated code wants a reader for each type. If one of them ever became an argument, it must not be taken for
// what it is not.
func TestOutputOnly(t *testing.T) {
	t.Parallel()
	read := map[string]func(any) (any, error){
		"ConversationStatus":     reader(scalar.UnmarshalConversationStatus),
		"ConversationVisibility": reader(scalar.UnmarshalConversationVisibility),
		"NotificationRole":       reader(scalar.UnmarshalNotificationRole),
		"CategoryReferenceType":  reader(scalar.UnmarshalCategoryReferenceType),
		"ServiceRequestKind":     reader(scalar.UnmarshalServiceRequestKind),
		"FileState":              reader(scalar.UnmarshalFileState),
		"Department":             reader(scalar.UnmarshalDepartment),
		"ProjectStatus":          reader(scalar.UnmarshalProjectStatus),
		"AppInstallationPhase":   reader(scalar.UnmarshalAppInstallationPhase),
		"ServerStatus":           reader(scalar.UnmarshalServerStatus),
		"ContainerStatus":        reader(scalar.UnmarshalContainerStatus),
		"DateTime":               reader(scalar.UnmarshalDateTime),
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

// TestDateTimeIsThatOfTheStandardLibrary has fractions of every length, and years that the API never sends.
func TestDateTimeIsThatOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		nanoseconds := random.Int64N(1_000_000_000)
		for range random.IntN(10) {
			nanoseconds = nanoseconds / 100 * 10
		}
		point := time.Unix(random.Int64N(400_000_000_000)-70_000_000_000, nanoseconds) // some before the year 0, some after 9999
		want := point.UTC().Format(`"` + time.RFC3339Nano + `"`)
		if got := string(scalar.AppendDateTime(nil, point)); got != want {
			t.Fatalf("want %s, got %s", want, got)
		}
	}
}

// TestText has each text as it may be kept: by mStudio's own escapes, or resolved.
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
