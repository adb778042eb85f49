package gateway_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

const (
	sendFiles = `mutation($input: SendMessageInput!) { sendMessage(input: $input) { messageId userErrors { code message field } sentMessage { content files { __typename id ... on UploadedFile { name mimeType download { url } } } } } }`

	ticketCall = "POST /v2/conversations/" + shortID + "/files {}"
	fileCall   = "POST /v2/files"
)

// sent is the response to sendFiles.
type sent struct {
	MessageID  *string
	UserErrors []struct {
		Code, Message string
		Field         []string
	}
	SentMessage *struct {
		Content string
		Files   []struct {
			ID, Name, MimeType string
			Download           struct{ URL string }
		}
	}
}

func sentOf(t *testing.T, response gatewaytest.Response) sent {
	t.Helper()
	return decode[struct{ Data struct{ SendMessage sent } }](t, response.Body).Data.SendMessage
}

// withFiles returns the variables of sendFiles for a number of files.
func withFiles(count int) map[string]any {
	return map[string]any{"input": map[string]any{"conversationId": shortID, "content": "Siehe Anhang.", "files": make([]any, count)}}
}

func textFile(position int, name, content string) gatewaytest.File {
	return gatewaytest.File{
		Place: "variables.input.files." + strconv.Itoa(position), Name: name, MimeType: "text/plain", Content: strings.NewReader(content),
	}
}

func upload(t *testing.T, server *gatewaytest.Server, variables map[string]any, files ...gatewaytest.File) gatewaytest.Response {
	t.Helper()
	return server.Do(t, server.NewUpload(t, gatewaytest.Token(), sendFiles, variables, files...))
}

// A message with two files takes two calls per file, one to send it and one to read it. The files are returned
// unchanged.
func TestSendFiles(t *testing.T) {
	t.Parallel()
	for _, config := range []gateway.Config{{}, {NoRenderer: true}} {
		server, upstream := start(t, config)
		long := strings.Repeat("All of this was in the log.\n", 100_000)
		response := upload(t, server, withFiles(2), textFile(0, "größer \"a\".log", long), gatewaytest.File{
			Place: "variables.input.files.1", Name: "../b.svg", MimeType: "image/svg+xml", Content: strings.NewReader("<svg onload='alert(1)'/>"),
		})
		checkErrors(t, response)
		got := sentOf(t, response)
		if len(got.UserErrors) > 0 || got.SentMessage == nil || len(got.SentMessage.Files) != 2 || got.SentMessage.Content != "Siehe Anhang." {
			t.Fatalf("%s", response.Body)
		}
		files := got.SentMessage.Files
		const event = " after 276638689419853824"
		want := []string{
			ticketCall, ticketCall, fileCall, fileCall,
			"POST /v2/conversations/" + shortID + `/messages {"messageContent":"Siehe Anhang.","fileIds":["` + files[0].ID + `","` + files[1].ID + `"]}`,
			"GET /v2/conversations/" + shortID + "/messages" + event,
			"GET /v2/conversations/" + shortID + "/files/" + files[0].ID + "/access-token" + event,
			"GET /v2/conversations/" + shortID + "/files/" + files[1].ID + "/access-token" + event,
		}
		slices.Sort(want)
		diff(t, "calls", want, upstream.TakeCalls())
		diff(t, "name", `größer "a".log`, files[0].Name)
		diff(t, "name", "b.svg", files[1].Name)
		if first := follow(t, server, files[0].Download.URL); string(first.Body) != long {
			t.Errorf("%d bytes came back of %d", len(first.Body), len(long))
		}
		second := follow(t, server, files[1].Download.URL)
		diff(t, "type", "application/octet-stream", second.Header.Get("Content-Type"))
		diff(t, "disposition", "attachment; filename=b.svg", second.Header.Get("Content-Disposition"))
	}
}

