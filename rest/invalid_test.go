package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// refusedWith sends a write that is refused with a body, and returns which fields are not accepted.
func refusedWith(t *testing.T, contentType, body string) []InvalidField {
	t.Helper()
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, body)
	})
	_, err := u.client(t, Config{}).SendMessage(t.Context(), conversationID, NewMessage{Content: "x"})
	wantCode(t, err, BadInput)
	failure, _ := errors.AsType[*Error](err)
	return failure.Invalid
}

func TestInvalidFields(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		want              []InvalidField
	}{
		"as documented": {"application/json", `{"type":"ValidationError","message":"m","validationErrors":[
			{"message":"m","path":".address.street","type":"required","context":{"missingProperty":"street"}},
			{"message":"m","path":".fileIds[1]","type":"format"},
			{"message":"m","path":".messageContent","type":"maxLength"}]}`, []InvalidField{
			{[]string{"address", "street"}, RuleRequired}, {[]string{"fileIds", "1"}, RuleOther}, {[]string{"messageContent"}, RuleTooLong},
		}},
		"as pointers":    {"application/json", `{"validationErrors":[{"path":"/fileIds/1","type":"minLength"}]}`, []InvalidField{{[]string{"fileIds", "1"}, RuleRequired}}},
		"without a path": {"application/json", `{"validationErrors":[{"type":"required"}]}`, []InvalidField{{nil, RuleRequired}}},
		"of other kinds": {"application/json", `{"validationErrors":[{"path":[7],"type":[]},null,"x",{}]}`, []InvalidField{{}, {}}},
		"no list":        {"application/json", `{"validationErrors":{}}`, nil},
		"no object":      {"application/json", `[]`, nil},
		"cut off":        {"application/json", `{"validationErrors":[{"path":".a","type":"required"}`, nil},
		"no JSON":        {"text/html", `{"validationErrors":[{"path":".a","type":"required"}]}`, nil},
		"too long":       {"application/json", `{"message":"` + strings.Repeat("x", 70_000) + `","validationErrors":[{"path":".a"}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, refusedWith(t, test.contentType, test.body), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	many := `{"validationErrors":[` + strings.Repeat(`{"path":".a"},`, 100) + `{}]}`
	if got := len(refusedWith(t, "application/json", many)); got != maxInvalid {
		t.Errorf("of 101 fields, want %d, got %d", maxInvalid, got)
	}
}

// FuzzInvalidFields reads whatever a refusal may say.
func FuzzInvalidFields(f *testing.F) {
	f.Add([]byte(`{"validationErrors":[{"path":".a[1].b","type":"maxLength"}]}`))
	f.Add([]byte(`{"validationErrors":[null,{"path":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := decode(body, "", (*decoder).validationErrors)
		if err != nil {
			return
		}
		if len(fields) > maxInvalid {
			t.Errorf("%d fields", len(fields))
		}
		for _, field := range fields {
			for _, name := range field.Path {
				if name == "" || strings.ContainsAny(name, `./[]'"`) {
					t.Errorf("not taken apart: %q", field.Path)
				}
			}
		}
	})
}

func TestInvalidFieldMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "invalidField", "", func(d *decoder) *InvalidField { return first(d.invalidField()) }, map[string]member[InvalidField]{
		"path": {`".a[1]"`, func(f *InvalidField) { f.Path = []string{"a", "1"} }},
		"type": {`"required"`, func(f *InvalidField) { f.Rule = RuleRequired }},
	})
}

func TestValidationErrorsMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "validationErrors", "", pointer((*decoder).validationErrors), map[string]member[[]InvalidField]{
		"validationErrors": {`[{"type":"maxLength"}]`, func(f *[]InvalidField) { *f = []InvalidField{{Rule: RuleTooLong}} }},
	})
}
