// Package sharedstate shares what replicas of the gateway may share, through Valkey or Redis: rate limits, the right to poll for
// a caller, hints of changes, texts of persisted queries, and results by idempotency key.
//
// Nothing in it is needed: without an answer in time, each replica decides for itself, which costs more calls. Keys are keyed
// hashes, and no value or message contains a token, an ID or a text of a conversation.
package sharedstate
