// Package drift reports values that mStudio sends and the schema does not have: new values of enums and new members of
// unions. Clients get UNKNOWN for them and nothing fails, so operators would not notice otherwise.
package drift

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

const (
	// maxValue is the maximum length of a value that is named, in bytes.
	maxValue = 40
	// maxDigits is the maximum number of digits in a value that is named. Words have few digits, IDs and tokens many.
	maxDigits = 2
	// maxFound is the number of values that are distinguished. mStudio has added one or two a month.
	maxFound = 100
	// other is the label for all values that are not named.
	other = "other"
	// missing is the label for an absent value, and for a union member without a type tag.
	missing = "missing"
)

// Detector counts unknown values, and logs each of them once. It is safe for concurrent use.
type Detector struct {
	log   *slog.Logger
	count func(place, value string)

	mu    sync.Mutex
	found map[finding]bool
}

type finding struct{ place, value string }

// New returns a Detector. It calls count for each unknown value; count may be nil.
func New(log *slog.Logger, count func(place, value string)) *Detector {
	return &Detector{log: log, count: count, found: map[finding]bool{}}
}

// Note takes an unknown value from mStudio. place is a type with a field, such as "Conversation.status".
func (d *Detector) Note(place, value string) {
	value, first := d.find(place, label(value))
	if d.count != nil {
		d.count(place, value)
	}
	if first {
		d.log.LogAttrs(context.Background(), slog.LevelWarn, "unknown upstream value",
			slog.String("field", place), slog.String("value", value))
	}
}

// find reports whether a value is new. If there are too many values, all further ones are labeled as other.
func (d *Detector) find(place, value string) (labeled string, first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := finding{place, value}
	if d.found[found] {
		return value, false
	}
	if len(d.found) >= maxFound {
		found.value = other
	}
	found.value = strings.Clone(found.value) // value may share the memory of a whole response
	first = !d.found[found]
	d.found[found] = true
	return found.value, first
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// label returns value if it is a word as programs use them. Anything else may be a text, an ID or a secret in a place
// where it does not belong, so it is not repeated.
func label(value string) string {
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