// The declared charset is kept both ways, and a file without a type has that of its name.
func TestTypesOfSentFiles(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for _, test := range []struct{ name, declared, content, want string }{
		{"a.txt", "text/plain; charset=utf-16le", "g\x00r\x00\xf6\x00", "text/plain; charset=utf-16le"},
		{"a.txt", "text/plain; charset=iso-8859-15", "gr\xf6\xdfer", "text/plain; charset=iso-8859-15"},
		{"a.txt", "text/plain;charset=\"Shift_JIS\"", "\x93\xfa", "text/plain; charset=Shift_JIS"},
		{"a.txt", "text/plain", "gr\xf6\xdfer", "text/plain"},
		{"a.txt", "", "g\x00r\x00\xf6\x00", "text/plain"},
		{"a.eml", "application/octet-stream", "From: a", "message/rfc822"},
		{"a.PDF", "application/octet-stream", "%PDF-1.7", "application/pdf"},
	} {
		got := sentOf(t, upload(t, server, withFiles(1), gatewaytest.File{
			Place: "variables.input.files.0", Name: test.name, MimeType: test.declared, Content: strings.NewReader(test.content),
		}))
		if got.SentMessage == nil || len(got.SentMessage.Files) != 1 {
			t.Fatalf("%q: %+v", test.declared, got)
		}
		diff(t, "mimeType", test.want, got.SentMessage.Files[0].MimeType)
		file := follow(t, server, got.SentMessage.Files[0].Download.URL)
		diff(t, "content", test.content, string(file.Body))
		diff(t, "Content-Type", test.want, file.Header.Get("Content-Type"))
	}
}

// IDs of files that were uploaded before come first.
func TestSendFilesBesideFileIDs(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	first := sentOf(t, upload(t, server, withFiles(1), textFile(0, "a.txt", "a"))).SentMessage.Files[0]
	upstream.TakeCalls()
	variables := map[string]any{"input": map[string]any{"conversationId": shortID, "fileIds": []string{first.ID}, "files": []any{nil}}}
	got := sentOf(t, upload(t, server, variables, textFile(0, "b.txt", "b")))
	if got.SentMessage == nil || len(got.SentMessage.Files) != 2 || got.SentMessage.Files[0].Name != "a.txt" || got.SentMessage.Files[1].Name != "b.txt" {
		t.Errorf("got %+v", got)
	}
}

// If mStudio rejects the ID of a file, the error is at the file.
func TestSentFilesThatAreInvalid(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace("POST /v2/conversations/"+shortID+"/messages", invalidInput(".fileIds.1"))
	variables := map[string]any{"input": map[string]any{"conversationId": shortID, "fileIds": []string{unknownID}, "files": []any{nil}}}
	got := sentOf(t, upload(t, server, variables, textFile(0, "b.txt", "b")))
	if len(got.UserErrors) != 1 {
		t.Fatalf("got %+v", got)
	}
	diff(t, "field", []string{"input", "files", "0"}, got.UserErrors[0].Field)
	diff(t, "calls", 3, len(upstream.TakeCalls()))
}

// A rejected file is a user error with a path, and no message is sent.
func TestRejectedFiles(t *testing.T) {
	t.Parallel()
	fine := textFile(0, "a.txt", "a")
	second := func(name, mimeType string, content string) gatewaytest.File {
		return gatewaytest.File{Place: "variables.input.files.1", Name: name, MimeType: mimeType, Content: strings.NewReader(content)}
	}
	for name, test := range map[string]struct {
		file gatewaytest.File
		code string
	}{
		"a type that is not taken": {second("a.exe", "application/x-msdownload", "MZ"), "FILE_TYPE_NOT_ALLOWED"},
		"a picture that is none":   {second("a.png", "image/png", "<html>"), "FILE_CONTENT_MISMATCH"},
		"too large for mStudio":    {second("a.txt", "text/plain", strings.Repeat("x", 200<<10+1)), "FILE_TOO_LARGE"},
		"a name that is too long":  {second(strings.Repeat("a", 300), "text/plain", "a"), "INVALID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream := gatewaytest.NewUpstream(t, sandbox.Config{MaxFileKB: 200})
			server := gatewaytest.NewServer(t, upstream, gateway.Config{})
			first := fine
			first.Content = strings.NewReader("a")
			response := upload(t, server, withFiles(2), first, test.file)
			checkErrors(t, response)
			got := sentOf(t, response)
			if len(got.UserErrors) != 1 || got.UserErrors[0].Code != test.code || got.MessageID != nil || got.SentMessage != nil {
				t.Fatalf("%s", response.Body)
			}
			diff(t, "field", []string{"input", "files", "1"}, got.UserErrors[0].Field)
			if listed := strings.Contains(got.UserErrors[0].Message, "It allows image/png, "); listed != (test.code == "FILE_TYPE_NOT_ALLOWED") {
				t.Errorf("message: %s", got.UserErrors[0].Message)
			}
			wantTickets(t, upstream, 2)
		})
	}
}

