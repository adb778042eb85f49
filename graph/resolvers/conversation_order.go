package resolvers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// rowOrder is the order of conversations that the gateway sorts itself. Its last key is the id, so no two are equal.
type rowOrder []rest.ConversationSort

func (o rowOrder) compare(a, b *rest.Conversation) int {
	for _, key := range o {
		order := compareBy(key.Field, a, b)
		if key.Descending {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func compareBy(field rest.ConversationSortField, a, b *rest.Conversation) int {
	switch field {
	case rest.SortCreatedAt:
		return a.CreatedAt.Compare(b.CreatedAt)
	case rest.SortTitle:
		return cmp.Compare(a.Title, b.Title)
	case rest.SortShortID:
		return cmp.Compare(a.ShortID, b.ShortID)
	case rest.SortID:
		return cmp.Compare(a.ID, b.ID)
	default:
		return lastMessageAt(a).Compare(lastMessageAt(b))
	}
}

// lastMessageAt is before all others if there is no message.
func lastMessageAt(row *rest.Conversation) time.Time {
	if row.LastMessage == nil {
		return time.Time{}
	}
	return row.LastMessage.CreatedAt
}

// place is what the order looks at in a row, as the text of a cursor: it can be found again when the row has moved.
func (o rowOrder) place(row *rest.Conversation) string {
	values := make([]string, len(o))
	for i, key := range o {
		switch key.Field {
		case rest.SortCreatedAt:
			values[i] = timeText(row.CreatedAt)
		case rest.SortTitle:
			values[i] = row.Title
		case rest.SortShortID:
			values[i] = row.ShortID
		case rest.SortID:
			values[i] = row.ID
		case rest.SortLastMessageAt:
			values[i] = timeText(lastMessageAt(row))
		}
	}
	text, _ := json.Marshal(values) //nolint:errchkjson // strings can always be encoded
	return string(text)
}

// parsePlace makes a row that stands where the place is.
func (o rowOrder) parsePlace(text string) (*rest.Conversation, error) {
	var values []string
	if err := json.Unmarshal([]byte(text), &values); err != nil || len(values) != len(o) {
		return nil, model.BadInput("The cursor is not one of this API.")
	}
	row := &rest.Conversation{LastMessage: &rest.LastMessage{}}
	for i, key := range o {
		var err error
		switch key.Field {
		case rest.SortCreatedAt:
			row.CreatedAt, err = parseTimeText(values[i])
		case rest.SortTitle:
			row.Title = values[i]
		case rest.SortShortID:
			row.ShortID = values[i]
		case rest.SortID:
			row.ID = values[i]
		case rest.SortLastMessageAt:
			row.LastMessage.CreatedAt, err = parseTimeText(values[i])
		}
		if err != nil {
			return nil, model.BadInput("The cursor is not one of this API.")
		}
	}
	return row, nil
}

// timeText is exact for every time, in any year.
func timeText(t time.Time) string { return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()) }

func parseTimeText(text string) (time.Time, error) {
	var seconds, nanoseconds int64
	if _, err := fmt.Sscanf(text, "%d.%d", &seconds, &nanoseconds); err != nil {
		return time.Time{}, err
	}
	return time.Unix(seconds, nanoseconds).UTC(), nil
}
