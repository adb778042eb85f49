package scalar

import (
	"errors"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// errOutputOnly is the error of unmarshaling a type that no argument has. gqlgen requires a function for each type, and
// validation rejects documents that would call it.
var errOutputOnly = errors.New("not an input type")

// UnmarshalText always fails: texts in arguments are plain strings.
func UnmarshalText(any) (rest.Text, error) { return rest.Text{}, errOutputOnly }

// UnmarshalUserErrorCode always fails: no argument has this type.
func UnmarshalUserErrorCode(any) (model.UserErrorCode, error) { return "", errOutputOnly }

// UnmarshalInboxChangeKind always fails: no argument has this type.
func UnmarshalInboxChangeKind(any) (model.InboxChangeKind, error) { return "", errOutputOnly }

// UnmarshalConversationChangeKind always fails: no argument has this type.
func UnmarshalConversationChangeKind(any) (model.ConversationChangeKind, error) {
	return "", errOutputOnly
}