// wantTickets checks the number of upload tickets, and that no message was sent. A canceled upload may never reach
// mStudio.
func wantTickets(t *testing.T, upstream *gatewaytest.Upstream, count int) {
	t.Helper()
	calls := slices.DeleteFunc(upstream.TakeCalls(), func(call string) bool { return call == fileCall })
	diff(t, "calls", slices.Repeat([]string{ticketCall}, count), calls)
}

// Invalid input is rejected before a file is read.
func TestFilesOfWrongInput(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	variables := withFiles(1)
	variables["input"].(map[string]any)["conversationId"] = "x" //nolint:forcetypeassert // see withFiles
	response := upload(t, server, variables, textFile(0, "a.txt", strings.Repeat("x", 1<<20)))
	if got := sentOf(t, response); len(got.UserErrors) != 1 || got.UserErrors[0].Code != "INVALID" {
		t.Errorf("%s", response.Body)
	}
	variables = withFiles(1)
	variables["input"].(map[string]any)["conversationId"] = foreignID //nolint:forcetypeassert // see withFiles
	response = upload(t, server, variables, textFile(0, "a.txt", strings.Repeat("x", 1<<20)))
	if got := sentOf(t, response); len(got.UserErrors) != 1 || got.UserErrors[0].Code != "FORBIDDEN" {
		t.Errorf("%s", response.Body)
	}
	diff(t, "calls", []string{"POST /v2/conversations/" + foreignID + "/files {}"}, upstream.TakeCalls())
}

func TestFileThatIsTooLarge(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{FileBytes: 100_000, TotalBytes: 300_000, Files: 2}})
	large := upload(t, server, withFiles(1), textFile(0, "a.txt", strings.Repeat("x", 100_001)))
	if got := sentOf(t, large); len(got.UserErrors) != 1 || got.UserErrors[0].Code != "FILE_TOO_LARGE" {
		t.Errorf("%s", large.Body)
	}
	wantTickets(t, upstream, 1)
	if fits := sentOf(t, upload(t, server, withFiles(1), textFile(0, "a.txt", strings.Repeat("x", 100_000)))); fits.MessageID == nil {
		t.Errorf("got %+v", fits)
	}
}

func TestTooManyFiles(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{Files: 2}})
	many := upload(t, server, withFiles(3), textFile(0, "a", ""), textFile(1, "b", ""), textFile(2, "c", ""))
	wantRejected(t, many, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE")
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

func TestFilesThatAreTooLargeTogether(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{TotalBytes: 300_000}})
	response := upload(t, server, withFiles(2), textFile(0, "a", strings.Repeat("x", 290_000)), textFile(1, "b", strings.Repeat("x", 600_000)))
	errs := checkErrors(t, response)
	if len(errs) != 1 || errs[0].code() != "REQUEST_TOO_LARGE" {
		t.Errorf("%s", response.Body)
	}
	wantTickets(t, upstream, 2)
	request := server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a", "a"))
	body, _ := io.ReadAll(request.Body)
	request.Body, request.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(body), strings.NewReader(strings.Repeat("x", 1<<20)))), int64(len(body))+1<<20
	wantRejected(t, server.Do(t, request), http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE")
}

