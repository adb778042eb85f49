package resolvers

import (
	"fmt"
	"slices"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// messageFilter selects messages of a history.
type messageFilter struct {
	includeInternal bool
	kinds           []generated.MessageKind // all if empty
}

// scope returns the scope of cursors. The order of the kinds does not matter.
func (f messageFilter) scope(conversationID string) model.Scope {
	scope := "messages/" + strings.ToLower(conversationID)
	if f.includeInternal {
		scope += "+internal"
	}
	if len(f.kinds) > 0 {
		scope += fmt.Sprint(slices.Compact(slices.Sorted(slices.Values(f.kinds))))
	}
	return model.Scope(scope)
}

// apply removes the messages that the filter excludes. It copies the messages only if there are any.
func (f messageFilter) apply(messages []rest.Message) []rest.Message {
	if !slices.ContainsFunc(messages, f.excludes) {
		return messages
	}
	return slices.DeleteFunc(slices.Clone(messages), f.excludes)
}

func (f messageFilter) excludes(message rest.Message) bool {
	return f.hides(message) || len(f.kinds) > 0 && !slices.Contains(f.kinds, messageKind(message))
}

func (f messageFilter) hides(message rest.Message) bool {
	return message.Head().IsInternal && !f.includeInternal
}

// countTexts returns the number of texts of any page of the history.
func (f messageFilter) countTexts(messages []rest.Message) (count int) {
	for _, message := range messages {
		if _, ok := message.(*rest.TextMessage); ok && !f.hides(message) {
			count++
		}
	}
	return count
}

// messageKind returns the kind of a message, or "" if clients cannot select it.
func messageKind(message rest.Message) generated.MessageKind {
	switch message.(type) {
	case *rest.TextMessage:
		return generated.MessageKindText
	case *rest.StatusUpdate:
		return generated.MessageKindStatusUpdate
	case *rest.ServiceRequest:
		return generated.MessageKindServiceRequest
	}
	return ""
}
