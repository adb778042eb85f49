package gateway_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

const readEverything = `{ conversations(first: 5) { nodes {
	id members { user { id } } messages { totalCount } category { id }
	createdBy { id name } mainUser { id avatarUrl }
	relatedTo { __typename ... on Reference { id access } ... on Project { description customer { name } } ... on AppInstallation { description project { description } } }
	lastMessage { createdBy { id name } }
} } }`

// An ID of mStudio that is not a UUID is mStudio's fault, wherever it is. It costs only the fields that need a call with it.
func TestIDsOfMStudioAreNotBlamedOnTheCaller(t *testing.T) {
	t.Parallel()
	const first = "conversations.nodes.0."
	relatedTo := []string{first + "relatedTo.access: UPSTREAM_BAD_RESPONSE"}
	for conversation, want := range map[string][]string{
		`{"conversationId":"odd","shortId":"c","title":"a","status":"open"}`:                                          {first + "members: UPSTREAM_BAD_RESPONSE", first + "messages: UPSTREAM_BAD_RESPONSE"},
		`{"conversationId":"` + shortID + `","mainUser":{"userId":"odd","active":true},"createdBy":{"userId":"odd"}}`: nil,
		`{"conversationId":"` + shortID + `","relatedTo":{"aggregate":"project","domain":"project","id":"odd"}}`:      relatedTo,
		`{"conversationId":"` + shortID + `","relatedTo":{"aggregate":"appinstallation","domain":"app","id":"odd"}}`:  relatedTo,
		`{"conversationId":"` + shortID + `","relatedTo":{"aggregate":"container","domain":"container","id":"odd"}}`:  relatedTo,
		`{"conversationId":"` + shortID + `","category":{"categoryId":"odd","name":"a"}}`:                             nil,
	} {
		for _, config := range []gateway.Config{{}, {NoRenderer: true}} {
			server, upstream := start(t, config)
			upstream.Intercept(func(next http.Handler) http.Handler {
				mux := http.NewServeMux()
				mux.Handle("/", next)
				mux.Handle("/v2/conversations", jsonResponse("["+conversation+"]"))
				return mux
			})
			wantErrors(t, ask(t, server, readEverything), want...)
			for _, made := range upstream.TakeCalls() {
				if strings.Contains(made, "odd") {
					t.Errorf("call %s", made)
				}
			}
		}
	}
}

// A server that is not mStudio, such as one with TLS at an http URL, is the operator's fault.
func TestWrongURLIsNotBlamedOnTheCaller(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"", "text/html", "text/plain; charset=utf-8"} {
		server, upstream := start(t, gateway.Config{})
		upstream.Intercept(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header()["Content-Type"] = []string{contentType}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, "Client sent an HTTP request to an HTTPS server.\n")
			})
		})
		wantErrors(t, ask(t, server, `{ viewer { id } conversations { totalCount } conversation(id: "`+shortID+`") { title } }`),
			"conversation: UPSTREAM_BAD_RESPONSE", "conversations: UPSTREAM_BAD_RESPONSE", "viewer: UPSTREAM_BAD_RESPONSE")
		wantOutcome(t, ask(t, server, send), "sendMessage", "UPSTREAM_BAD_RESPONSE", nil)
		wantOutcome(t, upload(t, server, withFiles(1), textFile(0, "a.txt", "a")), "sendMessage", "UPSTREAM_BAD_RESPONSE", nil)
	}
}

// A user error names the field whose object mStudio lacks or protects.
func TestUserErrorsNameTheRightID(t *testing.T) {
	t.Parallel()
	const uuid, foreign, hidden = `"` + shortID + `"`, `"` + foreignID + `"`, `"` + unknownID + `"`
	edit := func(conversation, message string) string {
		return `editMessage(input: {conversationId: ` + conversation + `, messageId: ` + message + `, content: "a"})`
	}
	const look = "GET /v2/conversations/"
	for _, test := range []struct{ mutation, code, field, call string }{
		{edit(hidden, hidden), "NOT_FOUND", "input.conversationId", look + unknownID},
		{edit(foreign, hidden), "FORBIDDEN", "input.conversationId", look + foreignID},
		{edit(uuid, hidden), "NOT_FOUND", "input.messageId", look + shortID},
		{edit(uuid, `"2fbe0298-b9cf-5c60-bdda-27d0fd5828a0"`), "FORBIDDEN", "input.messageId", look + shortID},
		{`sendMessage(input: {conversationId: ` + hidden + `, content: "a"})`, "NOT_FOUND", "input.conversationId", ""},
		{`sendMessage(input: {conversationId: ` + foreign + `, content: "a"})`, "FORBIDDEN", "input.conversationId", ""},
		{`sendMessage(input: {conversationId: ` + uuid + `, fileIds: [` + hidden + `]})`, "INVALID", "input.fileIds.0", ""},
		{`setConversationStatus(input: {conversationId: ` + hidden + `, status: CLOSED})`, "NOT_FOUND", "input.conversationId", ""},
		{`setConversationStatus(input: {conversationId: ` + foreign + `, status: CLOSED})`, "FORBIDDEN", "input.conversationId", ""},
		{`updateConversation(input: {conversationId: ` + hidden + `, title: "a"})`, "NOT_FOUND", "input.conversationId", ""},
		{`updateConversation(input: {conversationId: ` + uuid + `, categoryId: ` + hidden + `})`, "INVALID", "input.categoryId", ""},
		{`createConversation(input: {title: "a", mainUserId: ` + hidden + `})`, "INVALID", "input.mainUserId", ""},
		{`createConversation(input: {title: "a", mainUserId: "` + unknownID + `", categoryId: ` + hidden + `})`, "INVALID", "input.categoryId,input.mainUserId", ""},
	} {
		server, upstream := start(t, gateway.Config{})
		response := ask(t, server, `mutation { m: `+test.mutation+` { userErrors { code field } } }`)
		checkErrors(t, response)
		got := decode[struct {
			Data struct {
				M struct {
					UserErrors []struct {
						Code  string
						Field []string
					}
				}
			}
		}](t, response.Body).Data.M.UserErrors
		var fields []string
		for _, found := range got {
			diff(t, test.mutation, test.code, found.Code)
			fields = append(fields, strings.Join(found.Field, "."))
		}
		diff(t, test.mutation, test.field, strings.Join(fields, ","))
		reads := slices.DeleteFunc(upstream.TakeCalls(), func(made string) bool { return !strings.HasPrefix(made, "GET ") })
		diff(t, test.mutation+": reads", test.call, strings.Join(reads, ", "))
	}
}