// Files in the wrong order, unused or used twice are rejected before the first call.
func TestMisusedFiles(t *testing.T) {
	t.Parallel()
	const twice = `mutation($a: SendMessageInput!, $b: SendMessageInput!) { a: sendMessage(input: $a) { messageId } b: sendMessage(input: $b) { messageId } }`
	input := func() map[string]any { return map[string]any{"conversationId": shortID, "files": []any{nil}} }
	file := func(place string) gatewaytest.File {
		return gatewaytest.File{Place: place, Name: "a.txt", MimeType: "text/plain", Content: strings.NewReader("a")}
	}
	server, upstream := start(t, gateway.Config{})
	for name, test := range map[string]struct {
		query     string
		variables map[string]any
		files     []gatewaytest.File
		want      string
	}{
		"other order": {twice, map[string]any{"a": input(), "b": input()}, []gatewaytest.File{file("variables.b.files.0"), file("variables.a.files.0")}, "order"},
		"used twice": {
			`mutation($f: Upload!) { a: sendMessage(input: {conversationId: "` + shortID + `", files: [$f]}) { messageId } b: sendMessage(input: {conversationId: "` + shortID + `", files: [$f]}) { messageId } }`,
			map[string]any{"f": nil},
			[]gatewaytest.File{file("variables.f")},
			"once",
		},
		"not used":         {`{ viewer { id } }`, map[string]any{"f": nil}, []gatewaytest.File{file("variables.f")}, "does not use"},
		"skipped":          {`mutation($a: SendMessageInput!) { sendMessage(input: $a) @skip(if: true) { messageId } }`, map[string]any{"a": input()}, []gatewaytest.File{file("variables.a.files.0")}, "does not use"},
		"a file as a text": {`mutation($c: String) { sendMessage(input: {conversationId: "` + shortID + `", content: $c}) { messageId } }`, map[string]any{"c": nil}, []gatewaytest.File{file("variables.c")}, "String"},
		"a wrong path":     {sendFiles, withFiles(1), []gatewaytest.File{file("variables.input.files.1")}, "null"},
	} {
		response := server.Do(t, server.NewUpload(t, gatewaytest.Token(), test.query, test.variables, test.files...))
		errs := checkErrors(t, response)
		if len(errs) != 1 || !strings.Contains(errs[0].Message, test.want) || errs[0].code() != "BAD_USER_INPUT" && errs[0].code() != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %s", name, response.Body)
		}
	}
	for name, body := range map[string]string{
		"a literal":      `{"query":"mutation { sendMessage(input: {conversationId: \"` + shortID + `\", files: [\"a\"]}) { messageId } }"}`,
		"text in a file": `{"query":"mutation($f: Upload!) { sendMessage(input: {conversationId: \"` + shortID + `\", files: [$f]}) { messageId } }","variables":{"f":"a"}}`,
		"an object":      `{"query":"mutation($f: [Upload!]) { sendMessage(input: {conversationId: \"` + shortID + `\", files: $f}) { messageId } }","variables":{"f":[{"File":null}]}}`,
	} {
		response := call{body: body}.send(t, server)
		errs := checkErrors(t, response)
		if len(errs) != 1 || !strings.Contains(errs[0].Message, "multipart") || errs[0].code() != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %s", name, response.Body)
		}
	}
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

// sendForm sends sendFiles with two files and a form's parts in the given order. A part with a dot is a file.
func sendForm(t *testing.T, server *gatewaytest.Server, query string, variables map[string]any, fileMap string, parts ...string) gatewaytest.Response {
	t.Helper()
	operations, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_, _ = form.WriteField("operations", string(operations)), form.WriteField("map", fileMap)
	for _, name := range parts {
		if field, _, isFile := strings.Cut(name, "."); isFile {
			part, _ := form.CreateFormFile(field, name)
			_, _ = io.WriteString(part, "content of "+name)
		} else {
			_ = form.WriteField(name, "text")
		}
	}
	_ = form.Close()
	header := http.Header{"Content-Type": {form.FormDataContentType()}, "Graphql-Preflight": {"1"}}
	return call{header: header, body: body.String()}.send(t, server)
}

