// Package shape holds the measured queries: as GraphQL documents, and as paths for the floor.
package shape

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Shape is one query.
type Shape struct {
	// Name is the name in tables and in -shapes.
	Name string
	// About describes the query in a few words.
	About string
	// GraphQL is the document.
	GraphQL string
	// Floor is the path and query for the floor. It is empty if the floor does not support the shape.
	Floor string
	// GatewayOnly is true if no other variant supports the shape.
	GatewayOnly bool
	// Queries is the number of queries that makes a round long enough.
	Queries int
	// Conversations is the number of conversations in the response, if it is relevant.
	Conversations int
}

// DistinctIDs is the number of conversation IDs in the shapes.
const DistinctIDs = 10

const (
	// aliasCount is the number of aliases in the shape "aliases".
	aliasCount = 20
	// maxPage is the maximum size of a page.
	maxPage = 100
)

// conversationFields are the fields that every shape selects on a conversation.
const conversationFields = `id shortId title status createdAt
  relatedTo { __typename ... on Reference { id domain aggregate } }
  lastMessage { createdAt createdBy { name isEmployee } }
  category { id name }`

const messageFields = `nodes {
    __typename
    ... on MessageItem { id createdAt isInternal }
    ... on TextMessage { content createdBy { id name isEmployee } files { __typename id state } }
    ... on StatusUpdate { code }
    ... on ServiceRequest { kind }
  }`

const inboxFields = conversationFields + "\n  messages { " + messageFields + " }"

// All returns all shapes. ids must contain DistinctIDs conversations visible to the caller.
func All(ids []string) []Shape {
	return []Shape{
		Inbox(50),
		{
			Name: "previews", About: "20 conversations with their last message",
			GraphQL:     "{ conversations(first: 20) { nodes { " + conversationFields + "\n  messages(last: 1) { " + messageFields + " } } } }",
			GatewayOnly: true, Queries: 200, Conversations: 20,
		},
		{
			Name: "list", About: "50 conversations without messages",
			GraphQL: "{ conversations(first: 50) { nodes { " + conversationFields + " } } }",
			Floor:   "/list?first=50", Queries: 600, Conversations: 50,
		},
		aliases(ids),
		detail(ids[0]),
		{Name: "introspection", About: "GraphiQL's introspection query", GraphQL: introspection, Queries: 60},
		{Name: "one-field", About: "`{ viewer { id } }`", GraphQL: "{ viewer { id } }", Floor: "/viewer", Queries: 2000},
	}
}

// Inbox selects conversations with all their messages. More than one page is selected as aliased pages; the benchmark's
// upstream returns each of them for a search for its name.
func Inbox(conversations int) Shape {
	shape := Shape{
		Name: "inbox", About: fmt.Sprintf("%d conversations with all their messages", conversations),
		Queries: max(2, 2000/conversations), Conversations: conversations,
	}
	if conversations <= maxPage {
		count := strconv.Itoa(conversations)
		shape.GraphQL = "{ conversations(first: " + count + ") { nodes { " + inboxFields + " } } }"
		shape.Floor = "/inbox?first=" + count
		return shape
	}
	pages := conversations / maxPage
	var query strings.Builder
	query.WriteString("query {")
	for page := range pages {
		fmt.Fprintf(&query, " p%d: conversations(first: %d, filter: {search: \"p%d\"}) { nodes { ...C } }", page, maxPage, page)
	}
	query.WriteString(" } fragment C on Conversation { " + inboxFields + " }")
	shape.GraphQL = query.String()
	shape.Floor = fmt.Sprintf("/inbox?first=%d&pages=%d", maxPage, pages)
	return shape
}

func aliases(ids []string) Shape {
	var query strings.Builder
	named := url.Values{}
	query.WriteString("query {")
	for alias := range aliasCount {
		id := ids[alias%DistinctIDs]
		fmt.Fprintf(&query, " a%d: conversation(id: %q) { ...C }", alias, id)
		named.Add("id", id)
	}
	query.WriteString(" } fragment C on Conversation { " + inboxFields + " }")
	return Shape{
		Name: "aliases", About: "20 aliases of 10 distinct conversations, with messages",
		GraphQL: query.String(), Floor: "/aliases?" + named.Encode(), Queries: 100,
	}
}

func detail(id string) Shape {
	return Shape{
		Name: "detail", About: "one conversation with its messages and members",
		GraphQL: "{ conversation(id: \"" + id + "\") { " + conversationFields + "\n  mainUser { id name isEmployee }" +
			"\n  members { isActive user { id name isEmployee } }\n  messages { totalCount " + messageFields + " } } }",
		Floor: "/detail?id=" + id, Queries: 500,
	}
}
