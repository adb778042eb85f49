package resolvers

import (
	"context"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/sync/errgroup"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxClosed is how many conversations one field can close.
	maxClosed = 100
	// parallelWrites is how many of them are closed at the same time: writes of one caller count against one rate.
	parallelWrites = 8
)

// CloseConversations answers Mutation.closeConversations.
func (mutation) CloseConversations(ctx context.Context, input generated.CloseConversationsInput) (*model.CloseConversationsPayload, error) {
	ids := input.ConversationIds
	var wrong userErrors
	switch {
	case len(ids) == 0:
		wrong.add(model.UserErrorRequired, "There must be at least one id.", "conversationIds")
	case len(ids) > maxClosed:
		wrong.add(model.UserErrorTooLong, "There must be at most 100 ids.", "conversationIds")
	default:
		return &model.CloseConversationsPayload{Closed: closeEach(ctx, ids)}, nil
	}
	return &model.CloseConversationsPayload{UserErrors: wrong}, nil
}

// closeEach closes each conversation once, however often it is given.
func closeEach(ctx context.Context, ids []string) []model.Closing {
	var writes errgroup.Group
	writes.SetLimit(parallelWrites)
	closings, first := make([]model.Closing, len(ids)), map[string]int{}
	for i, id := range ids {
		canonical := strings.ToLower(id)
		if _, twice := first[canonical]; twice {
			continue
		}
		first[canonical] = i
		writes.Go(func() error {
			closings[i] = closeOne(ctx, id, i)
			return nil
		})
	}
	_ = writes.Wait() // there is none: errors are of single conversations
	for i, id := range ids {
		if closings[i] = closings[first[strings.ToLower(id)]]; closings[i].Err == nil {
			result := *closings[i].Result
			result.ConversationID = id
			closings[i].Result = &result
		}
	}
	startClosed(ctx, closings)
	return closings
}

func closeOne(ctx context.Context, id string, at int) (closing model.Closing) {
	defer func() {
		if panicked := recover(); panicked != nil { // the executor guards only goroutines of its own
			closing = model.Closing{Err: graphql.Recover(ctx, panicked)}
		}
	}()
	err := setStatus(ctx, id, rest.StatusClosed, "conversationIds", strconv.Itoa(at))
	place := "conversationIds." + strconv.Itoa(at) // also of the status: the input has none
	found, err := inputNames{"status": place}.explain(err, place)
	if err != nil {
		return model.Closing{Err: err}
	}
	return model.Closing{Result: &model.CloseConversationResult{ConversationID: id, UserErrors: found}}
}

// startClosed starts what the payload needs of each conversation that is closed.
func startClosed(ctx context.Context, closings []model.Closing) {
	for _, closing := range closings {
		if closing.Err == nil && len(closing.Result.UserErrors) == 0 {
			startWithin(ctx, closing.Result.ConversationID, "CloseConversationResult")
		}
	}
}

// Results answers CloseConversationsPayload.results.
func (closeConversationsPayload) Results(ctx context.Context, payload *model.CloseConversationsPayload) ([]*model.CloseConversationResult, error) {
	results := make([]*model.CloseConversationResult, len(payload.Closed))
	for i, closing := range payload.Closed {
		if closing.Err != nil {
			addErrorAt(ctx, i, closing.Err)
			continue
		}
		results[i] = closing.Result
	}
	return results, nil
}

// Conversation answers CloseConversationResult.conversation.
func (closeConversationResult) Conversation(ctx context.Context, result *model.CloseConversationResult) (*rest.Conversation, error) {
	return writtenConversation(ctx, result.ConversationID, result.UserErrors)
}