// The keys of `map` may have any order, because a JSON object has none. The files must have the order of use.
func TestOrderOfFiles(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	places := map[string]string{"a": `"a":["variables.input.files.0"]`, "b": `"b":["variables.input.files.1"]`, "c": `"c":["variables.input.files.2"]`}
	for _, keys := range []string{"abc", "acb", "bac", "bca", "cab", "cba"} {
		var entries []string
		for _, key := range keys {
			entries = append(entries, places[string(key)])
		}
		fileMap := "{" + strings.Join(entries, ",") + "}"
		got := sentOf(t, sendForm(t, server, sendFiles, withFiles(3), fileMap, "a.txt", "b.txt", "c.txt"))
		if got.SentMessage == nil || len(got.SentMessage.Files) != 3 {
			t.Fatalf("%s: %+v", keys, got)
		}
		for i, file := range got.SentMessage.Files {
			diff(t, keys, string("abc"[i])+".txt", file.Name)
		}
		upstream.TakeCalls()
		for _, parts := range []string{"acb", "bac", "bca", "cab", "cba"} {
			var names []string
			for _, part := range parts {
				names = append(names, string(part)+".txt")
			}
			wantNoMessage(t, upstream, sendForm(t, server, sendFiles, withFiles(3), fileMap, names...))
		}
	}
}

// wantNoMessage checks that a form is rejected and writes nothing that anybody could see.
func wantNoMessage(t *testing.T, upstream *gatewaytest.Upstream, response gatewaytest.Response) {
	t.Helper()
	errs := checkErrors(t, response)
	if len(errs) != 1 || errs[0].code() != "BAD_USER_INPUT" {
		t.Errorf("%s", response.Body)
	}
	for _, made := range upstream.TakeCalls() {
		if made != ticketCall && made != fileCall {
			t.Errorf("call %s", made)
		}
	}
}

// A part that is not in `map` is rejected, wherever it is, and nothing is written.
func TestPartsThatMapDoesNotName(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const (
		fileMap   = `{"a":["variables.input.files.0"],"b":["variables.input.files.1"]}`
		createToo = `mutation($input: SendMessageInput!) { createConversation(input: {title: "a", message: "b"}) { conversationId } sendMessage(input: $input) { messageId } }`
	)
	for _, parts := range [][]string{
		{"x.txt", "a.txt", "b.txt"},
		{"a.txt", "x.txt", "b.txt"},
		{"a.txt", "b.txt", "x.txt"},
		{"a.txt", "b.txt", "x"},
		{"x", "a.txt", "b.txt"},
		{"a.txt", "a.txt", "b.txt"},
		{"a.txt", "b.txt", "b.txt"},
		{"a.txt", "b.txt", "a.txt"},
		{"a.txt", "b.txt", "operations"},
		{"a.txt", "b.txt", "map"},
	} {
		t.Log(parts)
		wantNoMessage(t, upstream, sendForm(t, server, sendFiles, withFiles(2), fileMap, parts...))
		if parts[0][0] == 'x' { // known before the operation runs
			wantNoMessage(t, upstream, sendForm(t, server, createToo, withFiles(2), fileMap, parts...))
		}
	}
	wantNoMessage(t, upstream, sendForm(t, server, sendFiles, withFiles(0), "{}", "x.txt"))
	wantNoMessage(t, upstream, sendForm(t, server, "{ viewer { id } }", nil, "{}", "x"))
	wantErrors(t, sendForm(t, server, "{ viewer { id } }", nil, "{}"))
}

