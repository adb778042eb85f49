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

// rejectedFields makes a write that fails with a 400 and this body, and returns the decoded fields.
func rejectedFields(t *testing.T, contentType, body string) []InvalidField {
	t.Helper()
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, body)
	})
	_, err := u.client(t, Config{}).SendMessage(t.Context(), conversationID, NewMessage{Content: "x"})
	failure, _ := errors.AsType[*Error](err)
	return failure.Invalid
}

func TestInvalidFields_AreDecoded(t *testing.T) {
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
		"JSON pointer":   {"application/json", `{"validationErrors":[{"path":"/fileIds/1","type":"minLength"}]}`, []InvalidField{{[]string{"fileIds", "1"}, RuleRequired}}},
		"without a path": {"application/json", `{"validationErrors":[{"type":"required"}]}`, []InvalidField{{nil, RuleRequired}}},
		"other types":    {"application/json", `{"validationErrors":[{"path":[7],"type":[]},null,"x",{}]}`, []InvalidField{{}, {}}},
		"not an array":   {"application/json", `{"validationErrors":{}}`, nil},
		"not an object":  {"application/json", `[]`, nil},
		"cut off":        {"application/json", `{"validationErrors":[{"path":".a","type":"required"}`, nil},
		"not JSON":       {"text/html", `{"validationErrors":[{"path":".a","type":"required"}]}`, nil},
		"too long":       {"application/json", `{"message":"` + strings.Repeat("x", 70_000) + `","validationErrors":[{"path":".a"}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, rejectedFields(t, test.contentType, test.body), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	many := `{"validationErrors":[` + strings.Repeat(`{"path":".a"},`, 100) + `{}]}`
	if got := len(rejectedFields(t, "application/json", many)); got != maxInvalid {
		t.Errorf("fields of 101: want %d, got %d", maxInvalid, got)
	}
}

// FuzzInvalidFields checks that the number of fields is bounded and each path is split.
func FuzzInvalidFields(f *testing.F) {
	f.Add([]byte(`{"validationErrors":[{"path":".a[1].b","type":"maxLength"}]}`))
	f.Add([]byte(`{"validationErrors":[null,{"path":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := decode(body, "", (*decoder).invalidFields)
		if err != nil {
			return
		}
		if len(fields) > maxInvalid {
			t.Errorf("fields: want at most %d, got %d", maxInvalid, len(fields))
		}
		for _, field := range fields {
			for _, name := range field.Path {
				if name == "" || strings.ContainsAny(name, `./[]'"`) {
					t.Errorf("not split: %q", field.Path)
				}
			}
		}
	})
}

func TestInvalidFieldMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "validationError", "", object, map[string]member[validationError]{
		"path": {`"x"`, func(e *validationError) { e.Path = "x" }},
		"type": {`"x"`, func(e *validationError) { e.Type = "x" }},
	})
}

func TestValidationErrorsMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "invalidFields", "", pointer((*decoder).invalidFields), map[string]member[[]InvalidField]{
		"validationErrors": {`[{"path":"a","type":"maxLength"}]`, func(f *[]InvalidField) { *f = []InvalidField{{[]string{"a"}, RuleTooLong}} }},
	})
}
