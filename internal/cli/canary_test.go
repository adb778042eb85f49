package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// The callers, and the marks of what belongs to them.
const (
	owner    = gatewaytest.Tenant(1)
	stranger = gatewaytest.Tenant(2)
	// wrote marks the owner's input, said mStudio's error messages.
	wrote = "canary-wrote"
	said  = "canary-said"
)

// fileTokens records the access tokens that mStudio issues for files.
type fileTokens struct {
	mu  sync.Mutex
	all []string
}

func (f *fileTokens) record(next http.Handler) http.Handler {
	pattern := regexp.MustCompile(`"accessToken":"([^"]+)"`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		f.mu.Lock()
		for _, match := range pattern.FindAllSubmatch(recorder.Body.Bytes(), -1) {
			f.all = append(f.all, string(match[1]))
		}
		f.mu.Unlock()
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

// failing makes mStudio fail with a detailed message for conversations whose IDs name a status.
func failing(next http.Handler) http.Handler {
	const body = `{"type": "ValidationError", "message": "` + said + `", "validationErrors": [{"message": "` + said + `", "path": "` + said + `", "type": "` + said + `"}]}`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := map[string]int{"400": 400, "401": 401, "403": 403, "404": 404, "409": 409, "412": 412, "422": 422, "429": 429, "500": 500, "302": 302}
		_, id, _ := strings.Cut(r.URL.Path, "00000000-0000-4000-8000-000000000")
		if code := status[id[:min(len(id), 3)]]; code != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Location", "https://"+said+".example/")
			w.Header().Set("X-Said", said)
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// request is a request to the gateway.
type request struct {
	token  gatewaytest.Tenant
	path   string
	body   string
	header http.Header
}

// everyRequest returns the requests of all stories, as the owner and as a stranger, and requests that fail.
func everyRequest(t *testing.T) []request {
	t.Helper()
	var all []request
	add := func(query, variables string) {
		text, err := json.Marshal(query)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"query": ` + string(text) + `, "variables": ` + variables + `}`
		all = append(all, request{token: owner, body: body, header: http.Header{"X-Explain": {"true"}}}, request{token: stranger, body: body})
	}
	for name, story := range stories(t) {
		path, found := story["path"]
		add(story["query.graphql"], story["variables.json"])
		if found {
			all[len(all)-1].path, all[len(all)-2].path = strings.TrimSpace(path), strings.TrimSpace(path)
		}
		if story["query.graphql"] == "" {
			t.Errorf("%s has no query", name)
		}
	}
	add(secretsQuery, "{}")
	add(`{ conversations(first: 20) { nodes { messages { nodes { ...on TextMessage { files { ...on UploadedFile { name download { url } } } } } } } } }`, "{}")
	for _, code := range []string{"400", "401", "403", "404", "409", "412", "422", "429", "500", "302"} {
		id := "00000000-0000-4000-8000-000000000" + code
		add(`{ conversation(id: "`+id+`") { title messages { totalCount } } }`, "{}")
		add(`mutation { sendMessage(input: {conversationId: "`+id+`", content: "`+wrote+`"}) { messageId userErrors { code field message } } }`, "{}")
	}
	add(`mutation($text: String!) { sendMessage(input: {conversationId: "`+seenByAll+`", content: $text}) { sentMessage { id } } }`, `{"text": "`+wrote+`"}`)
	add(`query($v: ID!) { conversation(id: $v) { id } }`, `{"v": "`+wrote+`"}`)
	add(`{ conversation(id: "`+wrote+`") { id } }`, "{}")
	add(`{ conversations(after: "`+wrote+`") { totalCount } }`, "{}")
	all = append(all, request{token: owner, body: `{"query": "` + wrote}, request{token: owner, body: wrote},
		request{token: owner, body: `{"query": "{ viewer { id } }", "operationName": "` + wrote + `"}`},
		request{token: owner, body: `{"query": "{ viewer { id } }", "variables": {"` + wrote + `": 1}}`},
		request{token: owner, body: `{"query": "{ viewer { id } }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "` + wrote + `"}}}`},
		request{token: owner, path: "/" + wrote}, request{token: owner, path: "/graphql?token=" + owner.Token()},
		request{token: owner, body: `{"query": "{ viewer { id } }"}`, header: http.Header{"X-Access-Token": {stranger.Token()}}},
		request{token: owner, body: `{"query": "{ viewer { id } }"}`, header: http.Header{"X-Request-Id": {owner.Token() + "!"}, "Cookie": {owner.Token()}, "User-Agent": {wrote}, "Referer": {wrote}}})
	return all
}

// seenByAll is a conversation in the demo data. secretsQuery selects all secrets of another one.
const (
	seenByAll    = "e75fead9-213f-5585-aeb3-59327a7b3b59"
	secretsQuery = `{ conversation(id: "1c2cf498-4ab6-5330-82fc-6c60b647f4cf") { messages(first: 2) { nodes { ...on ServiceRequest { payload { ...on Relocation {
		source { providerPassword { isSet value } } domains { authCode { isSet value } } mailboxes { password { isSet value } } } } } } } } }`
)

// stories returns the sections of each story by file.
func stories(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../gateway/testdata/stories/*.txtar")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d stories: %v", len(files), err)
	}
	found := map[string]map[string]string{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sections := map[string]string{"variables.json": "{}"}
		for _, section := range archive.Files {
			sections[section.Name] = string(section.Data)
		}
		found[file] = sections
	}
	return found
}

// canaries returns the strings that must not be found, by description.
func (f *fileTokens) canaries() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := map[string]string{"a token": "token-of-tenant", "an mStudio message": said, "a demo token": "sandbox-agency"}
	for _, token := range f.all {
		found["a file's token "+token[:4]] = token
	}
	return found
}

// With every log enabled and every field selected, the data of callers and third parties is in no log, error, metric or
// profile, and only in responses to its owner. Secrets are in no response unless --reveal-secrets is set.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for _, reveal := range []bool{false, true} {
		t.Run(map[bool]string{false: "hidden", true: "revealed"}[reveal], func(t *testing.T) {
			t.Parallel()
			tokens := &fileTokens{}
			upstream := httptest.NewServer(tokens.record(failing(gatewaytest.Tenants(sandbox.New(sandbox.Config{})))))
			t.Cleanup(upstream.Close)
			flags := []string{"--upstream-url=" + upstream.URL, "--listen=127.0.0.1:0", "--log-level=debug", "--log-format=json", "--ops-listen=127.0.0.1:0", "--pprof", "--subgraph", "--max-cost=100000", "--max-nodes=10000000"}
			if reveal {
				flags = append(flags, "--reveal-secrets")
			}
			p := launch(t, flags...)
			secrets, links := 0, map[string]bool{}
			for _, sent := range everyRequest(t) {
				if reveal && !strings.Contains(sent.body, "value") {
					continue // --reveal-secrets changes nothing else
				}
				response := p.post(t, sent)
				secrets += checkResponse(t, sent, response, tokens.canaries())
				for _, match := range regexp.MustCompile(`"url":"`+p.base+`(/files/[^"?]+)`).FindAllStringSubmatch(response, -1) {
					links[match[1]] = true
				}
			}
			for link := range links {
				if got := get(t, p.base+link); got.status != http.StatusOK {
					t.Errorf("link to a file: %v", got)
				}
			}
			if want := map[bool]bool{true: secrets > 0, false: secrets == 0}[reveal]; !want {
				t.Errorf("%d secrets revealed", secrets)
			}
			profiles := p.profiles(t)
			if err := p.end(); err != nil {
				t.Errorf("exited with %v", err)
			}
			forbidden := tokens.canaries()
			forbidden["input"], forbidden["data of a tenant"], forbidden["the upstream's address"] = wrote, "mark-of-tenant", strings.TrimPrefix(upstream.URL, "http://")
			for link := range links {
				forbidden["a link "+link] = link
			}
			for where, text := range map[string]string{"the log": p.stderr.String(), "the output": p.stdout.String(), "the operators' listener": profiles} {
				for what, canary := range forbidden {
					if i := strings.Index(text, canary); i >= 0 {
						t.Errorf("%s is in %s: %s", what, where, text[max(0, i-300):min(len(text), i+100)])
					}
				}
			}
			if log := p.stderr.String(); !strings.Contains(log, `"msg":"upstream call"`) || strings.Contains(log, `"msg":"secret revealed"`) != reveal {
				t.Error("the log lacks the records that this test is about")
			}
			if !reveal && (len(tokens.all) == 0 || len(links) == 0) {
				t.Errorf("%d file tokens and %d links", len(tokens.all), len(links))
			}
		})
	}
}

func (p *program) post(t *testing.T, sent request) string {
	t.Helper()
	path := "/graphql"
	if sent.path != "" {
		path = sent.path
	}
	httpRequest := newRequest(t, http.MethodPost, p.base+path, sent.body)
	httpRequest.Header.Set("Authorization", "Bearer "+sent.token.Token())
	maps.Copy(httpRequest.Header, sent.header)
	got := send(httpRequest)
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got.body
}

// checkResponse reports data of other callers in the response to sent, and counts the secrets in it.
func checkResponse(t *testing.T, sent request, body string, canaries map[string]string) (secrets int) {
	t.Helper()
	for what, canary := range canaries {
		if strings.Contains(body, canary) {
			t.Errorf("%s is in the response to %s: %s", what, sent.body, body)
		}
	}
	for _, mark := range gatewaytest.Marks(body) {
		if mark != sent.token.Mark() {
			t.Errorf("the response to %d contains data of %s: %s", sent.token, mark, body)
		}
	}
	var parts struct {
		Errors, Extensions json.RawMessage
	}
	if json.Unmarshal([]byte(body), &parts) == nil {
		if other := string(bytes.Join([][]byte{parts.Errors, parts.Extensions}, nil)); strings.Contains(other, "mark-of") || strings.Contains(other, wrote) {
			t.Errorf("errors or extensions contain data: %s", other)
		}
	} else if strings.Contains(body, wrote) {
		t.Errorf("the response repeats the input: %s", body)
	}
	for _, kind := range []string{"providerPassword", "password", "authCode"} {
		secrets += strings.Count(body, sent.token.Mark()+kind)
	}
	if secrets > 0 && !strings.Contains(sent.body, "value") {
		t.Errorf("a secret that was not selected: %s", body)
	}
	return secrets
}

// profiles returns everything that the operators' listener serves.
func (p *program) profiles(t *testing.T) string {
	t.Helper()
	match := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(p.stderr.String())
	if match == nil {
		t.Fatalf("no operators' listener: %s", p.stderr)
	}
	var all strings.Builder
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2", "/debug/pprof/heap?debug=1", "/debug/pprof/allocs?debug=1"} {
		all.WriteString(get(t, "http://"+match[1]+path).body)
	}
	return all.String()
}
