package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// conversationsAboutProjects returns conversations that each refer to another project.
func conversationsAboutProjects(t *testing.T, server *gatewaytest.Server, count int) []string {
	t.Helper()
	rows := decode[listResponse](t, ask(t, server, `{ conversations(first: 100) { nodes { id relatedTo { __typename ... on Reference { id } } } } }`).Body).Data.Conversations.Nodes
	var ids, projects []string
	for _, row := range rows {
		if about := row.RelatedTo; about != nil && about.Typename == "Project" && !slices.Contains(projects, about.ID) {
			ids, projects = append(ids, row.ID), append(projects, about.ID)
		}
	}
	return ids[:count]
}

const projectAndFiles = "a project and files"

// secondStep is an operation with calls that depend on the result of others.
type secondStep struct {
	paths []string // parts of the paths of the calls
	count int
	query string
}

func secondSteps(abouts []string) map[string]secondStep {
	const about = `{ relatedTo { ... on Project { description } } }`
	return map[string]secondStep{
		"root fields": {[]string{"/projects/"}, 3, fmt.Sprintf(`{ a: conversation(id: %q) %s b: conversation(id: %q) %s c: conversation(id: %q) %s }`,
			abouts[0], about, abouts[1], about, abouts[2], about)},
		"results of a mutation": {[]string{"/projects/"}, 3, fmt.Sprintf(
			`mutation { closeConversations(input: {conversationIds: [%q, %q, %q]}) { results { conversation %s } } }`, abouts[0], abouts[1], abouts[2], about)},
		"lists in a list": {
			[]string{"/app-installations/"},
			2,
			`{ projects(first: 8) { nodes { conversations(first: 3) { nodes { relatedTo { ... on AppInstallation { appName } } } } } } }`,
		},
		"files of histories": {
			[]string{"/access-token"},
			5,
			`{ conversations(first: 50) { nodes { messages { nodes { ... on TextMessage { files { ... on UploadedFile { download { url } } } } } } } } }`,
		},
		"people in histories": {
			[]string{"/users/"},
			2,
			`{ conversations(first: 100) { nodes { messages { nodes { ... on ServiceRequest { payload { ... on Relocation { user { name } } } } } } } } }`,
		},
		projectAndFiles: {[]string{"/projects/", "/access-token"}, 3, `{ conversation(id: "ce860f6e-8809-5200-abeb-19a2db25575b") {
			relatedTo { ... on Project { description } } messages { nodes { ... on TextMessage { files { ... on UploadedFile { download { url } } } } } } } }`},
		"people and categories": {
			[]string{"/users/", "/conversation-categories"},
			2,
			`{ conversationPreferences(customerId: "6bf6b084-c8ef-5bb4-a644-37d2fb678280") { fallbackUser { name } preferredUsers { category { name } } } }`,
		},
	}
}

// A call starts as soon as its arguments are known, whatever else is still running.
func TestSecondStepsStartTogether(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for name, step := range secondSteps(conversationsAboutProjects(t, server, 3)) {
		for _, noRenderer := range []bool{false, true} {
			if noRenderer && name == projectAndFiles {
				continue // without the renderer, references are fetched first
			}
			t.Run(fmt.Sprintf("%s/%t", name, noRenderer), func(t *testing.T) {
				t.Parallel()
				upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
				server := gatewaytest.NewServer(t, upstream, gateway.Config{
					NoRenderer: noRenderer, MaxParallelCalls: 200, BulkThreshold: -1, Limits: unlimited(), OperationTimeout: 20 * time.Second,
				})
				calls := newGate(upstream, func(r *http.Request) bool {
					return slices.ContainsFunc(step.paths, func(part string) bool { return strings.Contains(r.URL.Path, part) })
				})
				response := server.Start(server.NewRequest(t, gatewaytest.Token(), step.query, nil))
				calls.await(t, step.count, response)
				calls.open()
				wantErrors(t, <-response)
			})
		}
	}
}
