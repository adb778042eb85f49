package gateway_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// maxBody is the maximum size of a request body, in bytes.
const maxBody = 128 << 10

// nameOf is an operation that needs the variable and operationName.
const nameOf = `query A { __typename } query B($id: ID!) { conversation(id: $id) { shortId } }`

func TestValidRequests(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	inURL := "/graphql?" + url.Values{"query": {nameOf}, "variables": {`{"id": "` + shortID + `"}`}, "operationName": {"B"}}.Encode()
	body := `{"query": "` + nameOf + `", "variables": {"id": "` + shortID + `"}, "operationName": "B"`
	for name, request := range map[string]call{
		"POST":                     {body: body + `}`},
		"other members":            {body: body + `, "extensions": {"a": 1}, "id": null, "headers": {"Authorization": ["Bearer x"]}}`},
		"white space around":       {body: "\r\n\t " + body + "} \n"},
		"charset":                  {body: body + `}`, header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}}},
		"media type in upper case": {body: body + `}`, header: http.Header{"Content-Type": {"Application/JSON"}}},
		"as large as may be":       {body: body + `}` + strings.Repeat(" ", maxBody-len(body)-1)},
		"GET":                      {method: http.MethodGet, path: inURL},
		"byte order mark":          {body: "\ufeff" + body + `}`},
		"surrogate pairs":          {body: body + `, "a": "\ud83d\ude00 \\ud83d"}`},
		"gzip":                     {body: compressed("gzip", body+`}`), header: http.Header{"Content-Encoding": {"gzip"}}},
		"gzip in upper case":       {body: compressed("gzip", body+`}`), header: http.Header{"Content-Encoding": {"X-GZIP"}}},
		"deflate":                  {body: compressed("deflate", body+`}`), header: http.Header{"Content-Encoding": {"deflate"}}},
		"identity":                 {body: body + `}`, header: http.Header{"Content-Encoding": {"identity"}}},
		"GET with extensions":      {method: http.MethodGet, path: inURL + "&extensions=" + url.QueryEscape(`{"a": 1}`)},
		"GET with a body":          {method: http.MethodGet, path: inURL, body: "ignored"},
	} {
		response := request.send(t, server)
		diff(t, name+": status", http.StatusOK, response.Status)
		wantErrors(t, response)
		wantData(t, response, `{"conversation": {"shortId": "c-r0162e"}}`)
	}
}

// Other members of the body are ignored, especially a token.
func TestTokenInTheBodyIsIgnored(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	response := call{body: `{"query": "{ viewer { name } }", "headers": {"Authorization": ["Bearer sandbox-bakery"], "X-Access-Token": ["sandbox-bakery"]}}`}.send(t, server)
	wantData(t, response, `{"viewer": {"name": "Jana Petersen"}}`)
}

func TestNullMembersAreIgnored(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	response := call{body: `{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null}`}.send(t, server)
	wantErrors(t, response)
	wantData(t, response, `{"__typename": "Query"}`)
}

// compressed returns a body with a content coding.
func compressed(coding, body string) string {
	var buffer bytes.Buffer
	var writer io.WriteCloser = gzip.NewWriter(&buffer)
	if coding == "deflate" {
		buffer.Reset()
		writer = zlib.NewWriter(&buffer)
	}
	_, _ = io.WriteString(writer, body)
	_ = writer.Close()
	return buffer.String()
}