// A single file is coerced to a list, like any value.
func TestASingleFileForAList(t *testing.T) {
	t.Parallel()
	const (
		inList = `mutation($f: [Upload!]!) { sendMessage(input: {conversationId: "` + shortID + `", content: "a", files: $f}) { sentMessage { files { ... on UploadedFile { id name } } } } }`
		inItem = `mutation($f: Upload!) { sendMessage(input: {conversationId: "` + shortID + `", content: "a", files: $f}) { sentMessage { files { ... on UploadedFile { id name } } } } }`
	)
	input := map[string]any{"conversationId": shortID, "content": "a", "files": nil}
	for name, test := range map[string]struct {
		query, place string
		variables    map[string]any
	}{
		"a list of files":  {inList, "variables.f", map[string]any{"f": nil}},
		"a list's element": {inList, "variables.f.0", map[string]any{"f": []any{nil}}},
		"in an input":      {sendFiles, "variables.input.files", map[string]any{"input": input}},
	} {
		for _, config := range []gateway.Config{{}, {NoRenderer: true}} {
			server, upstream := start(t, config)
			response := server.Do(t, server.NewUpload(t, gatewaytest.Token(), test.query, test.variables,
				gatewaytest.File{Place: test.place, Name: "a.txt", MimeType: "text/plain", Content: strings.NewReader("a")}))
			got := sentOf(t, response)
			if got.SentMessage == nil || len(got.SentMessage.Files) != 1 || got.SentMessage.Files[0].Name != "a.txt" {
				t.Fatalf("%s: %s", name, response.Body)
			}
			id := got.SentMessage.Files[0].ID
			diff(t, name, []string{
				ticketCall, "POST /v2/conversations/" + shortID + `/messages {"messageContent":"a","fileIds":["` + id + `"]}`, fileCall,
			}, slices.DeleteFunc(upstream.TakeCalls(), func(call string) bool { return strings.HasPrefix(call, "GET ") }))
		}
	}
	server, upstream := start(t, gateway.Config{})
	response := server.Do(t, server.NewUpload(t, gatewaytest.Token(), inItem, map[string]any{"f": nil},
		gatewaytest.File{Place: "variables.f", Name: "a.txt", Content: strings.NewReader("a")}))
	diff(t, "a file in a list's place", "GRAPHQL_VALIDATION_FAILED", checkErrors(t, response)[0].code())
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

// The files of two messages in one operation are sent with the right message.
func TestFilesOfTwoMessages(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	const query = `mutation($a: SendMessageInput!, $f: Upload!) {
		a: sendMessage(input: $a) { sentMessage { files { ... on UploadedFile { name } } } }
		b: sendMessage(input: {conversationId: "` + otherID + `", files: [$f]}) { sentMessage { files { ... on UploadedFile { name } } } } }`
	variables := map[string]any{"a": map[string]any{"conversationId": shortID, "files": []any{nil}}, "f": nil}
	response := server.Do(t, server.NewUpload(t, gatewaytest.Token(), query, variables,
		gatewaytest.File{Place: "variables.a.files.0", Name: "a.txt", MimeType: "text/plain", Content: strings.NewReader("a")},
		gatewaytest.File{Place: "variables.f", Name: "b.txt", Content: strings.NewReader("b")}))
	wantErrors(t, response)
	wantData(t, response, `{"a":{"sentMessage":{"files":[{"name":"a.txt"}]}},"b":{"sentMessage":{"files":[{"name":"b.txt"}]}}}`)
}

// A browser sends a form for any page without a preflight, and a proxy may add a token.
func TestUploadsNeedPreflight(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	request := server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a", "a"))
	request.Header.Del("GraphQL-Preflight")
	wantRejected(t, server.Do(t, request), http.StatusBadRequest, "BAD_USER_INPUT")
	request = server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a", "a"))
	request.Header.Del("Authorization")
	wantRejected(t, server.Do(t, request), http.StatusUnauthorized, "UNAUTHENTICATED")
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

// If the client disconnects within a file, no message is sent, and mStudio does not wait for the rest of the file.
func TestBrokenUpload(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	uploading, ended := make(chan struct{}), make(chan struct{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v2/files" {
				next.ServeHTTP(w, r)
				return
			}
			close(uploading)
			next.ServeHTTP(w, r)
			close(ended)
		})
	})
	half := textFile(0, "a.txt", "")
	half.Content = io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), waitFor{uploading}, iotest.ErrReader(errors.New("pulled the plug")))
	if response, err := server.Send(server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), half)); err == nil {
		t.Errorf("answered with %d: %s", response.Status, response.Body)
	}
	<-ended
	server.Close() // waits for running requests
	diff(t, "calls", []string{ticketCall, fileCall}, upstream.TakeCalls())
}

