package sandbox_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/sandbox"
)

// form is the body of an upload.
type form struct {
	field, name, mimeType string
	content               []byte
}

// upload sends a form with an upload token.
func (a api) upload(token string, f form) reply {
	a.t.Helper()
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	header := textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition(f.field, f.name)}}
	if f.mimeType != "" {
		header.Set("Content-Type", f.mimeType)
	}
	part, err := writer.CreatePart(header)
	if err != nil {
		a.t.Fatal(err)
	}
	_, _ = part.Write(f.content)
	_ = writer.Close()
	return a.post("/v2/files", token, writer.FormDataContentType(), &body)
}

func (a api) post(path, token, contentType string, body io.Reader) reply {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Token", token)
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return reply{status: response.StatusCode, header: response.Header, body: string(text)}
}

// ticket requests a ticket for the caller's first conversation.
func (a api) ticket(caller string) (conversationID, token string) {
	a.t.Helper()
	id, _ := a.list(caller, "/v2/conversations?limit=1")[0]["conversationId"].(string)
	r := a.send(http.MethodPost, "/v2/conversations/"+id+"/files", "X-Access-Token", caller)
	if r.status != http.StatusCreated {
		a.t.Fatalf("%d %s", r.status, r.body)
	}
	token, _ = parse[object](a.t, r)["uploadToken"].(string)
	return id, token
}

// parse decodes a response of any status.
func parse[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return v
}

func png(name string) form {
	return form{field: "file", name: name, mimeType: "image/png", content: []byte("\x89PNG")}
}

func TestFileTickets(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{MaxFileKB: 7})
	id, _ := a.ticket(agency)
	r := a.send(http.MethodPost, "/v2/conversations/"+id+"/files", "X-Access-Token", agency)
	got := parse[object](t, r)
	rules, _ := got["rules"].(object)
	if types, _ := rules["mimeTypes"].([]any); got["conversationId"] != id || rules["maxSizeInKB"] != 7.0 || len(types) < 10 {
		t.Errorf("%s", r.body)
	}
	for path, want := range map[string]int{
		"/v2/conversations/x/files":                 http.StatusBadRequest,
		"/v2/conversations/" + unknownID + "/files": http.StatusNotFound,
	} {
		if r := a.send(http.MethodPost, path, "X-Access-Token", agency); r.status != want {
			t.Errorf("%s: want %d, got %d", path, want, r.status)
		}
	}
	if r := a.send(http.MethodPost, "/v2/conversations/"+id+"/files", "X-Access-Token", freelancer); r.status != http.StatusForbidden {
		t.Errorf("another caller: %d", r.status)
	}
	if r := a.send(http.MethodPost, "/v2/conversations/"+id+"/files"); r.status != http.StatusUnauthorized {
		t.Errorf("no token: %d", r.status)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{MaxFileKB: 300})
	_, token := a.ticket(agency)
	for name, rejected := range map[string]struct {
		form  form
		token string
		want  int
	}{
		"unknown token": {png("a.png"), unknownID, http.StatusUnauthorized},
		"no token":      {png("a.png"), "", http.StatusUnauthorized},
		"other field":   {form{field: "files", name: "a.png", mimeType: "image/png"}, token, http.StatusBadRequest},
		"type":          {form{field: "file", name: "a.exe", mimeType: "application/x-msdownload"}, token, http.StatusNotAcceptable},
		"no type":       {form{field: "file", name: "a.png"}, token, http.StatusNotAcceptable},
		"long name":     {png(strings.Repeat("ü", 252) + ".png"), token, http.StatusUnprocessableEntity},
		"too large":     {form{field: "file", name: "a.txt", mimeType: "text/plain", content: make([]byte, 300<<10+1)}, token, http.StatusUnprocessableEntity},
	} {
		if r := a.upload(rejected.token, rejected.form); r.status != rejected.want {
			t.Errorf("%s: want %d, got %d %s", name, rejected.want, r.status, r.body)
		}
	}
	if r := a.post("/v2/files", token, "application/json", strings.NewReader("{}")); r.status != http.StatusBadRequest {
		t.Errorf("JSON: %d", r.status)
	}
	if r := a.post("/v2/files", token, "multipart/form-data; boundary=x", strings.NewReader("--x\r\n")); r.status != http.StatusBadRequest {
		t.Errorf("truncated: %d", r.status)
	}
	// Failed uploads do not use the ticket.
	r := a.upload(token, form{field: "file", name: "größer \"x\".txt", mimeType: "text/plain", content: make([]byte, 300<<10)})
	got := parse[object](t, r)
	if r.status != http.StatusCreated || got["name"] != "größer \"x\".txt" || got["mimeType"] != "text/plain" || got["sizeInBytes"] != float64(300<<10) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := a.upload(token, png("a.png")); r.status != http.StatusConflict {
		t.Errorf("a second file with one ticket: %d", r.status)
	}
}

