package loader

import (
	"context"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"mstudio-graphql/rest"
)

// maxConcurrentPages is lower than the number of calls that an operation may have in flight, so that a long list does not
// block other fields.
const maxConcurrentPages = 8

// StartFullList reads a full list in the background for a later [Loaders.FullList].
func (l *Loaders) StartFullList(ctx context.Context, list rest.ConversationList) {
	query, fetch := l.fullList(list)
	l.fullLists.start(ctx, query, fetch)
}

// FullList returns a full list, which is read once for all fields. It ignores the sort order and the page in list. The
// error has rest.BudgetExceeded, after one call, if the list needs more calls than the operation has left.
func (l *Loaders) FullList(ctx context.Context, list rest.ConversationList) (*FullList, error) {
	query, fetch := l.fullList(list)
	full, err := l.fullLists.load(ctx, query, fetch)
	if err == nil {
		l.reports.add(full)
	}
	return full, err
}

// fullList returns the query that identifies a full list, and the function that reads the list.
func (l *Loaders) fullList(list rest.ConversationList) (query string, fetch func(context.Context, string) (*FullList, error)) {
	list = rest.ConversationList{Search: list.Search, Statuses: list.Statuses}
	return list.Query().Encode(), func(ctx context.Context, query string) (*FullList, error) {
		reader := &listReader{client: l.clientForLists(), claim: l.Claim, list: list, query: query}
		return reader.read(ctx)
	}
}

// listReader reads one full list.
type listReader struct {
	client *rest.Client
	claim  func(ctx context.Context, calls int) error
	list   rest.ConversationList
	query  string
	calls  atomic.Int64
}

// read reads the list. mStudio cuts pages by position, so a pass can miss a row if others enter or leave the list before
// it. A pass that shows signs of that is repeated once.
func (r *listReader) read(ctx context.Context) (*FullList, error) {
	first, err := r.pass(ctx)
	if err != nil {
		return nil, err
	}
	if first.stable() {
		return r.result(first), nil
	}
	second, err := r.pass(ctx)
	switch {
	case err != nil:
		return nil, err
	case second.stable():
		return r.result(second), nil
	case second.hasGap():
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	merged := r.result(second, first)
	merged.Moved = true
	return merged, nil
}

// result merges passes. A row that is in several passes is taken from the first of them.
func (r *listReader) result(passes ...pass) *FullList {
	full := &FullList{Unreadable: passes[0].unreadable(), Calls: int(r.calls.Load()), query: r.query}
	seen := map[string]bool{}
	for _, pass := range passes {
		before := rest.Epoch()
		for row := range pass.rows() {
			if id := strings.ToLower(row.ID); !seen[id] {
				seen[id] = true
				before = full.add(row, before)
			}
		}
	}
	return full
}

// pass reads all pages once: the first, then concurrently those that its total announces.
func (r *listReader) pass(ctx context.Context) (pass, error) {
	first, err := r.page(ctx, 0)
	if err != nil {
		return pass{}, err
	}
	pages := []*rest.ConversationPage{first}
	if isFull(first) && first.Total > rest.DefaultLimit {
		if pages, err = r.remaining(ctx, first); err != nil {
			return pass{}, err
		}
	}
	// Read rows that were appended meanwhile, or all further rows if mStudio omits the total.
	for last := pages[len(pages)-1]; isFull(last) && last.Total != rest.DefaultLimit*len(pages); last = pages[len(pages)-1] {
		next, err := r.page(ctx, len(pages))
		if err != nil {
			return pass{}, err
		}
		pages = append(pages, next)
	}
	return newPass(pages), nil
}

// remaining fetches the pages after the first. It fails without a call if they need more calls than are left, because an
// incomplete list would be useless.
func (r *listReader) remaining(ctx context.Context, first *rest.ConversationPage) ([]*rest.ConversationPage, error) {
	count := (first.Total-1)/rest.DefaultLimit + 1
	if count-1 > r.client.CallsLeft() {
		return nil, &rest.Error{Code: rest.BudgetExceeded}
	}
	if err := r.claim(ctx, count-1); err != nil {
		return nil, err
	}
	pages, errs := make([]*rest.ConversationPage, count), make([]error, count)
	pages[0] = first
	var failed atomic.Bool
	var fetches errgroup.Group
	fetches.SetLimit(maxConcurrentPages)
	for i := 1; i < count && !failed.Load(); i++ {
		fetches.Go(func() error {
			if pages[i], errs[i] = recovering(ctx, r.page, i); errs[i] != nil {
				failed.Store(true)
			}
			return nil
		})
	}
	_ = fetches.Wait()
	return pages, firstOf(errs)
}

// firstOf returns the error of the first page that has one. Pages are fetched in order, so the result does not depend on
// timing.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// page fetches one page, oldest conversation first: new conversations are appended, and messages do not move rows, unlike
// in mStudio's default order.
func (r *listReader) page(ctx context.Context, number int) (*rest.ConversationPage, error) {
	r.calls.Add(1)
	list := r.list
	list.Sort = []rest.ConversationSort{{Field: rest.SortCreatedAt}, {Field: rest.SortID}}
	list.Limit, list.Skip = rest.DefaultLimit, number*rest.DefaultLimit
	return r.client.Conversations(ctx, list)
}
