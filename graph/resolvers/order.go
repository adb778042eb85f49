package resolvers

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// sortKey is a value that rows are sorted by, either a time or a text.
type sortKey struct {
	at   time.Time
	text string
}

// column is one sort criterion of an order.
type column[T any] struct {
	key          func(T) sortKey
	isTime       bool
	isZeroLatest bool // whether the zero time is later than all others
	descending   bool
}

func (c column[T]) compare(a, b sortKey) int {
	order := cmp.Or(a.at.Compare(b.at), cmp.Compare(a.text, b.text))
	if c.descending != (c.isZeroLatest && a.at.IsZero() != b.at.IsZero()) {
		return -order
	}
	return order
}

// order is the order of a list that the gateway sorts. The last column is the ID, so no two rows are equal.
type order[T any] []column[T]

func (o order[T]) compare(a, b T) int {
	for _, column := range o {
		if order := column.compare(column.key(a), column.key(b)); order != 0 {
			return order
		}
	}
	return 0
}

// anchor is the row of a cursor. It remains valid if the row moves or disappears: a page continues at the row's former
// place in the order.
type anchor struct {
	keys     []sortKey // nil if the row was unreadable
	position int       // the former position of the row, counted from 0: a hint where to look for the place
}

// compareTo compares a row with an anchor.
func (o order[T]) compareTo(row T, anchor *anchor) int {
	for i, column := range o {
		if order := column.compare(column.key(row), anchor.keys[i]); order != 0 {
			return order
		}
	}
	return 0
}

// compareKeys compares two anchors.
func (o order[T]) compareKeys(a, b []sortKey) int {
	for i, column := range o {
		if order := column.compare(a[i], b[i]); order != 0 {
			return order
		}
	}
	return 0
}

// encode returns the row at a position as an anchor in the form of text.
func (o order[T]) encode(row T, position int) string {
	values := []string{strconv.Itoa(position)}
	for _, column := range o {
		key := column.key(row)
		if column.isTime {
			key.text = fmt.Sprintf("%d.%09d", key.at.Unix(), key.at.Nanosecond()) // exact in any year
		}
		values = append(values, key.text)
	}
	text, _ := json.Marshal(values) //nolint:errchkjson // strings can always be encoded
	return string(text)
}

var errInvalidAnchor = errors.New("resolvers: invalid anchor")

// parse reads an anchor that encode has returned.
func (o order[T]) parse(text string) (*anchor, error) {
	var values []string
	if err := json.Unmarshal([]byte(text), &values); err != nil || len(values) != 1+len(o) {
		return nil, errInvalidAnchor
	}
	position, err := parsePosition(values[0])
	if err != nil {
		return nil, err
	}
	keys := make([]sortKey, len(o))
	for i, column := range o {
		if !column.isTime {
			keys[i].text = values[1+i]
			continue
		}
		var seconds, nanoseconds int64
		if _, err := fmt.Sscanf(values[1+i], "%d.%d", &seconds, &nanoseconds); err != nil {
			return nil, err
		}
		keys[i].at = time.Unix(seconds, nanoseconds).UTC()
	}
	return &anchor{keys: keys, position: position}, nil
}

// maxPosition keeps arithmetic on a forged cursor from overflowing.
const maxPosition = 1 << 30

func parsePosition(text string) (int, error) {
	position, err := strconv.Atoi(text)
	if err != nil || position < 0 || position+1 >= maxPosition {
		return 0, errInvalidAnchor
	}
	return position, nil
}

// byName sorts by name and then by ID.
func byName[T any](name, id func(T) string) order[T] {
	text := func(of func(T) string) func(T) sortKey {
		return func(row T) sortKey { return sortKey{text: of(row)} }
	}
	return order[T]{{key: text(name)}, {key: text(id)}}
}
