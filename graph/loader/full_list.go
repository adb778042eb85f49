package loader

import (
	"strings"
	"sync"
	"time"

	"mstudio-graphql/rest"
)

// FullList is a list of conversations that was read page by page to its end.
type FullList struct {
	// Conversations holds each row once. Callers must not change it.
	Conversations []*rest.Conversation
	// Unreadable is the number of rows that are not conversations.
	Unreadable int
	// Calls is the number of upstream calls.
	Calls int
	// Moved reports that the list changed during each pass. Conversations then holds the rows of all passes, and may include
	// rows that have left the list.
	Moved bool

	query    string // identifies the list
	hint     string // guarded by the lock of the reports
	indexing sync.Once
	byObject map[string][]*rest.Conversation // by the IDs in RelatedTo and SharedWith
	undated  map[*rest.Conversation]time.Time
}

// CreatedAt returns the time to sort a row by. A row whose time is absent or invalid has that of the row before it in
// mStudio's list, which is in the order of these times, because 1970 is not its time.
func (f *FullList) CreatedAt(row *rest.Conversation) time.Time {
	if before, isUndated := f.undated[row]; isUndated {
		return before
	}
	return row.CreatedAt
}

// add appends a row. before is the time of the dated row before it. add returns that for the next row.
func (f *FullList) add(row *rest.Conversation, before time.Time) time.Time {
	f.Conversations = append(f.Conversations, row)
	if rest.KnownTime(row.CreatedAt) != nil {
		return row.CreatedAt
	}
	if f.undated == nil {
		f.undated = map[*rest.Conversation]time.Time{}
	}
	f.undated[row] = before
	return before
}

// About returns the conversations that are related to the object with this ID, or shared with it.
func (f *FullList) About(id string) []*rest.Conversation {
	f.indexing.Do(f.index)
	return f.byObject[strings.ToLower(id)]
}

func (f *FullList) index() {
	f.byObject = map[string][]*rest.Conversation{}
	for _, row := range f.Conversations {
		about, with := referenceID(row.RelatedTo), referenceID(row.SharedWith)
		if about != "" {
			f.byObject[about] = append(f.byObject[about], row)
		}
		if with != "" && with != about {
			f.byObject[with] = append(f.byObject[with], row)
		}
	}
}

// referenceID returns the ID of a reference in lower case, or "" if the reference is nil.
func referenceID(reference rest.Reference) string {
	if reference == nil {
		return ""
	}
	return strings.ToLower(rest.ReferenceID(reference))
}
