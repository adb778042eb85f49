package resolvers

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// A path of mStudio becomes a path of the input, as far as its names are known.
func TestInputNames_Translate(t *testing.T) {
	t.Parallel()
	names := conversationNames()
	for name, test := range map[string]struct{ path, want []string }{
		"a field":              {[]string{"messageContent"}, []string{"input", "message"}},
		"an element":           {[]string{"notificationRoles", "1"}, []string{"input", "notificationRoles", "1"}},
		"a member":             {[]string{"relatedTo", "id"}, []string{"input", "relatedTo", "id"}},
		"one that is split":    {[]string{"relatedTo", "aggregate"}, []string{"input", "relatedTo", "type"}},
		"an unknown member":    {[]string{"relatedTo", "canary"}, []string{"input", "relatedTo"}},
		"an unknown element":   {[]string{"notificationRoles", "1", "canary", "2"}, []string{"input", "notificationRoles", "1"}},
		"an unknown field":     {[]string{"canary"}, nil},
		"a position at first":  {[]string{"0", "title"}, nil},
		"nothing":              {nil, nil},
		"a strange position":   {[]string{"notificationRoles", "-1"}, []string{"input", "notificationRoles"}},
		"no position":          {[]string{"notificationRoles", "1e3"}, []string{"input", "notificationRoles"}},
		"an overlong position": {[]string{"notificationRoles", "99999999999999999999"}, []string{"input", "notificationRoles"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, names.translate(test.path)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Errors that the caller can fix become user errors; all other errors stay errors.
func TestUserErrorsOf(t *testing.T) {
	t.Parallel()
	names := inputNames{"messageContent": "content"}
	for code, want := range map[rest.Code]model.UserErrorCode{
		rest.BadInput: model.UserErrorInvalid, rest.NotFound: model.UserErrorNotFound, rest.Forbidden: model.UserErrorForbidden,
		rest.Conflict:     model.UserErrorConflict,
		rest.Unauthorized: "", rest.RateLimited: "", rest.TimedOut: "", rest.Unavailable: "", rest.BadResponse: "",
		rest.BudgetExceeded: "", rest.Expired: "", rest.Canceled: "",
	} {
		found, err := names.userErrorsOf(&rest.Error{Code: code}, "conversationId")
		switch {
		case want == "" && (err == nil || found != nil):
			t.Errorf("%s: got %v, %v", code, found, err)
		case want != "" && (err != nil || len(found) != 1 || found[0].Code != want):
			t.Errorf("%s: got %v, %v", code, found, err)
		}
	}
	other := errors.New("other")
	if found, err := names.userErrorsOf(other, ""); !errors.Is(err, other) || found != nil {
		t.Errorf("another error: got %v, %v", found, err)
	}
	if found, err := names.userErrorsOf(nil, ""); err != nil || found != nil {
		t.Errorf("no error: got %v, %v", found, err)
	}
}

func TestIsBlank(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, " \t\r\n": true, "\u00a0\u2003": true, "\u200b": true, "\u200d\ufe0f": true, "\ufeff": true, "\u00ad": true, "\u2060 \u180e": true,
		"\u3164": true, "\u115f\u1160": true, "\uffa0": true, "\u2800": true, "\u034f": true, "\U000e0041": true, "\x00\x1b": true, "\u202e": true,
		"a": false, "\u200ba": false, ".": false, "😀": false, "👩\u200d🚒": false, "日": false, "\ufffd": false, "\ue000": false, "\U0001fae9": false, "́": false,
	} {
		if got := isBlank(text); got != want {
			t.Errorf("%+q: want %v, got %v", text, want, got)
		}
	}
}
