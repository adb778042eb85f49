// Package rest is a client of the part of mittwald's mStudio v2 REST API that holds support conversations.
//
//	client, err := rest.New(rest.Config{BaseURL: "https://api.mittwald.de/"})
//	mine := client.WithToken(token)
//	conversations, page, err := mine.Conversations(ctx, rest.ConversationList{Limit: 50})
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
// A read is attempted up to three times, with random waits of at most 100 ms and 200 ms, if
//
//   - no connection was made, or it broke before the response was complete,
//   - the status is 502, 503 or 504,
//   - an attempt took longer than its timeout and at least one second is left until the deadline.
//
// After a 429, a call waits if the API announces a wait of at most two seconds that ends before the deadline. Over time,
// at most a tenth of all calls are retries, so that they do not overload a struggling API. Nothing else is retried.
//
// A write is retried only if it cannot have happened: there was no connection to send it on, or the API rejected it with
// 429. The upload of a file is never retried. [Error.Outcome] describes a failed write that may have happened.
//
// # Read your writes
//
// The API is eventually consistent. A write returns the [EventID] of its change, and calls of the client returned by
// [Client.AfterEvent] see that change. If the rest of the response is unreadable, [Error.Event] has the event.
package rest
