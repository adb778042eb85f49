package resolvers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"mstudio-graphql/graph/model"
)

// sortKey is a value that rows are sorted by, either a time or a text.
type sortKey struct {
	at   time.Time
	text string
}

// column is one sort criterion of an order.
type column[T any] struct {
	key        func(T) sortKey
	isTime     bool
	descending bool
}

func (c column[T]) compare(a, b sortKey) int {
	order := cmp.Or(a.at.Compare(b.at), cmp.Compare(a.text, b.text))
	if c.descending {
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

// compareTo compares a row with a position.
func (o order[T]) compareTo(row T, position []sortKey) int {
	for i, column := range o {
		if order := column.compare(column.key(row), position[i]); order != 0 {
			return order
		}
	}
	return 0
}

// encode returns the position of a row as text. The position remains valid if the row moves or disappears.
func (o order[T]) encode(row T) string {
	values := make([]string, len(o))
	for i, column := range o {
		key := column.key(row)
		if values[i] = key.text; column.isTime {
			values[i] = fmt.Sprintf("%d.%09d", key.at.Unix(), key.at.Nanosecond()) // exact in any year
		}
	}
	text, _ := json.Marshal(values) //nolint:errchkjson // strings can always be encoded
	return string(text)
}

// parse reads a position that encode has returned.
func (o order[T]) parse(text string) ([]sortKey, error) {
	var values []string
	if err := json.Unmarshal([]byte(text), &values); err != nil || len(values) != len(o) {
		return nil, model.InvalidCursor()
	}
	position := make([]sortKey, len(o))
	for i, column := range o {
		if !column.isTime {
			position[i].text = values[i]
			continue
		}
		var seconds, nanoseconds int64
		if _, err := fmt.Sscanf(values[i], "%d.%d", &seconds, &nanoseconds); err != nil {
			return nil, err
		}
		position[i].at = time.Unix(seconds, nanoseconds).UTC()
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
