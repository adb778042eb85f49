package budget

// needs remembers how many calls a caller's last operations made, by shape. It is kept per caller, so that nobody changes
// the admission of another.
type needs [8]struct {
	shape uint64
	calls int32
}

// of returns the calls of the last operation with this shape, or 0.
func (n *needs) of(shape uint64) int {
	for i, known := range n {
		if known.shape == shape && known.calls > 0 {
			copy(n[1:i+1], n[:i])
			n[0] = known
			return int(known.calls)
		}
	}
	return 0
}

// learn replaces the least recently used entry.
func (n *needs) learn(shape uint64, calls int) {
	if n.of(shape) == 0 {
		copy(n[1:], n[:len(n)-1])
	}
	n[0].shape, n[0].calls = shape, int32(min(calls, 1<<30)) //nolint:gosec // it fits
}

// Need returns the number of calls that the caller's last operation of this shape made, or 0 if there was none.
func (b *Budget) Need(shape uint64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.needs.of(shape)
}
