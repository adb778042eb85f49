package resolvers

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/rest"
)

// A text is rendered once in an operation, whatever the number and the lengths of the fields.
func TestTextMessage_RendersOnce(t *testing.T) {
	t.Parallel()
	content := rest.NewText(strings.Repeat("**a** [b](https://c.example)\n", 15))
	message, resolver := &rest.TextMessage{Content: &content}, textMessage{texts: markdown.New()}
	ctx := loader.With(t.Context(), loader.New(nil, nil))
	for _, length := range []int32{1, 2, 3} {
		if got, err := resolver.ContentText(ctx, message, &length, true, true); err != nil || len([]rune(*got)) > int(length) {
			t.Errorf("want %d characters, got %v, %v", length, got, err)
		}
	}
	first, err := resolver.ContentHTML(ctx, message, false)
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for _, key := range []any{plainText{message, true, true}, htmlText{message, false}} {
		loader.From(ctx).Compute(key, func() string { keys++; return "" })
	}
	if second, _ := resolver.ContentHTML(ctx, message, false); keys > 0 || *second != *first {
		t.Errorf("rendered again: %d, %q", keys, *second)
	}
	if images, _ := resolver.ContentHTML(ctx, message, true); images == nil {
		t.Error("no HTML with images")
	}
}

// After its deadline, an operation renders nothing.
func TestTextMessage_EndsWithTheOperation(t *testing.T) {
	t.Parallel()
	content := rest.NewText("a")
	ctx, cancel := context.WithCancel(loader.With(t.Context(), loader.New(nil, nil)))
	cancel()
	if got, err := (textMessage{}).ContentHTML(ctx, &rest.TextMessage{Content: &content}, false); got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", got, err)
	}
}
