package resolvers

import (
	"context"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Value answers Secret.value.
func (s secret) Value(ctx context.Context, parent *rest.Secret) (*string, error) {
	if !parent.IsSet() {
		return nil, nil //nolint:nilnil // a null, not a lookup
	}
	if s.OnReveal == nil {
		return nil, &model.Error{Code: model.CodeSecretRedacted, Message: "This secret is not revealed here."}
	}
	s.OnReveal(ctx)
	value := parent.Reveal()
	return &value, nil
}
