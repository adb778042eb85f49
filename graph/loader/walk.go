package loader

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"mstudio-graphql/rest"
)

const (
	// walkPage is how many rows one call of a walk asks for: what mStudio sends if nobody says how many.
	walkPage = 100
	// walkers is how many pages of a walk are fetched at once. It is less than an operation may have in flight, so that
	// a long walk does not hold up the fields beside it.
	walkers = 8
)

// Walk is a list of conversations that was read from its beginning to its end.
type Walk struct {
	// Conversations are the rows, each once. They must not be changed.
	Conversations []*rest.Conversation
	// Unreadable is how many more rows there are, which are no conversations.
	Unreadable int
	// Calls is how many calls it took.
	Calls int
	// Moved says that the list changed each time it was read. The rows are those of all readings then: one that left
	// the list meanwhile may still be among them.
	Moved bool

	list     string // which list it is
	indexing sync.Once
	about    map[string][]*rest.Conversation // by the ids of what they are about and with whom they are shared
}

// About returns the conversations that are about the object with this id, or shared with it.
func (w *Walk) About(id string) []*rest.Conversation {
	w.indexing.Do(w.index)
	return w.about[strings.ToLower(id)]
}

func (w *Walk) index() {
	w.about = map[string][]*rest.Conversation{}
	for _, row := range w.Conversations {
		about, with := referenceID(row.RelatedTo), referenceID(row.SharedWith)
		if about != "" {
			w.about[about] = append(w.about[about], row)
		}
		if with != "" && with != about {
			w.about[with] = append(w.about[with], row)
		}
	}
}

// referenceID is the id in lower case, "" if there is no reference.
func referenceID(reference rest.Reference) string {
	if reference == nil {
		return ""
	}
	return strings.ToLower(rest.ReferenceID(reference))
}

// StartWalk starts to read the whole of a list, for which [Loaders.Walk] then waits. Only what selects the rows counts:
// their order and the page are the walk's own.
func (l *Loaders) StartWalk(ctx context.Context, list rest.ConversationList) {
	l.walks.start(ctx, l.walkKey(list))
}

// Walk returns the whole of a list. However many fields need it, it is read once. The error has rest.BudgetExceeded if
// the list is longer than the calls that are left can read; nothing but its first page was fetched then.
func (l *Loaders) Walk(ctx context.Context, list rest.ConversationList) (*Walk, error) {
	walk, err := l.walks.load(ctx, l.walkKey(list))
	if err == nil {
		l.scans.add(walk)
	}
	return walk, err
}

func (l *Loaders) walkKey(list rest.ConversationList) string {
	return l.listKey(rest.ConversationList{Search: list.Search, Statuses: list.Statuses})
}

// walkOrder is what a walk sorts by. New conversations come in at the end, behind what was read already, and messages
// move nothing, unlike in the order that mStudio lists by itself.
func walkOrder() []rest.ConversationSort {
	return []rest.ConversationSort{{Field: rest.SortCreatedAt}, {Field: rest.SortID}}
}

// walker reads one list.
type walker struct {
	client *rest.Client
	list   rest.ConversationList
	calls  atomic.Int64
}

// walk reads the list. A row can be missed while others come in or leave before it, because pages are cut by position:
// a pass that shows signs of that is made once more.
func (w *walker) walk(ctx context.Context) (*Walk, error) {
	first, err := w.pass(ctx)
	if err != nil {
		return nil, err
	}
	if first.settled() {
		return w.result(first), nil
	}
	second, err := w.pass(ctx)
	switch {
	case err != nil:
		return nil, err
	case second.settled():
		return w.result(second), nil
	case second.hasGap():
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	merged := w.result(second, first)
	merged.Moved = true
	return merged, nil
}

// result has the rows of all passes. Of a row that is in several, it is the one of the first.
func (w *walker) result(passes ...pass) *Walk {
	walk := &Walk{Unreadable: passes[0].unreadable(), Calls: int(w.calls.Load()), list: w.list.Query().Encode()}
	seen := map[string]bool{}
	for _, read := range passes {
		for row := range read.rows() {
			if id := strings.ToLower(row.ID); !seen[id] {
				seen[id] = true
				walk.Conversations = append(walk.Conversations, row)
			}
		}
	}
	return walk
}

// pass reads all pages once. The first says how many there are; the others are fetched at the same time.
func (w *walker) pass(ctx context.Context) (pass, error) {
	first, err := w.page(ctx, 0)
	if err != nil {
		return pass{}, err
	}
	pages := []*rest.ConversationPage{first}
	if isFull(first) && first.Total > walkPage {
		if pages, err = w.others(ctx, first); err != nil {
			return pass{}, err
		}
	}
	// What has come in behind the end meanwhile, or all the rest if mStudio does not say how long the list is.
	for last := pages[len(pages)-1]; isFull(last) && last.Total != walkPage*len(pages); last = pages[len(pages)-1] {
		next, err := w.page(ctx, len(pages))
		if err != nil {
			return pass{}, err
		}
		pages = append(pages, next)
	}
	return newPass(pages), nil
}

// others fetches the pages behind the first. Nothing is asked for if there are more than calls are left: an answer
// that is not whole would be none.
func (w *walker) others(ctx context.Context, first *rest.ConversationPage) ([]*rest.ConversationPage, error) {
	count := (first.Total-1)/walkPage + 1
	if count-1 > w.client.CallsLeft() {
		return nil, &rest.Error{Code: rest.BudgetExceeded}
	}
	pages, errs := make([]*rest.ConversationPage, count), make([]error, count)
	pages[0] = first
	var failed atomic.Bool
	var fetching errgroup.Group
	fetching.SetLimit(walkers)
	for i := 1; i < count && !failed.Load(); i++ {
		fetching.Go(func() error {
			if pages[i], errs[i] = safely(ctx, w.page, i); errs[i] != nil {
				failed.Store(true)
			}
			return nil
		})
	}
	_ = fetching.Wait()
	return pages, firstOf(errs)
}

// firstOf returns the error of the first page that has one, so that it is no matter of chance which it is. Pages are
// asked for in order, so a page that would have had one before it was asked for, too.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) page(ctx context.Context, number int) (*rest.ConversationPage, error) {
	w.calls.Add(1)
	list := w.list
	list.Sort, list.Limit, list.Skip = walkOrder(), walkPage, number*walkPage
	return w.client.Conversations(ctx, list)
}

func isFull(page *rest.ConversationPage) bool { return len(page.Conversations) >= walkPage }
