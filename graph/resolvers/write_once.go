package resolvers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
)

// writeOnce makes a write. If the caller has made it before with the same key and input, in which equal IDs must be spelled
// alike, it returns the result of that write. Keys of different mutations are independent. Of files, only the number is part
// of the input, because they are streamed. conversationID is as in [loader.Loaders.Once].
func writeOnce[T any](ctx context.Context, key *string, conversationID string, input T, write func(context.Context) (string, error)) (string, error) {
	if key == nil {
		return write(ctx)
	}
	text, err := json.Marshal(input)
	if err != nil {
		return "", err
	}
	id, err := loader.From(ctx).Once(ctx, fmt.Sprintf("%T %s", input, *key), conversationID, string(text), write)
	switch {
	case errors.Is(err, loader.ErrKeyReused):
		err = userErrorAt("idempotencyKey", model.UserErrorInvalid, "The key was used with another input.")
	case errors.Is(err, loader.ErrRunning):
		err = userErrorAt("idempotencyKey", model.UserErrorConflict, "The write with this key is still running. Try again with the same key.")
	}
	return id, err
}

func lowerID(id *string) *string {
	if id == nil {
		return nil
	}
	return new(strings.ToLower(*id))
}
