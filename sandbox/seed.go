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
	Conversations []*savedConversation `json:"conversations"` // oldest first
}

// initial returns the seed, which is decoded once per process and never changed. Decoding takes about 60 times as long
// as restoring all conversations.
var initial = sync.OnceValue(func() *seed { //nolint:gochecknoglobals // read-only
	s := new(seed)
	if err := data.Decode(s); err != nil {
		panic(err) // the data is embedded
	}
	return s
})
