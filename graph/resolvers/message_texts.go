package resolvers

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// plainText and htmlText identify what is rendered of a text.
type (
	plainText struct {
		of                              *rest.TextMessage
		includeQuotes, includeSignature bool
	}
	htmlText struct {
		of            *rest.TextMessage
		includeImages bool
	}
)

// ContentText resolves TextMessage.contentText.
func (t textMessage) ContentText(
	ctx context.Context, parent *rest.TextMessage, maxLength *int32, includeQuotes, includeSignature bool,
) (*string, error) {
	if maxLength != nil && *maxLength < 1 {
		return nil, model.BadInput("`maxLength` must be at least 1.")
	}
	plain, err := rendered(ctx, parent, plainText{parent, includeQuotes, includeSignature}, func(source string) string {
		if !includeQuotes {
			source = t.texts.WithoutQuotes(source)
		}
		if !includeSignature {
			source = markdown.WithoutSignature(source)
		}
		return t.texts.Plain(source)
	})
	if plain != nil && maxLength != nil {
		plain = new(markdown.Cut(*plain, int(*maxLength)))
	}
	return plain, err
}

// ContentHTML resolves TextMessage.contentHtml.
func (t textMessage) ContentHTML(ctx context.Context, parent *rest.TextMessage, includeImages bool) (*string, error) {
	return rendered(ctx, parent, htmlText{parent, includeImages}, func(source string) string {
		return t.texts.HTML(source, includeImages)
	})
}

// rendered renders the content of a message, if it has one and the operation has not ended.
func rendered(ctx context.Context, message *rest.TextMessage, key any, render func(source string) string) (*string, error) {
	if err := ctx.Err(); err != nil || message.Content == nil {
		return nil, err
	}
	return new(loader.From(ctx).Compute(key, func() string { return render(message.Content.String()) })), nil
}
