package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/sandbox"
)

// monitor records all commands that a server receives from now on, until the test ends.
func monitor(t *testing.T, server *sharedstatetest.Server) (commands func() string) {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Address)
	if err != nil {
		t.Fatal(err)
	}
	seen, done := newOutput(), make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(seen, connection)
	}()
	t.Cleanup(func() {
		_ = connection.Close()
		<-done
	})
	_, _ = io.WriteString(connection, "MONITOR\r\n")
	<-seen.written
	return seen.String
}

// dump returns all keys and values of a server.
func dump(t *testing.T, server *sharedstatetest.Server) string {
	t.Helper()
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	do := func(command ...string) valkey.ValkeyResult {
		return client.Do(t.Context(), client.B().Arbitrary(command...).Build())
	}
	keys, err := do("KEYS", "*").AsStrSlice()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, key := range keys {
		kind, _ := do("TYPE", key).ToString()
		read := map[string][]string{"string": {"GET", key}, "hash": {"HGETALL", key}, "zset": {"ZRANGE", key, "0", "-1", "WITHSCORES"}}[kind]
		if read == nil {
			t.Fatalf("%s is a %s", key, kind)
		}
		value, err := do(read...).ToAny()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(value)
		_, _ = all.WriteString(key + " " + string(text) + "\n")
	}
	return all.String()
}

// withHash adds the hash of a query to a request, so that the query is shared.
func withHash(body string) string {
	var parts map[string]any
	if json.Unmarshal([]byte(body), &parts) != nil || parts["extensions"] != nil {
		return body
	}
	query, _ := parts["query"].(string)
	sum := sha256.Sum256([]byte(query))
	parts["extensions"] = map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	text, _ := json.Marshal(parts)
	return string(text)
}

// phrases adds what is between the quotes of a response and has a space, such as names, titles and texts.
func phrases(body string, found map[string]bool) {
	for piece := range strings.SplitSeq(body, `"`) {
		piece = strings.TrimSpace(strings.TrimSuffix(piece, `\`))
		var phrase string
		if len(piece) >= 8 && strings.Contains(piece, " ") && json.Unmarshal([]byte(`"`+piece+`"`), &phrase) == nil {
			found[phrase] = true
		}
	}
}

// watchAndWrite sends a message on the second replica while subscriptions on both are open, and waits until each has an event.
func watchAndWrite(t *testing.T, replicas []*program) {
	t.Helper()
	var bodies []io.Reader
	for _, replica := range replicas {
		request := newRequest(t, http.MethodPost, replica.base+"/graphql", `{"query": "subscription { inboxChanged { kind conversation { title } } }"}`)
		request.Header.Set("Authorization", "Bearer "+owner.Token())
		request.Header.Set("Accept", "text/event-stream")
		response, err := client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		bodies = append(bodies, response.Body)
	}
	for _, event := range []string{`"SYNCED"`, `"CHANGED"`} {
		for i, body := range bodies {
			readUntil(t, body, event)
			if i == len(bodies)-1 && event == `"SYNCED"` {
				replicas[i].post(t, request{token: owner, body: `{"query": "mutation { sendMessage(input: {conversationId: \"` + seenByAll + `\", content: \"` + wrote + `\", idempotencyKey: \"` + wrote + `\"}) { messageId } }"}`})
			}
		}
	}
}

func readUntil(t *testing.T, body io.Reader, event string) {
	t.Helper()
	var seen bytes.Buffer
	for part := make([]byte, 1<<10); !strings.Contains(seen.String(), event); {
		n, err := body.Read(part)
		seen.Write(part[:n])
		if err != nil {
			t.Fatalf("%v: no %s in %s", err, event, seen.String())
		}
	}
}

// Whoever reads everything that replicas send to the server that they share, and everything in it, learns no token, ID, name or text.
func TestCanaries_Shared(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	commands := monitor(t, server)
	tokens, keyFile := &fileTokens{}, filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(testShareKey), 0o600); err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(tokens.record(failing(gatewaytest.Tenants(sandbox.New(sandbox.Config{})))))
	t.Cleanup(upstream.Close)
	var replicas []*program
	for range 2 {
		replicas = append(replicas, launch(t, "--upstream-url="+upstream.URL, "--listen=127.0.0.1:0", "--subgraph", "--max-cost=100000", "--max-nodes=10000000",
			"--live-interval=2s", "--valkey-timeout=1s", "--valkey-url="+server.URL(), "--share-key-file="+keyFile))
	}
	watchAndWrite(t, replicas)
	said := map[string]bool{}
	for i, sent := range everyRequest(t) {
		sent.body = withHash(sent.body)
		phrases(replicas[i%2].post(t, sent), said)
	}
	seen, kept := commands(), dump(t, server)
	for _, replica := range replicas {
		if err := replica.end(); err != nil {
			t.Errorf("exited with %v", err)
		}
	}
	forbidden := tokens.canaries()
	forbidden["input"], forbidden["data of a tenant"], forbidden["the upstream's address"] = wrote, "mark-of-tenant", strings.TrimPrefix(upstream.URL, "http://")
	for phrase := range said {
		forbidden["a text of a response: "+phrase] = phrase
	}
	for where, text := range map[string]string{"the commands": seen, "the server": kept} {
		for what, canary := range forbidden {
			if i := strings.Index(text, canary); i >= 0 {
				t.Errorf("%s is in %s: %s", what, where, text[max(0, i-300):min(len(text), i+100)])
			}
		}
		if id := regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).FindString(text); id != "" {
			t.Errorf("the ID %s is in %s", id, where)
		}
	}
	for _, use := range []string{"mg1:r:", "mg1:p:", "mg1:q", "mg1:o:", "mg1:n", "mg1:h"} {
		if !strings.Contains(seen, use) || !strings.Contains(kept, use) && use != "mg1:h" { // messages are not kept
			t.Errorf("nothing of %s was shared", use)
		}
	}
	if len(said) < 100 {
		t.Errorf("%d texts", len(said))
	}
	t.Logf("%d commands, %d entries, %d texts", strings.Count(seen, "\n"), strings.Count(kept, "\n"), len(said))
}
