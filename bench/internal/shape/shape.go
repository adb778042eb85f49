// Package shape holds the queries that are measured: for GraphQL as text, for the hand-written floors as a path.
package shape

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Shape is one query.
type Shape struct {
	// Name is what tables and -shapes call it.
	Name string
	// About is what it asks for, in a few words.
	About string
	// GraphQL is the query.
	GraphQL string
	// Floor is the path and query that the hand-written variants answer; "" if they cannot.
	Floor string
	// Queries is how many make a round long enough to be measured.
	Queries int
	// Conversations is how many the answer holds; 0 if that says nothing.
	Conversations int
}

// DistinctIDs is how many conversations the shapes name.
const DistinctIDs = 10

const (
	// aliasCount is how many aliases the aliases shape has for them.
	aliasCount = 20
	// maxPage is how many conversations a page can hold.
	maxPage = 100
)

// conversationFields is what every shape asks of a conversation.
const conversationFields = `id shortId title status createdAt
  relatedTo { __typename ... on Reference { id domain aggregate } }
  lastMessage { createdAt createdBy { name isEmployee } }
  category { id name }`

const messageFields = `nodes {
    __typename
    ... on MessageItem { id createdAt internal }
    ... on TextMessage { content createdBy { id name isEmployee } files { __typename id state } }
    ... on StatusUpdate { code }
    ... on ServiceRequest { kind }
  }`

const inboxFields = conversationFields + "\n  messages { " + messageFields + " }"

// All returns every shape. ids are DistinctIDs conversations that the caller may see.
func All(ids []string) []Shape {
	return []Shape{
		Inbox(50),
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

// Inbox asks for conversations with all their messages. More than a page of them is asked for as aliased pages, each
// of which the measuring upstream finds by a search for its name.
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
			"\n  members { id name isEmployee active }\n  messages { totalCount " + messageFields + " } } }",
		Floor: "/detail?id=" + id, Queries: 500,
	}
}
