// Package drift notices when mStudio sends what the schema does not know: a new value of an enum, a new alternative of a
// union. Clients get UNKNOWN for it and nothing fails, so nobody else would tell.
package drift

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

const (
	// maxValue is how long a value may be to be named, in bytes.
	maxValue = 40
	// maxDigits is how many digits it may have: words have few, ids and tokens many.
	maxDigits = 2
	// maxFound is how many different values are told apart. There were one or two a month so far.
	maxFound = 100
	// other stands for all values that are not named.
	other = "other"
	// missing stands for a tag that is not there.
	missing = "missing"
)

// Watch counts unknown values, and logs each once. It is safe for concurrent use.
type Watch struct {
	log   *slog.Logger
	count func(field, value string)

	mu    sync.Mutex
	found map[finding]bool
}

type finding struct{ field, value string }

// New returns a watch that has seen nothing yet. count is called for each unknown value; it may be nil.
func New(log *slog.Logger, count func(field, value string)) *Watch {
	return &Watch{log: log, count: count, found: map[finding]bool{}}
}

// Document looks through what a client of mStudio has returned.
func (w *Watch) Document(document any) { walker(w.note).document(document) }

// note takes a value that came from mStudio as it is.
func (w *Watch) note(field, value string) {
	value, first := w.find(field, named(value))
	if w.count != nil {
		w.count(field, value)
	}
	if first {
		w.log.LogAttrs(context.Background(), slog.LevelWarn, "the upstream has changed: it sends a value that is not in the schema",
			slog.String("field", field), slog.String("value", value))
	}
}

// find reports whether a value is new. When there are too many, all others are one.
func (w *Watch) find(field, value string) (named string, first bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := finding{field, value}
	if !w.found[found] && len(w.found) >= maxFound {
		found.value = other
	}
	first = !w.found[found]
	w.found[found] = true
	return found.value, first
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// named returns the value if it is a word as programs use them. Anything else may be a text, an id or a secret that got
// into a place where it does not belong, and is not to be repeated.
func named(value string) string {
	if value == "" || value == "/" {
		return missing
	}
	withoutDigits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(digits, r) {
			return -1
		}
		return r
	}, value)
	if len(value) > maxValue || len(value)-len(withoutDigits) > maxDigits || strings.Trim(withoutDigits, letters+"_-/") != "" {
		return other
	}
	return value
}