// waitFor is content that ends when a channel is closed.
type waitFor struct{ happened <-chan struct{} }

func (w waitFor) Read([]byte) (int, error) {
	<-w.happened
	return 0, io.EOF
}

// A stalled upload times out while the connection stays open.
func TestStalledUpload(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{Idle: 300 * time.Millisecond}})
	over := make(chan struct{})
	defer close(over)
	halted := textFile(0, "a.txt", "")
	halted.Content = io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), waitFor{over})
	response := upload(t, server, withFiles(1), halted)
	errs := checkErrors(t, response)
	if len(errs) != 1 || errs[0].code() != "TIMEOUT" || sentOf(t, response).MessageID != nil {
		t.Errorf("%s", response.Body)
	}
	diff(t, "calls", []string{ticketCall, fileCall}, upstream.TakeCalls())
}

// The first file must begin within the idle timeout, before which the operation makes no call.
func TestUploadStalledBeforeItsFirstFile(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{Idle: 300 * time.Millisecond}})
	over := make(chan struct{})
	defer close(over)
	request := server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a.txt", "a"))
	body, _ := io.ReadAll(request.Body)
	beginning, _, _ := bytes.Cut(body, []byte("filename="))
	request.Body, request.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(beginning), waitFor{over})), -1
	wantErrors(t, server.Do(t, request), ": TIMEOUT")
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

// An operation over a limit is rejected before its files are awaited.
func TestExpensiveUploadIsRejectedBeforeItsFiles(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Limits: limits.Limits{Cost: 1}})
	response := sendForm(t, server, sendFiles, withFiles(1), `{"a":["variables.input.files.0"]}`, "x.txt")
	wantErrors(t, response, ": COMPLEXITY_LIMIT_EXCEEDED")
	diff(t, "calls", []string(nil), upstream.TakeCalls())
}

// The timeout of the operation also ends the upload.
func TestUploadTimeout(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{OperationTimeout: 50 * time.Millisecond, Uploads: uploads.Limits{Timeout: 50 * time.Millisecond}})
	over := make(chan struct{})
	defer close(over)
	halted := textFile(0, "a.txt", "")
	halted.Content = io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), waitFor{over})
	response := upload(t, server, withFiles(1), halted)
	errs := checkErrors(t, response)
	if len(errs) != 1 || errs[0].code() != "TIMEOUT" {
		t.Errorf("%s", response.Body)
	}
	for _, call := range upstream.TakeCalls() {
		if strings.Contains(call, "/messages") {
			t.Errorf("call: %s", call)
		}
	}
}

// If mStudio fails, no message is sent for a missing file, and no file is sent twice.
func TestUploadToFailingUpstream(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]string{http.StatusServiceUnavailable: "UPSTREAM_UNAVAILABLE", http.StatusOK: "UPSTREAM_BAD_RESPONSE", http.StatusTooManyRequests: "RATE_LIMITED"} {
		server, upstream := start(t, gateway.Config{})
		upstream.Replace(fileCall, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		response := upload(t, server, withFiles(2), textFile(0, "a.txt", "a"), textFile(1, "b.txt", strings.Repeat("x", 1<<20)))
		errs := checkErrors(t, response)
		if len(errs) != 1 || errs[0].code() != code || errs[0].Extensions["outcome"] != nil {
			t.Errorf("%s", response.Body)
		}
		diff(t, "calls", []string{ticketCall, fileCall}, upstream.TakeCalls())
	}
}

