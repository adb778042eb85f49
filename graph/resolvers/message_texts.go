package resolvers

import (
	"context"

	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// ContentText resolves TextMessage.contentText.
func (t textMessage) ContentText(
	_ context.Context, parent *rest.TextMessage, maxLength *int32, includeQuotes, includeSignature bool,
) (*string, error) {
	if maxLength != nil && *maxLength < 1 {
		return nil, model.BadInput("`maxLength` must be at least 1.")
	}
	if parent.Content == nil {
		return nil, nil //nolint:nilnil // no text
	}
	source := parent.Content.String()
	if !includeQuotes {
		source = t.Texts.WithoutQuotes(source)
	}
	if !includeSignature {
		source = markdown.WithoutSignature(source)
	}
	plain := t.Texts.Plain(source)
	if maxLength != nil {
		plain = markdown.Cut(plain, int(*maxLength))
	}
	return &plain, nil
}

// ContentHTML resolves TextMessage.contentHtml.
func (t textMessage) ContentHTML(_ context.Context, parent *rest.TextMessage, includeImages bool) (*string, error) {
	if parent.Content == nil {
		return nil, nil //nolint:nilnil // no text
	}
	rendered := t.Texts.HTML(parent.Content.String(), includeImages)
	return &rendered, nil
}
