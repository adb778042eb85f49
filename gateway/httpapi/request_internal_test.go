package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
)

// FuzzRequest parses arbitrary requests. Each is accepted or rejected with one of our errors.
func FuzzRequest(f *testing.F) {
	const media, query = "application/json", `{"query": "{ a }", "variables": {"b": [1, null]}, "operationName": "C"}`
	f.Add("POST", "", media, "*/*", "Bearer a", "", query)
	f.Add("POST", "", media+"; charset=utf-8", "application/graphql-response+json;q=0.5, */*;q=0", "bearer  a ", "a", ` {"id": "x"} `)
	f.Add("POST", "", "text/plain", "text/html;q=x", "Basic a", "b", `[`+query+`]`)
	f.Add("GET", "query={a}&variables={}&extensions={\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"x\"}}", "", "", "", "\xff", "")
	f.Add("POST", "", media, "text/*;q=0.4, multipart/mixed;subscriptionSpec=1.0;q=.5, */*;q=0.1", "", "", query)
	f.Add("GET", "documentId=sha256:x&variables=[]", "", "a/b;c", "Bearer", "a b", "")
	f.Fuzz(func(t *testing.T, method, rawQuery, contentType, accept, authorization, token, body string) {
		if method != http.MethodGet {
			method = http.MethodPost
		}
		r := httptest.NewRequestWithContext(t.Context(), method, "/graphql", strings.NewReader(body))
		r.URL.RawQuery = rawQuery
		r.Header = http.Header{"Content-Type": {contentType}, "Accept": {accept}, "Authorization": {authorization}, "X-Access-Token": {token}}
		checkAccepted(t, r)
		WantsPage(r)
		_, rejected := Token(r)
		checkRefusal(t, rejected)
		checkRefusal(t, RequirePreflight(r))
		params, rejected := ReadParams(httptest.NewRecorder(), r, 200)
		checkRefusal(t, rejected)
		if (params == nil) == (rejected == nil) {
			t.Fatalf("both or neither: %v, %v", params, rejected)
		}
		if params != nil && params.Query == "" && DocumentID(params) == "" {
			t.Error("neither a query nor an id")
		}
	})
}

func checkRefusal(t *testing.T, rejected *Error) {
	t.Helper()
	if rejected == nil {
		return
	}
	var own *model.Error
	var exceeded *limits.ExceededError
	if !errors.As(rejected.Err, &own) && !errors.As(rejected.Err, &exceeded) {
		t.Errorf("rejected with %T", rejected.Err)
	}
	if !slices.Contains([]int{400, 401, 405, 413, 415}, rejected.Status) || len(rejected.Err.Error()) > 250 {
		t.Errorf("rejected with %d, %v", rejected.Status, rejected.Err)
	}
}

// checkAccepted checks that a query gets a media type, that a subscription gets one of streams, and that a query gets a stream
// only if a subscription would get the same.
func checkAccepted(t *testing.T, r *http.Request) {
	t.Helper()
	accepted, ok := Negotiate(r)
	_, isStream := FramingOf(accepted.Stream)
	if _, streamed := FramingOf(accepted.Response); streamed && accepted.Response != accepted.Stream ||
		!streamed && accepted.Response != MediaJSON && accepted.Response != MediaResponse || !isStream && accepted.Stream != "" {
		t.Errorf("%t, %+v", ok, accepted)
	}
}
