package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// withSecrets is the conversation with the secrets, secretMessage their message.
const (
	withSecrets   = "1c2cf498-4ab6-5330-82fc-6c60b647f4cf"
	secretMessage = "397f09b0-f424-5343-b5aa-125db2fcadd4"
)

const askSecrets = `{
  conversation(id: "` + withSecrets + `") {
    messages(first: 2) { nodes { ... on ServiceRequest { id payload { ... on Relocation {
      source { providerPassword { isSet value } } domains { authCode { isSet value } } mailboxes { password { isSet value } }
    } } } } }
  }
}`

// Paths of the secrets in the conversation.
func secretPaths() []string {
	const payload = "conversation.messages.nodes[1].payload."
	return []string{
		payload + "domains[0].authCode.value", payload + "mailboxes[0].password.value",
		payload + "mailboxes[1].password.value", payload + "source.providerPassword.value",
	}
}

// wantNoSecret checks that a text contains no secret of the sandbox.
func wantNoSecret(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(strings.ToLower(text), "not-a-real") {
		t.Errorf("a secret has come out: %s", text)
	}
}

func TestRevealedSecretsAreLogged(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, _ := start(t, gateway.Config{RevealSecrets: true, Log: book.logger()})
	response := ask(t, server, askSecrets)
	wantErrors(t, response)
	wantData(t, response, `{"conversation": {"messages": {"nodes": [{}, {"id": "`+secretMessage+`", "payload": {
		"source": {"providerPassword": {"isSet": true, "value": "not-a-real-password-0429"}},
		"domains": [{"authCode": {"isSet": true, "value": "NOT-A-REAL-AUTHCODE-6028"}}, {"authCode": null}],
		"mailboxes": [
			{"password": {"isSet": true, "value": "not-a-real-mailbox-password-1"}},
			{"password": {"isSet": true, "value": "not-a-real-mailbox-password-2"}}]}}]}}}`)
	server.Close()
	request := book.records(t, "request")[0]
	var paths []string
	for _, record := range book.records(t, "secret revealed") {
		diff(t, "level", "INFO", record["level"].(string))
		diff(t, "request", request["requestId"].(string), record["requestId"].(string))
		diff(t, "record", only(request, "caller", "clientAddress"), only(record, "caller", "clientAddress"))
		diff(t, "ids", map[string]any{"conversationId": withSecrets, "messageId": secretMessage}, only(record, "conversationId", "messageId"))
		paths = append(paths, record["path"].(string))
	}
	diff(t, "audited paths", secretPaths(), slices.Sorted(slices.Values(paths)))
	wantNoSecret(t, book.String())
}

// An audit finds a reveal again, also after a restart: with the operator's key, the caller of a token is the same hash, which the
// operator can compute. The log level does not apply to these records.
func TestRevealedSecrets_AfterRestart(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, 32)
	sum := sha256.Sum256(append(slices.Clone(key), gatewaytest.Token()...))
	want := map[string]any{"caller": hex.EncodeToString(sum[:8]), "conversationId": withSecrets, "messageId": secretMessage}
	for range 2 {
		book := &logBook{}
		quiet := slog.New(slog.NewJSONHandler(book, &slog.HandlerOptions{Level: slog.LevelError}))
		server, _ := start(t, gateway.Config{RevealSecrets: true, LogKey: key, Log: quiet})
		wantErrors(t, ask(t, server, askSecrets))
		server.Close()
		records := book.records(t, "secret revealed")
		diff(t, "audit records", 4, len(records))
		for _, record := range records {
			diff(t, "record", want, only(record, "caller", "conversationId", "messageId"))
		}
	}
}

// Without RevealSecrets there is nothing to log. A story has the response.
func TestSecretsAreRedactedByDefault(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, _ := start(t, gateway.Config{Log: book.logger()})
	response := ask(t, server, askSecrets)
	diff(t, "errors", 4, len(checkErrors(t, response)))
	server.Close()
	diff(t, "audit records", 0, len(book.records(t, "secret revealed")))
	wantNoSecret(t, book.String()+string(response.Body))
}

// Selecting isSet reveals no secret.
func TestIsSetIsNoReveal(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, _ := start(t, gateway.Config{RevealSecrets: true, Log: book.logger()})
	wantErrors(t, ask(t, server, strings.ReplaceAll(askSecrets, " value", "")))
	server.Close()
	diff(t, "audit records", 0, len(book.records(t, "secret revealed")))
}