// A compressed body is within the limit after decompression too, and other codings are rejected, on both endpoints.
func TestContentCodings(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Subgraph: true})
	size := 64 << 20
	if testing.Short() { // the race detector takes seconds to compress it
		size = 4 << 20
	}
	bomb := compressed("gzip", viewerBody+strings.Repeat(" ", size))
	if len(bomb) > maxBody {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for name, test := range map[string]struct {
		coding, body string
		status       int
		code         string
	}{
		"gzip over the limit":    {"gzip", compressed("gzip", viewerBody+strings.Repeat(" ", maxBody)), 413, "REQUEST_TOO_LARGE"},
		"deflate over the limit": {"deflate", compressed("deflate", viewerBody+strings.Repeat(" ", maxBody)), 413, "REQUEST_TOO_LARGE"},
		"a bomb":                 {"gzip", bomb, 413, "REQUEST_TOO_LARGE"},
		"members without bytes":  {"gzip", strings.Repeat(compressed("gzip", ""), maxBody/20), 413, "REQUEST_TOO_LARGE"},
		"not gzip":               {"gzip", viewerBody, 400, "BAD_USER_INPUT"},
		"cut off":                {"gzip", compressed("gzip", viewerBody)[:40], 400, "BAD_USER_INPUT"},
		"zstd":                   {"zstd", viewerBody, 415, "BAD_USER_INPUT"},
		"br":                     {"br", viewerBody, 415, "BAD_USER_INPUT"},
		"two":                    {"gzip, gzip", compressed("gzip", compressed("gzip", viewerBody)), 415, "BAD_USER_INPUT"},
		"unknown":                {"canary", viewerBody, 415, "BAD_USER_INPUT"},
	} {
		for _, path := range []string{"/graphql", "/subgraph"} {
			response := call{path: path, body: test.body, header: http.Header{"Content-Encoding": {test.coding}}}.send(t, server)
			t.Log(name)
			wantRejected(t, response, test.status, test.code)
			if supported := response.Header.Get("Accept-Encoding"); (supported == "gzip, deflate, identity") != (test.status == 415) {
				t.Errorf("%s: Accept-Encoding: %q", name, supported)
			}
		}
	}
	form := server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a", "a"))
	form.Header.Set("Content-Encoding", "gzip")
	wantRejected(t, server.Do(t, form), http.StatusUnsupportedMediaType, "BAD_USER_INPUT")
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Text that is not Unicode is rejected, because parsers would change it silently.
func TestTextThatIsNotUnicode(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const mutation = `{"query": "mutation($c: String) { sendMessage(input: {conversationId: \"` + shortID + `\", content: $c}) { messageId } }", "variables": {"c": "`
	for _, text := range []string{"gr\xf6\xdfer", "\xed\xa0\x80", `\ud83d`, `\ud83dx`, `\ude00\ud83d`, `\uD83D\n`, `\ud83d\u0041`, `a\\\ud83d`} {
		wantRejected(t, call{body: mutation + text + `"}}`}.send(t, server), http.StatusBadRequest, "BAD_USER_INPUT")
		inURL := "/graphql?" + url.Values{"query": {"query($c: String) { conversations(filter: {search: $c}) { totalCount } }"}, "variables": {`{"c": "` + text + `"}`}}.Encode()
		wantRejected(t, call{method: http.MethodGet, path: inURL}.send(t, server), http.StatusBadRequest, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	text := http.Header{"Content-Type": {"text/plain"}}
	for name, test := range map[string]struct {
		call
		status int
		code   string
	}{
		"no body":                     {call{}, 400, "BAD_USER_INPUT"},
		"blank body":                  {call{body: "  \n"}, 400, "BAD_USER_INPUT"},
		"malformed":                   {call{body: `{"query": "{ canary`}, 400, "BAD_USER_INPUT"},
		"not JSON":                    {call{body: `canary`}, 400, "BAD_USER_INPUT"},
		"null":                        {call{body: `null`}, 400, "BAD_USER_INPUT"},
		"a string":                    {call{body: `"canary"`}, 400, "BAD_USER_INPUT"},
		"a batch":                     {call{body: `[{"query": "{ __typename }"}]`}, 400, "BAD_USER_INPUT"},
		"a batch behind blanks":       {call{body: "\n [" + viewerBody + `]`}, 400, "BAD_USER_INPUT"},
		"something behind":            {call{body: viewerBody + `canary`}, 400, "BAD_USER_INPUT"},
		"a second document":           {call{body: viewerBody + viewerBody}, 400, "BAD_USER_INPUT"},
		"another spelling":            {call{body: `{"QUERY": "{ __typename }"}`}, 400, "BAD_USER_INPUT"},
		"no query":                    {call{body: `{"variables": {}}`}, 400, "BAD_USER_INPUT"},
		"empty query":                 {call{body: `{"query": ""}`}, 400, "BAD_USER_INPUT"},
		"null query":                  {call{body: `{"query": null}`}, 400, "BAD_USER_INPUT"},
		"number as query":             {call{body: `{"query": 1}`}, 400, "BAD_USER_INPUT"},
		"variables as a list":         {call{body: `{"query": "{ __typename }", "variables": ["canary"]}`}, 400, "BAD_USER_INPUT"},
		"variables as a string":       {call{body: `{"query": "{ __typename }", "variables": "{}"}`}, 400, "BAD_USER_INPUT"},
		"number as operationName":     {call{body: `{"query": "{ __typename }", "operationName": 5}`}, 400, "BAD_USER_INPUT"},
		"extensions as a string":      {call{body: `{"query": "{ __typename }", "extensions": "canary"}`}, 400, "BAD_USER_INPUT"},
		"one byte too large":          {call{body: viewerBody + strings.Repeat(" ", maxBody+1-len(viewerBody))}, 413, "REQUEST_TOO_LARGE"},
		"text/plain":                  {call{body: viewerBody, header: text}, 415, "BAD_USER_INPUT"},
		"a form":                      {call{body: "query=canary", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, 415, "BAD_USER_INPUT"},
		"multipart":                   {call{body: viewerBody, header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}}, 400, "BAD_USER_INPUT"},
		"application/graphql":         {call{body: "{ __typename }", header: http.Header{"Content-Type": {"application/graphql"}}}, 415, "BAD_USER_INPUT"},
		"no content type":             {call{body: viewerBody, header: http.Header{"Content-Type": nil}}, 415, "BAD_USER_INPUT"},
		"another charset":             {call{body: viewerBody, header: http.Header{"Content-Type": {"application/json; charset=latin1"}}}, 415, "BAD_USER_INPUT"},
		"GET without a query":         {call{method: "GET", path: "/graphql"}, 400, "BAD_USER_INPUT"},
		"GET with the query in POST":  {call{method: "GET", path: "/graphql", body: viewerBody}, 400, "BAD_USER_INPUT"},
		"GET with malformed variable": {call{method: "GET", path: "/graphql?query=%7B__typename%7D&variables=%7Bcanary"}, 400, "BAD_USER_INPUT"},
		"GET with two variables":      {call{method: "GET", path: "/graphql?query=%7B__typename%7D&variables=%7B%7Dcanary"}, 400, "BAD_USER_INPUT"},
		"GET with a list":             {call{method: "GET", path: "/graphql?query=%7B__typename%7D&variables=%5B%5D"}, 400, "BAD_USER_INPUT"},
	} {
		t.Log(name)
		response := test.send(t, server)
		wantRejected(t, response, test.status, test.code)
		if strings.Contains(string(response.Body), "canary") {
			t.Errorf("%s: the response repeats the request: %s", name, response.Body)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func TestOtherMethodsAreRejected(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for _, method := range []string{"PUT", "PATCH", "DELETE", "QUERY", "POSTX"} {
		response := call{method: method, body: viewerBody}.send(t, server)
		wantRejected(t, response, http.StatusMethodNotAllowed, "BAD_USER_INPUT")
		diff(t, method+": Allow", "GET, POST", response.Header.Get("Allow"))
	}
	head := call{method: http.MethodHead, path: "/graphql?query=%7B__typename%7D"}.send(t, server)
	diff(t, "HEAD: status", http.StatusMethodNotAllowed, head.Status)
	diff(t, "HEAD: Allow", "GET, POST", head.Header.Get("Allow"))
	diff(t, "HEAD: body", "", string(head.Body))
}

func TestOtherPathsAreNotFound(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, path := range []string{"/x", "/graphql/x", "/graphql/x/", "/v2/users/self", "/healthz/x", "/debug/pprof/"} {
		diff(t, path, http.StatusNotFound, call{path: path, body: viewerBody}.send(t, server).Status)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
