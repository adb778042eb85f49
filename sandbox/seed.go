package sandbox

import (
	"sync"

	"mstudio-graphql/sandbox/data"
)

// seed is the initial state of every sandbox, as package data holds it.
type seed struct {
	Now           timestamp            `json:"now"` // the present of the data
	Categories    categories           `json:"categories"`
	Users         []*user              `json:"users"`
	Callers       []*caller            `json:"callers"`
	Preferences   preferencesList      `json:"preferences"`
	Inventory     inventory            `json:"inventory"`
	Saved         []*savedConversation `json:"conversations"` // oldest first
	conversations []*conversation
}

// initial returns the seed, which is decoded once per process and never changed: a sandbox changes clones.
var initial = sync.OnceValue(func() *seed { //nolint:gochecknoglobals // read-only
	s := new(seed)
	if err := data.Decode(s); err != nil {
		panic(err) // the data is embedded
	}
	for _, saved := range s.Saved {
		s.conversations = append(s.conversations, saved.restore())
	}
	return s
})
