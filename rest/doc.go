// Package rest is a client of the part of mittwald's mStudio v2 REST API that holds support conversations.
//
//	client, err := rest.New(rest.Config{BaseURL: "https://api.mittwald.de/"})
//	mine := client.WithToken(token)
//	conversations, page, err := mine.Conversations(ctx, rest.ConversationList{Limit: 50})
//
// An authenticated client belongs to one caller. [Client.WithToken] derives one; it costs a small copy, so it is
// made for each operation and never kept.
//
// # Tolerance
//
// The API changes its shapes about once a month, sometimes back and forth within a day, so nothing here depends on
// the published schema: unknown fields are skipped, a value of an unexpected kind counts as absent, unknown enum
// values are kept as they are, unknown alternatives of a union become their Unknown… type. Only a document that is
// not JSON, or whose outermost value is of the wrong kind, is an error. A value that the API promises and leaves
// out is the zero value of its Go type; a missing time is [Epoch].
//
// # Errors
//
// Every error that a method returns is an [*Error]. Its text never holds a token, a URL, an id or anything that the
// API said.
//
// # Retry mechanism
//
// A read is tried up to three times, with a random wait of at most 100 ms, then 200 ms, in between, when
//
//   - no connection was made, or it broke before the answer was complete,
//   - the answer is 502, 503 or 504,
//   - one attempt took longer than [Config.AttemptTimeout] and at least three seconds are left until the deadline.
//
// An answer 429 is waited for if the API names a wait of at most two seconds that ends before the deadline. Retries
// are at most a tenth of all calls over time, so that a struggling API is not made to struggle more. Nothing else is
// ever tried again.
//
// A write is tried again only when it cannot have been made: when there was no connection to send it on, or when the
// API says that it was not (429), and the upload of a file never. If nobody knows what became of it, [Error.Outcome] says so.
//
// # Read your writes
//
// The API shows a change to reads some time after it has accepted it. A write returns the [EventID] of its change, and
// calls of the client that [Client.AfterEvent] returns see it. If all else in the answer is of no use, [Error.Event] has
// it.
package rest
