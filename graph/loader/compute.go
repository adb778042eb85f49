package loader

import "sync"

// Compute returns the text of a key. It computes the text once in the operation, because a client can select a field under
// hundreds of names.
func (l *Loaders) Compute(key any, text func() string) string {
	stored, _ := l.computed.LoadOrStore(key, sync.OnceValue(text))
	once, _ := stored.(func() string)
	return once()
}
