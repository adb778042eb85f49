// Package drift reports places where mStudio's responses differ from the schema: unknown values, missing members, members
// of another kind. Clients get UNKNOWN, null or "" for them and nothing fails, so operators would not notice otherwise.
package drift

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"mstudio-graphql/rest"
)

const (
	// maxValue is the maximum length of a value that is named, in bytes.
	maxValue = 40
	// maxDigits is the maximum number of digits in a value that is named. Words have few digits, IDs and tokens many.
	maxDigits = 2
	// maxValues is the number of values that are distinguished. mStudio has added one or two a month.
	maxValues = 100
	// maxPlaces is the number of places that are distinguished, each a kind, a route and a field.
	maxPlaces = 400
	// other is the label for all values and fields that are not named.
	other = "other"
	// missing is the label for an absent value, and for a union member without a type tag.
	missing = "missing"
)

// Detector counts differences, and logs each kind of each place once. It is safe for concurrent use.
type Detector struct {
	log   *slog.Logger
	count func(rest.Drift)

	mu     sync.Mutex
	found  map[rest.Drift]bool
	values int // in found
}

// New returns a Detector. It calls count for each difference, with the labels to count it by; count may be nil.
func New(log *slog.Logger, count func(rest.Drift)) *Detector {
	return &Detector{log: log, count: count, found: map[rest.Drift]bool{}}
}

// Note takes a difference.
func (d *Detector) Note(found rest.Drift) {
	if hasValue(found.Kind) {
		found.Value = label(found.Value)
	}
	labeled, first := d.find(found)
	if d.count != nil {
		d.count(labeled)
	}
	if first {
		d.log.LogAttrs(context.Background(), slog.LevelWarn, "upstream drift", attributes(labeled)...)
	}
}

func hasValue(kind rest.DriftKind) bool { return kind == rest.DriftValue || kind == rest.DriftTag }

func attributes(found rest.Drift) []slog.Attr {
	attributes := []slog.Attr{slog.String("kind", string(found.Kind)), slog.String("route", found.Route), slog.String("field", found.Field)}
	if hasValue(found.Kind) {
		attributes = append(attributes, slog.String("value", found.Value))
	}
	return attributes
}

// find reports whether a difference is new. If there are too many of them, it labels further values and fields as other.
func (d *Detector) find(found rest.Drift) (labeled rest.Drift, first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found[found] {
		return found, false
	}
	if d.values >= maxValues && hasValue(found.Kind) {
		found.Value = other
	}
	if len(d.found) >= maxPlaces {
		found.Field = other
	}
	if d.found[found] {
		return found, false
	}
	found.Value = strings.Clone(found.Value) // it may share the memory of a whole response
	d.found[found] = true
	if hasValue(found.Kind) && found.Value != other {
		d.values++
	}
	return found, true
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