// A ticket allows uploading a file without the gateway.
func TestRequestFileUpload(t *testing.T) {
	t.Parallel()
	for _, config := range []gateway.Config{{}, {NoRenderer: true}} {
		server, upstream := start(t, config)
		response := ask(t, server, `mutation { requestFileUpload(input: {conversationId: "`+shortID+`"}) { userErrors { code } upload { url headers { name value } formField rules { mimeTypes extensions maxBytes maxNameLength } } } }`)
		checkErrors(t, response)
		ticket := decode[struct {
			Data struct {
				RequestFileUpload struct {
					Upload struct {
						URL, FormField string
						Headers        []struct{ Name, Value string }
						Rules          struct {
							MimeTypes []string
							MaxBytes  int
						}
					}
				}
			}
		}](t, response.Body).Data.RequestFileUpload.Upload
		diff(t, "calls", []string{ticketCall}, upstream.TakeCalls())
		if ticket.URL != upstream.URL+"/v2/files" || len(ticket.Headers) != 1 || ticket.Rules.MaxBytes != 100<<20 || !slices.Contains(ticket.Rules.MimeTypes, "image/png") {
			t.Fatalf("%s", response.Body)
		}
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, _ := form.CreateFormFile(ticket.FormField, "a.bin")
		_, _ = io.WriteString(part, "hello")
		_ = form.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ticket.URL, &body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", form.FormDataContentType())
		request.Header.Set(ticket.Headers[0].Name, ticket.Headers[0].Value)
		uploaded := server.Do(t, request)
		id := decode[struct{ ID string }](t, uploaded.Body).ID
		response = server.Query(t, gatewaytest.Token(), sendFiles, map[string]any{"input": map[string]any{"conversationId": shortID, "fileIds": []string{id}}})
		if got := sentOf(t, response); got.SentMessage == nil || len(got.SentMessage.Files) != 1 || got.SentMessage.Files[0].Name != "a.bin" {
			t.Errorf("%s", response.Body)
		}
	}
}

func TestRequestFileUploadRejected(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for id, code := range map[string]string{"x": "INVALID", unknownID: "NOT_FOUND", foreignID: "FORBIDDEN"} {
		response := ask(t, server, `mutation { requestFileUpload(input: {conversationId: "`+id+`"}) { userErrors { code field } upload { url } } }`)
		diff(t, id, `{"data":{"requestFileUpload":{"userErrors":[{"code":"`+code+`","field":["input","conversationId"]}],"upload":null}}}`, string(response.Body))
	}
}

// noise is content of a given length that needs no memory.
type noise struct{ left int }

func (n *noise) Read(p []byte) (int, error) {
	if n.left == 0 {
		return 0, io.EOF
	}
	count := min(len(p), n.left)
	n.left -= count
	return count, nil
}

// TestLargeUpload sends 100 MB. Files are streamed, so the allocated memory does not depend on the size.
func TestLargeUpload(t *testing.T) { //nolint:paralleltest // it measures the whole process
	const size = 100 << 20 / slowness
	received := int64(0)
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, body)
	}
	mux.HandleFunc("POST /v2/conversations/"+shortID+"/files", func(w http.ResponseWriter, _ *http.Request) { reply(w, `{"uploadToken":"t","rules":{}}`) })
	mux.HandleFunc("POST /v2/files", func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		if err == nil {
			part, _ := form.NextPart()
			received, _ = io.Copy(io.Discard, part)
		}
		reply(w, `{"id":"`+otherID+`"}`)
	})
	mux.HandleFunc("POST /v2/conversations/"+shortID+"/messages", func(w http.ResponseWriter, _ *http.Request) { reply(w, `{"messageId":"`+otherID+`"}`) })
	upstream := httptest.NewServer(mux)
	t.Cleanup(upstream.Close)
	client, err := rest.New(rest.Config{BaseURL: upstream.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	server := gatewaytest.NewServer(t, nil, gateway.Config{Client: client})
	request := server.NewUpload(t, gatewaytest.Token(), `mutation($input: SendMessageInput!) { sendMessage(input: $input) { messageId } }`, withFiles(1),
		gatewaytest.File{Place: "variables.input.files.0", Name: "a.bin", Content: &noise{size}})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	response := server.Do(t, request)
	runtime.ReadMemStats(&after)
	if sentOf(t, response).MessageID == nil || received != size {
		t.Fatalf("%d bytes received: %s", received, response.Body)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 4<<20 {
		t.Errorf("allocates %d bytes for a file of %d", allocated, size)
	}
}
