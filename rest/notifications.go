package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Notification tells a user about an event, such as a new message.
type Notification struct {
	// Type names the event. The set of types is open and undocumented.
	Type      string                `api:"type,required"`
	Reference NotificationReference `api:"reference,required"`
	// Read reports whether the user has read it; nil if mStudio omits it.
	Read *bool `api:"read,required"`
}

// NotificationReference is the object that a notification is about. mStudio documents neither the domains nor the
// aggregates.
type NotificationReference struct {
	Domain    string `api:"domain,required"`
	Aggregate string `api:"aggregate,required"`
	ID        string `api:"id,required"`
	// Parents are the objects around the object, such as the conversation of a message.
	Parents []NotificationReference `api:"parents"`
}

// conversationAggregate is the aggregate of conversations.
const conversationAggregate = "conversation"

// ConversationID returns the ID of the conversation that the notification is about, or "" if there is none.
func (n *Notification) ConversationID() string {
	for _, object := range append([]NotificationReference{n.Reference}, n.Reference.Parents...) {
		if strings.EqualFold(object.Aggregate, conversationAggregate) {
			return object.ID
		}
	}
	return ""
}

// isClear reports whether the notification says which conversation it is about, or is certainly about none. Other
// notifications may be about any conversation, because mStudio does not document the names.
func (n *Notification) isClear() bool {
	if n.ConversationID() != "" {
		return true
	}
	isOther := !strings.Contains(strings.ToLower(n.Type), conversationAggregate)
	for _, object := range append([]NotificationReference{n.Reference}, n.Reference.Parents...) {
		isOther = isOther && slices.Contains(otherDomains(), strings.ToLower(object.Domain)) &&
			!strings.Contains(strings.ToLower(object.Aggregate), conversationAggregate)
	}
	return isOther
}

// otherDomains lists domains without conversations: those of the documented references, and other areas of mStudio's API.
func otherDomains() []string {
	return []string{"app", "backup", "container", "contract", "cronjob", "customer", "database", "domain", "extension", "mail", "project", "user"}
}

// UnreadNotifications holds unread notifications of the token's owner.
type UnreadNotifications struct {
	Rows []*Notification
	// IsWhole is false if any conversation may have others: if mStudio has more than one response holds, or if a row is
	// unreadable or may be about any conversation.
	IsWhole bool
}

// notificationLimit is the maximum number of notifications in one response: the documented default, so mStudio certainly allows it.
const notificationLimit = 500

const (
	notificationsRoute     route = "/notifications"
	readNotificationsRoute route = "/notifications/actions/read-all"
)

// UnreadNotifications fetches the unread notifications of the token's owner, as many as one response holds.
func (c *Client) UnreadNotifications(ctx context.Context) (*UnreadNotifications, error) {
	query := url.Values{"status": {"unread"}, "limit": {strconv.Itoa(notificationLimit)}}
	list, header, err := get(ctx, c, notificationsRoute, nil, query, readNotifications)
	if err != nil {
		return nil, err
	}
	rows := len(list.Rows)
	total := totalOf(header)
	if total < 0 {
		c.missingTotal(ctx, notificationsRoute)
	}
	if total > rows || total < 0 && rows >= notificationLimit {
		list.IsWhole = false
	}
	unread := list.Rows[:0]
	for _, row := range list.Rows {
		if row.Read == nil || !*row.Read {
			unread = append(unread, row)
		}
	}
	list.Rows = unread
	return list, nil
}

func readNotifications(d *decoder) *UnreadNotifications {
	list := &UnreadNotifications{Rows: []*Notification{}, IsWhole: true}
	d.require(d.array(func() {
		row := object[Notification](d)
		d.settleRow(row != nil, "Notification")
		switch {
		case row == nil:
			list.IsWhole = false
			return
		case !row.isClear():
			d.noteValue(DriftTag, "Notification.reference", row.Reference.Domain+"/"+row.Reference.Aggregate)
			list.IsWhole = false
		}
		list.Rows = append(list.Rows, row)
	}))
	return list
}

// ReadNotifications marks all notifications about an object as read. It returns the event after which reads show that. It makes
// no call unless the reference is complete, because mStudio marks all notifications that the given parameters fit.
func (c *Client) ReadNotifications(ctx context.Context, about NotificationReference) (EventID, error) {
	if about.Domain == "" || about.Aggregate == "" || about.ID == "" {
		return "", &Error{Code: BadResponse, Op: http.MethodPost + " " + string(readNotificationsRoute)}
	}
	query := url.Values{"referenceId": {about.ID}, "referenceAggregate": {about.Aggregate}, "referenceDomain": {about.Domain}}
	_, event, err := write(ctx, c, put{http.MethodPost, readNotificationsRoute, nil, struct{}{}}, query, func(d *decoder) bool {
		isObject := d.object("", func([]byte) { d.Skip() })
		d.require(isObject)
		return isObject
	})
	return event, err
}
