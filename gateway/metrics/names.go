package metrics

import "sync"

const (
	// MaxNames is how many names of operations are told apart.
	MaxNames = 100
	// otherName stands for all further ones, and noName for operations without any.
	otherName, noName = "other", "unnamed"
	// maxName is how long a name may be to be told apart, in bytes.
	maxName = 64
)

// names decides which operations are counted by their names. Clients choose them freely, so only so many are kept, and
// only those of operations that were answered without an error: for that, mStudio must have accepted the token of
// somebody who has used it. A stranger cannot fill the places.
type names struct {
	mu   sync.RWMutex
	kept map[string]bool
}

// label returns the name to count an operation by.
func (n *names) label(name string, good bool) string {
	if name == "" {
		return noName
	}
	n.mu.RLock()
	known, full := n.kept[name], len(n.kept) >= MaxNames
	n.mu.RUnlock()
	switch {
	case known:
		return name
	case full || !good || len(name) > maxName:
		return otherName
	}
	return n.keep(name)
}

func (n *names) keep(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.kept) >= MaxNames && !n.kept[name] {
		return otherName
	}
	if n.kept == nil {
		n.kept = map[string]bool{}
	}
	n.kept[name] = true
	return name
}
