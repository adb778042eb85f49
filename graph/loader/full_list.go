package loader

import (
	"strings"
	"sync"

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
	indexing sync.Once
	byObject map[string][]*rest.Conversation // by the IDs in RelatedTo and SharedWith
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
