package loader

import (
	"context"
	"strings"

	"mstudio-graphql/rest"
)

// Categories returns all conversation categories. Rows that are not objects are nil. Callers must not change the list.
func (l *Loaders) Categories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	return l.categoryList.load(ctx, struct{}{}, l.public.categories.load)
}

// ListedCategory returns a category of the list. The error has rest.NotFound if the list lacks it.
func (l *Loaders) ListedCategory(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	list, err := l.Categories(ctx)
	if err != nil {
		return nil, err
	}
	for _, category := range list {
		if category != nil && strings.EqualFold(category.ID, id) {
			return category, nil
		}
	}
	return nil, &rest.Error{Code: rest.NotFound}
}

// Category returns a category of the list, or fetches it if the list lacks it, because the shared list may be older than
// the category. The error has rest.NotFound if mStudio does not have it either.
func (l *Loaders) Category(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	listed, err := l.ListedCategory(ctx, id)
	if rest.IsNotFound(err) {
		return l.category.Load(ctx, id)
	}
	return listed, err
}
