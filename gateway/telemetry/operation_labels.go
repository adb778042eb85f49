package telemetry

import "sync"

const (
	// maxLabels is the maximum number of distinct operation names in metrics and traces.
	maxLabels = 100
	// otherLabel is the label of all further operations, unnamedLabel that of operations without a name.
	otherLabel, unnamedLabel = "other", "unnamed"
)

// operationLabels bounds the operation names in metrics and traces, because clients choose them freely. It admits a name
// only after an operation succeeded with a token that mStudio accepted, so unauthenticated clients cannot use up the
// labels.
type operationLabels struct {
	mu       sync.Mutex
	admitted map[string]bool
}

// label returns the label for an operation name and admits the name if trusted.
func (l *operationLabels) label(name string, trusted bool) string {
	if name == "" {
		return unnamedLabel
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.admitted[name]:
		return name
	case len(l.admitted) >= maxLabels || !trusted || len(name) > maxText:
		return otherLabel
	case l.admitted == nil:
		l.admitted = map[string]bool{}
	}
	l.admitted[name] = true
	return name
}
