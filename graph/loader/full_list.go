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
	// pageSize is how many rows one call of a scan asks for: what mStudio sends if nobody says how many.
	pageSize = 100
	// pagesAtOnce is how many pages of a scan are fetched at once. It is less than an operation may have in flight, so that
	// a long scan does not hold up the fields beside it.
	pagesAtOnce = 8
)

// FullList is a list of conversations that was read from its beginning to its end.
type FullList struct {
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
func (s *FullList) About(id string) []*rest.Conversation {
	s.indexing.Do(s.index)
	return s.about[strings.ToLower(id)]
}

func (s *FullList) index() {
	s.about = map[string][]*rest.Conversation{}
	for _, row := range s.Conversations {
		about, with := referenceID(row.RelatedTo), referenceID(row.SharedWith)
		if about != "" {
			s.about[about] = append(s.about[about], row)
		}
		if with != "" && with != about {
			s.about[with] = append(s.about[with], row)
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

// StartFullList starts to read the whole of a list, for which [Loaders.FullList] then waits. Only what selects the rows counts:
// their order and the page are the scan's own.
func (l *Loaders) StartFullList(ctx context.Context, list rest.ConversationList) {
	l.fullLists.start(ctx, l.fullListKey(list))
}

// FullList returns the whole of a list. However many fields need it, it is read once. The error has rest.BudgetExceeded if
// the list is longer than the calls that are left can read; nothing but its first page was fetched then.
func (l *Loaders) FullList(ctx context.Context, list rest.ConversationList) (*FullList, error) {
	scan, err := l.fullLists.load(ctx, l.fullListKey(list))
	if err == nil {
		l.reports.add(scan)
	}
	return scan, err
}

func (l *Loaders) fullListKey(list rest.ConversationList) string {
	return l.listKey(rest.ConversationList{Search: list.Search, Statuses: list.Statuses})
}

// fullListOrder is what a scan sorts by. New conversations come in at the end, behind what was read already, and messages
// move nothing, unlike in the order that mStudio lists by itself.
func fullListOrder() []rest.ConversationSort {
	return []rest.ConversationSort{{Field: rest.SortCreatedAt}, {Field: rest.SortID}}
}

// listReader reads one list.
type listReader struct {
	client *rest.Client
	list   rest.ConversationList
	calls  atomic.Int64
}

// scan reads the list. A row can be missed while others come in or leave before it, because pages are cut by position:
// a pass that shows signs of that is made once more.
func (s *listReader) read(ctx context.Context) (*FullList, error) {
	first, err := s.pass(ctx)
	if err != nil {
		return nil, err
	}
	if first.settled() {
		return s.result(first), nil
	}
	second, err := s.pass(ctx)
	switch {
	case err != nil:
		return nil, err
	case second.settled():
		return s.result(second), nil
	case second.hasGap():
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	merged := s.result(second, first)
	merged.Moved = true
	return merged, nil
}

// result has the rows of all passes. Of a row that is in several, it is the one of the first.
func (s *listReader) result(passes ...pass) *FullList {
	scan := &FullList{Unreadable: passes[0].unreadable(), Calls: int(s.calls.Load()), list: s.list.Query().Encode()}
	seen := map[string]bool{}
	for _, read := range passes {
		for row := range read.rows() {
			if id := strings.ToLower(row.ID); !seen[id] {
				seen[id] = true
				scan.Conversations = append(scan.Conversations, row)
			}
		}
	}
	return scan
}

// pass reads all pages once. The first says how many there are; the others are fetched at the same time.
func (s *listReader) pass(ctx context.Context) (pass, error) {
	first, err := s.page(ctx, 0)
	if err != nil {
		return pass{}, err
	}
	pages := []*rest.ConversationPage{first}
	if isFull(first) && first.Total > pageSize {
		if pages, err = s.others(ctx, first); err != nil {
			return pass{}, err
		}
	}
	// What has come in behind the end meanwhile, or all the rest if mStudio does not say how long the list is.
	for last := pages[len(pages)-1]; isFull(last) && last.Total != pageSize*len(pages); last = pages[len(pages)-1] {
		next, err := s.page(ctx, len(pages))
		if err != nil {
			return pass{}, err
		}
		pages = append(pages, next)
	}
	return newPass(pages), nil
}

// others fetches the pages behind the first. Nothing is asked for if there are more than calls are left: an answer
// that is not whole would be none.
func (s *listReader) others(ctx context.Context, first *rest.ConversationPage) ([]*rest.ConversationPage, error) {
	count := (first.Total-1)/pageSize + 1
	if count-1 > s.client.CallsLeft() {
		return nil, &rest.Error{Code: rest.BudgetExceeded}
	}
	pages, errs := make([]*rest.ConversationPage, count), make([]error, count)
	pages[0] = first
	var failed atomic.Bool
	var fetching errgroup.Group
	fetching.SetLimit(pagesAtOnce)
	for i := 1; i < count && !failed.Load(); i++ {
		fetching.Go(func() error {
			if pages[i], errs[i] = safely(ctx, s.page, i); errs[i] != nil {
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

func (s *listReader) page(ctx context.Context, number int) (*rest.ConversationPage, error) {
	s.calls.Add(1)
	list := s.list
	list.Sort, list.Limit, list.Skip = fullListOrder(), pageSize, number*pageSize
	return s.client.Conversations(ctx, list)
}

func isFull(page *rest.ConversationPage) bool { return len(page.Conversations) >= pageSize }