// Of concurrent uploads with one ticket, one succeeds.
func TestConcurrentUploads(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	_, token := a.ticket(bakery)
	statuses := make([]int, 8)
	var uploading sync.WaitGroup
	for i := range statuses {
		uploading.Go(func() { statuses[i] = a.upload(token, png("a.png")).status })
	}
	uploading.Wait()
	done := 0
	for _, status := range statuses {
		switch status {
		case http.StatusCreated:
			done++
		case http.StatusConflict:
		default:
			t.Errorf("status %d", status)
		}
	}
	if done != 1 {
		t.Errorf("%d uploads with one ticket", done)
	}
}

// An uploaded file can be downloaded unchanged once a message of its conversation has it.
func TestUploadedFilesAreAttached(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	for _, size := range []int{0, 1000, 256 << 10, 256<<10 + 1, 3 << 20} {
		conversationID, token := a.ticket(agency)
		content := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		id, _ := parse[object](t, a.upload(token, form{field: "file", name: "a.bin", mimeType: "application/octet-stream", content: content}))["id"].(string)
		messages, access := "/v2/conversations/"+conversationID+"/messages", "/v2/conversations/"+conversationID+"/files/"+id+"/access-token"
		if r := a.get(agency, access); r.status != http.StatusNotFound {
			t.Errorf("before a message has it: %d", r.status)
		}
		if r := a.change(agency, http.MethodPost, messages, `{"fileIds":["`+id+`"]}`); r.status != http.StatusCreated {
			t.Fatalf("%d %s", r.status, r.body)
		}
		fileToken, _ := a.object(agency, access)["accessToken"].(string)
		r := a.send(http.MethodGet, "/v2/files/"+id, "Token", fileToken)
		if r.status != http.StatusOK || r.body != string(content) || r.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%d bytes: status %d, got %d bytes", size, r.status, len(r.body))
		}
		meta := parse[object](t, a.send(http.MethodGet, "/v2/files/"+id+"/meta", "Token", fileToken))
		if meta["sizeInBytes"] != float64(size) || meta["name"] != "a.bin" || meta["friendlyUrl"] != id+"/a.bin" {
			t.Errorf("%d bytes: %v", size, meta)
		}
		r = a.send(http.MethodGet, "/v2/files/"+id+"/a.bin?accept=text/plain%3Bbase64", "Token", fileToken)
		if r.body != base64.StdEncoding.EncodeToString(content) || r.header.Get("Content-Type") != "text/plain;base64" {
			t.Errorf("%d bytes: %d characters of base64", size, len(r.body))
		}
		for path, want := range map[string]int{id: http.StatusForbidden, id + "/meta": http.StatusForbidden, id + "/a.bin": http.StatusForbidden} {
			if r := a.send(http.MethodGet, "/v2/files/"+path); r.status != want {
				t.Errorf("%s without a token: %d", path, r.status)
			}
		}
		if r := a.send(http.MethodGet, "/v2/files/"+id+"/b.bin", "Token", fileToken); r.status != http.StatusNotFound {
			t.Errorf("another name: %d", r.status)
		}
	}
}

func TestUploadRules(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{MaxFileKB: 7})
	rules := parse[object](t, a.send(http.MethodGet, "/v2/file-upload-types/conversation/rules"))
	types, _ := rules["mimeTypes"].([]any)
	extensions, _ := rules["extensions"].([]any)
	if rules["maxSizeInBytes"] != 7168.0 || rules["maxSizeInKB"] != 7.0 || rules["maxNameLength"] != 255.0 || len(types) < 10 || len(extensions) < len(types) {
		t.Errorf("%v", rules)
	}
	if r := a.send(http.MethodGet, "/v2/file-upload-types/avatar/rules"); r.status != http.StatusNotFound {
		t.Errorf("another type: %d", r.status)
	}
}

func TestFilesOfOtherConversationsAreNotAttached(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	_, token := a.ticket(bakery)
	id, _ := parse[object](t, a.upload(token, png("a.png")))["id"].(string)
	r := a.change(agency, http.MethodPost, "/v2/conversations/"+agencyConversation+"/messages", `{"fileIds":["`+id+`","`+unknownID+`"]}`)
	if r.status != http.StatusBadRequest || !cmp.Equal(r.findings(t), []string{".fileIds[0] exists", ".fileIds[1] exists"}) {
		t.Errorf("%d %s", r.status, r.body)
	}
}
