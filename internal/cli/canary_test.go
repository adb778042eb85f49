package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// Who asks, and what is only theirs.
const (
	owner    = gatewaytest.Tenant(1)
	stranger = gatewaytest.Tenant(2)
	// wrote is what the owner writes, and said what mStudio says about failures.
	wrote = "canary-wrote"
	said  = "canary-said"
)

// fileTokens remembers the access tokens that mStudio gives out for files.
type fileTokens struct {
	mu  sync.Mutex
	all []string
}

func (f *fileTokens) watch(next http.Handler) http.Handler {
	pattern := regexp.MustCompile(`"accessToken":"([^"]+)"`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		f.mu.Lock()
		for _, match := range pattern.FindAllSubmatch(answer.Body.Bytes(), -1) {
			f.all = append(f.all, string(match[1]))
		}
		f.mu.Unlock()
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// failing makes mStudio fail on one conversation in many words.
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

// request is a body that is sent to the gateway, and what goes with it.
type request struct {
	token  gatewaytest.Tenant
	path   string
	body   string
	header http.Header
}

// everyRequest asks for everything that the stories and the examples ask for, as the owner and as a stranger, and for
// what goes wrong.
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

// seenByAll is a conversation of the demo data, and secretsQuery asks for all the secrets of another.
const (
	seenByAll    = "e75fead9-213f-5585-aeb3-59327a7b3b59"
	secretsQuery = `{ conversation(id: "1c2cf498-4ab6-5330-82fc-6c60b647f4cf") { messages(first: 2) { nodes { ...on ServiceRequest { payload { ...on Relocation {
		source { providerPassword { isSet value } } domains { authCode { isSet value } } mailboxes { password { isSet value } } } } } } } } }`
)

// stories returns the sections of each story.
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

// canaries returns everything that must not be found, by what it is.
func (f *fileTokens) canaries() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := map[string]string{"a token": "token-of-tenant", "mStudio's words": said, "a demo token": "sandbox-agency"}
	for _, token := range f.all {
		found["a file's token "+token[:4]] = token
	}
	return found
}

// With everything logged and everything asked for, what belongs to callers and third parties is in no log, no error, no
// metric and no profile, and in no answer but the owner's. Secrets are not even there, unless the operator lets them.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for _, reveal := range []bool{false, true} {
		t.Run(map[bool]string{false: "kept", true: "revealed"}[reveal], func(t *testing.T) {
			t.Parallel()
			tokens := &fileTokens{}
			upstream := httptest.NewServer(tokens.watch(failing(gatewaytest.Tenants(sandbox.New(sandbox.Config{})))))
			t.Cleanup(upstream.Close)
			flags := []string{"--upstream-url=" + upstream.URL, "--listen=127.0.0.1:0", "--log-level=debug", "--log-format=json", "--ops-listen=127.0.0.1:0", "--pprof", "--subgraph", "--max-cost=100000", "--max-nodes=10000000"}
			if reveal {
				flags = append(flags, "--reveal-secrets")
			}
			p := launch(t, flags...)
			secrets, links := 0, map[string]bool{}
			for _, asked := range everyRequest(t) {
				if reveal && !strings.Contains(asked.body, "value") {
					continue // nothing else changes
				}
				answer := p.ask(t, asked)
				secrets += checkAnswer(t, asked, answer, tokens.canaries())
				for _, match := range regexp.MustCompile(`"url":"`+p.base+`(/files/[^"?]+)`).FindAllStringSubmatch(answer, -1) {
					links[match[1]] = true
				}
			}
			for link := range links {
				if got := get(t, p.base+link); got.status != http.StatusOK {
					t.Errorf("a file's link: %v", got)
				}
			}
			if want := map[bool]bool{true: secrets > 0, false: secrets == 0}[reveal]; !want {
				t.Errorf("%d secrets were revealed", secrets)
			}
			profiles := p.profiles(t)
			if err := p.end(); err != nil {
				t.Errorf("ended with %v", err)
			}
			leaves := tokens.canaries()
			leaves["what was written"], leaves["what belongs to a tenant"], leaves["the upstream's address"] = wrote, "mark-of-tenant", strings.TrimPrefix(upstream.URL, "http://")
			for link := range links {
				leaves["a file's link "+link] = link
			}
			for where, text := range map[string]string{"the log": p.stderr.String(), "the terminal": p.stdout.String(), "the operators' listener": profiles} {
				for what, canary := range leaves {
					if i := strings.Index(text, canary); i >= 0 {
						t.Errorf("%s is in %s: %s", what, where, text[max(0, i-300):min(len(text), i+100)])
					}
				}
			}
			if log := p.stderr.String(); !strings.Contains(log, `"msg":"upstream call"`) || strings.Contains(log, `"msg":"secret revealed"`) != reveal {
				t.Error("the log is not what was to be looked at")
			}
			if !reveal && (len(tokens.all) == 0 || len(links) == 0) {
				t.Errorf("%d tokens and %d links of files", len(tokens.all), len(links))
			}
		})
	}
}

func (p *program) ask(t *testing.T, asked request) string {
	t.Helper()
	path := "/graphql"
	if asked.path != "" {
		path = asked.path
	}
	sent := newRequest(t, http.MethodPost, p.base+path, asked.body)
	sent.Header.Set("Authorization", "Bearer "+asked.token.Token())
	maps.Copy(sent.Header, asked.header)
	got := send(sent)
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got.body
}

// checkAnswer looks for what is not the asker's, and counts the secrets.
func checkAnswer(t *testing.T, asked request, body string, canaries map[string]string) (secrets int) {
	t.Helper()
	for what, canary := range canaries {
		if strings.Contains(body, canary) {
			t.Errorf("%s is in the answer to %s: %s", what, asked.body, body)
		}
	}
	for _, mark := range gatewaytest.Marks(body) {
		if mark != asked.token.Mark() {
			t.Errorf("the answer to %d holds what belongs to %s: %s", asked.token, mark, body)
		}
	}
	var parts struct {
		Errors, Extensions json.RawMessage
	}
	if json.Unmarshal([]byte(body), &parts) == nil {
		if beside := string(bytes.Join([][]byte{parts.Errors, parts.Extensions}, nil)); strings.Contains(beside, "mark-of") || strings.Contains(beside, wrote) {
			t.Errorf("errors or extensions hold data: %s", beside)
		}
	} else if strings.Contains(body, wrote) {
		t.Errorf("what was written comes back: %s", body)
	}
	for _, kind := range []string{"providerPassword", "password", "authCode"} {
		secrets += strings.Count(body, asked.token.Mark()+kind)
	}
	if secrets > 0 && !strings.Contains(asked.body, "value") {
		t.Errorf("a secret that was not asked for: %s", body)
	}
	return secrets
}

// profiles reads all that the operators' listener has.
func (p *program) profiles(t *testing.T) string {
	t.Helper()
	match := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(p.stderr.String())
	if match == nil {
		t.Fatalf("no listener: %s", p.stderr)
	}
	var all strings.Builder
	for _, path := range []string{"/metrics", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2", "/debug/pprof/heap?debug=1", "/debug/pprof/allocs?debug=1"} {
		all.WriteString(get(t, "http://"+match[1]+path).body)
	}
	return strings.ReplaceAll(all.String(), strings.Join(os.Args, "\x00"), "") // the test's own command line
}
