// Package rest is a client of the part of mittwald's mStudio v2 REST API that holds support conversations.
//
//	client, err := rest.New(rest.Config{BaseURL: "https://api.mittwald.de/"})
//	mine := client.WithToken(token)
//	page, err := mine.Conversations(ctx, rest.ConversationList{Limit: 50})
//
// A client with a token belongs to one caller. [Client.WithToken] derives it by a small copy, so derive one for each
// operation and do not keep it.
//
// # Tolerance
//
// The API changes its shapes about once a month, sometimes back and forth within a day. Therefore nothing here depends
// on the published schema: unknown fields are skipped, a value of an unexpected kind counts as absent, unknown enum
// values are kept, and unknown alternatives of a union become their Unknown… type. Only a document that is not JSON, or
// whose outermost value has the wrong kind, is an error. If the API omits a required value, the result is the zero
// value of its Go type; a missing time is [Epoch].
//
// # Errors
//
// Every error that a method returns is an [*Error]. Its text never contains a token, a URL, an ID or anything that the
// API sent.
//
// # Retry mechanism
//
// A read is at most three requests. It is repeated if
//
//   - the connection broke before the response was complete, at first after at most 100 ms,
//   - the status is 502, 503 or 504, at first after 300 ms to 400 ms,
//   - an attempt took longer than its timeout and at least one second is left until the deadline.
//
// The wait before the third request is 1 s to 1.5 s, longer than most restarts of the API take; after a timeout it is not
// needed. Attempts without a connection are not requests: a call makes up to eight, in 1.1 s to 2.3 s if connections are
// refused.
//
// After a 429, a call waits as long as the API announces, and a margin of one second, if that ends before the deadline, or
// within 15 s without one. Nothing else is retried. Calls of a caller whose rate limit has no room are not sent at all; see
// package budget.
//
// The retries that run at the same time on one route are at most a fifth of its calls, or ten if that is more, so that
// they do not overload a struggling API; the others wait for their turn. All calls that failed with one connection count
// as one.
//
// Each route has a circuit breaker. It opens after ten consecutive failures over at least 2 s, if they hit several
// callers, or several routes of which none works. It then permits one attempt per second, and closes with the first that
// gets a response. A route with 64 attempts that take several times as long as usual gets no further ones. Those of one caller
// count for at most half of them.
//
// A write is also at most three requests. It is repeated only if it cannot have happened: the API rejected it with 429, or
// an HTTP/2 server refused it, for example because it closes the connection. The upload of a file is never repeated.
// [Error.Outcome] describes a failed write that may have happened.
//
// # Read your writes
//
// The API is eventually consistent. A write returns the [EventID] of its change, and calls of the client returned by
// [Client.AfterEvent] see that change. If the rest of the response is unreadable, [Error.Event] has the event.
package rest
