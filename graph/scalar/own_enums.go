package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// The values of these enums are the gateway's own, spelled as in the schema.

// MarshalUserErrorCode writes a code.
func MarshalUserErrorCode(code model.UserErrorCode) graphql.Marshaler {
	return appended(AppendUserErrorCode(nil, code))
}

// AppendUserErrorCode appends the JSON that MarshalUserErrorCode writes.
func AppendUserErrorCode(buffer []byte, code model.UserErrorCode) []byte {
	return appendName(buffer, string(code))
}

// MarshalInboxChangeKind writes a kind.
func MarshalInboxChangeKind(kind model.InboxChangeKind) graphql.Marshaler {
	return appended(AppendInboxChangeKind(nil, kind))
}

// AppendInboxChangeKind appends the JSON that MarshalInboxChangeKind writes.
func AppendInboxChangeKind(buffer []byte, kind model.InboxChangeKind) []byte {
	return appendName(buffer, string(kind))
}

// MarshalConversationChangeKind writes a kind.
func MarshalConversationChangeKind(kind model.ConversationChangeKind) graphql.Marshaler {
	return appended(AppendConversationChangeKind(nil, kind))
}

// AppendConversationChangeKind appends the JSON that MarshalConversationChangeKind writes.
func AppendConversationChangeKind(buffer []byte, kind model.ConversationChangeKind) []byte {
	return appendName(buffer, string(kind))
}
