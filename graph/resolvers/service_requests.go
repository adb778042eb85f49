package resolvers

import (
	"context"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Value resolves Secret.value.
func (s secret) Value(ctx context.Context, parent *rest.Secret) (*string, error) {
	if !parent.IsSet() {
		return nil, nil //nolint:nilnil // the secret is not set
	}
	if s.OnReveal == nil {
		return nil, &model.Error{Code: model.CodeSecretRedacted, Message: "The gateway does not reveal secrets."}
	}
	s.OnReveal(ctx, parent.Message())
	value := parent.Reveal()
	return &value, nil
}
