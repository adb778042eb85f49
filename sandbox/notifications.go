package sandbox

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// The states of a notification, as callers name them.
const (
	notificationRead   = "read"
	notificationUnread = "unread"
)

// severities lists the severities of notifications.
func severities() []string { return []string{"success", "info", "warning", "error"} }

// notification tells one user about an event. Its exported fields are its wire form. mStudio does not document the types
// and references of notifications: these are made up.
type notification struct {
	ID        string       `json:"id"`
	Type      string       `json:"type"`
	Reference notifiedFrom `json:"reference"`
	Severity  string       `json:"severity"`
	Read      bool         `json:"read"`
	CreatedAt timestamp    `json:"createdAt"`

	visibleAt time.Time // when reads start to see it
	changedAt time.Time // when reads start to see Read; before that, they see the opposite
}

// notifiedFrom is the object that a notification is about, with the objects around it.
type notifiedFrom struct {
	reference

	Parents []reference `json:"parents,omitempty"`
}

// at returns the notification as reads see it at a time, or false if they do not see it yet.
func (n *notification) at(now time.Time) (seen notification, ok bool) {
	seen = *n
	if n.changedAt.After(now) {
		seen.Read = !n.Read
	}
	return seen, !n.visibleAt.After(now)
}

// mark sets whether the notification is read, visible from a time on. It returns false if that is its state.
func (n *notification) mark(read bool, due time.Time) bool {
	if n.Read == read {
		return false
	}
	n.Read, n.changedAt = read, due
	return true
}

// notifications holds the notifications of all callers.
type notifications struct {
	callers []*caller
	events  *eventLog
	byUser  map[string][]*notification // by user ID, oldest first
}

const (
	// notifiedTime is how long before the present of the data the oldest notification was made.
	notifiedTime = 20 * 24 * time.Hour
	// unreadTime is the age up to which callers have not read their notifications.
	unreadTime = 3 * 24 * time.Hour
)

// newNotifications returns the notifications that the data implies: one for each recent message of the support, and one
// for each project, about its backup.
func newNotifications(s *seed, conversations *conversations, events *eventLog) *notifications {
	ns := &notifications{callers: s.Callers, events: events, byUser: map[string][]*notification{}}
	for _, conv := range conversations.all {
		for _, m := range conv.messages {
			if age := s.Now.Sub(m.CreatedAt.Time); age < notifiedTime && m.isAnswer() {
				ns.add(conv, m, age > unreadTime || conv.Status == statusClosed, time.Time{})
			}
		}
	}
	for _, c := range s.Callers {
		for _, project := range s.Inventory.Projects {
			if project.Customer == c.CustomerID {
				ns.byUser[c.Profile.ID] = append(ns.byUser[c.Profile.ID], backupFailure(c, project, s.Now))
			}
		}
		slices.SortStableFunc(ns.byUser[c.Profile.ID], func(a, b *notification) int { return a.CreatedAt.Compare(b.CreatedAt.Time) })
	}
	return ns
}

// isAnswer reports whether a mittwald employee wrote the message to the customer.
func (m *message) isAnswer() bool {
	return m.Type == typeMessage && m.CreatedBy != nil && isTrue(m.CreatedBy.IsEmployee) && !isTrue(m.Internal)
}

func isTrue(b *bool) bool { return b != nil && *b }

// backupFailure returns a notification that is not about a conversation.
func backupFailure(c *caller, project *resource, now timestamp) *notification {
	return &notification{
		ID: newID("notification", c.Profile.ID, project.ID), Type: "backup-failed", Severity: "error",
		Reference: notifiedFrom{
			reference: reference{newID("backup", project.ID), "projectbackup", "backup"},
			Parents:   []reference{{project.ID, "project", "project"}},
		},
		CreatedAt: timestamp{now.Add(-24 * time.Hour)},
	}
}

// add notifies all who see a conversation about a message, except its author.
func (ns *notifications) add(conv *conversation, m *message, read bool, due time.Time) {
	for _, c := range ns.callers {
		if user := c.Profile.ID; conv.visibleTo(c) && (m.CreatedBy == nil || m.CreatedBy.ID != user) {
			ns.byUser[user] = append(ns.byUser[user], &notification{
				ID: newID("notification", user, m.ID), Type: "conversation-message-created", Severity: "info", Read: read,
				Reference: notifiedFrom{reference: reference{conv.ID, "conversation", "conversation"}},
				CreatedAt: m.CreatedAt, visibleAt: due,
			})
		}
	}
}

func (ns *notifications) routes(rt *router) {
	rt.private("GET /v2/notifications", ns.list)
	rt.private("GET /v2/notification-unread-counts", ns.countUnread)
	rt.write("PUT /v2/notifications/{notificationId}/status", ns.setStatus)
	rt.write("POST /v2/notifications/actions/read-all", ns.readAll)
}

// visible yields the caller's notifications as reads see them, newest first.
func (ns *notifications) visible(c *caller) iter.Seq[notification] {
	now := time.Now()
	return func(yield func(notification) bool) {
		for _, n := range slices.Backward(ns.byUser[c.Profile.ID]) {
			if seen, ok := n.at(now); ok && !yield(seen) {
				return
			}
		}
	}
}

const defaultNotificationLimit = 500

func (ns *notifications) list(c *caller, r *http.Request) (response, error) {
	p := parameters{values: r.URL.Query()}
	status := p.enums("status", notificationUnread, notificationRead)
	severity := p.enums("severity", severities()...)
	window := p.window(defaultNotificationLimit)
	if err := p.err(); err != nil {
		return response{}, err
	}
	var rows []any
	for n := range ns.visible(c) {
		if (len(status) == 0 || n.Read == (status[0] == notificationRead)) &&
			isAny(n.Severity, severity) && isAny(n.Type, p.values["type"]) && !slices.Contains(p.values["type-not"], n.Type) {
			rows = append(rows, n)
		}
	}
	return window.response(rows), nil
}

// isAny reports whether a value is in a list. An empty list has every value.
func isAny(value string, list []string) bool { return len(list) == 0 || slices.Contains(list, value) }

func (ns *notifications) countUnread(c *caller, _ *http.Request) (response, error) {
	counts := map[string]int{"total": 0}
	for _, severity := range severities() {
		counts[severity] = 0
	}
	for n := range ns.visible(c) {
		if !n.Read {
			counts["total"]++
			counts[n.Severity]++
		}
	}
	return response{body: counts}, nil
}

// notificationStatus is the response to a notification that was marked.
type notificationStatus struct {
	Status string `json:"status"`
}

func (ns *notifications) setStatus(c *caller, b *body) (response, error) {
	id, ok := canonicalID(b.request.PathValue("notificationId"))
	if !ok {
		return response{}, invalid(notUUID(".notificationId"))
	}
	mine := ns.byUser[c.Profile.ID]
	at := slices.IndexFunc(mine, func(n *notification) bool { return n.ID == id })
	if at < 0 {
		return response{}, errNotFound
	}
	b.require("status")
	status := b.enum("status", notificationRead, notificationUnread)
	if err := b.err(); err != nil {
		return response{}, err
	}
	header, due := ns.events.commit()
	mine[at].mark(status == notificationRead, due)
	return response{header: header, body: notificationStatus{status}}, nil
}

// readAllResult is the response to notifications that were marked as read.
type readAllResult struct {
	Status  string `json:"status"`
	Updated int    `json:"updatedCount"`
}

// readAll marks the notifications that fit the parameters, or all without parameters.
func (ns *notifications) readAll(c *caller, b *body) (response, error) {
	p := parameters{values: b.request.URL.Query()}
	severity := p.enums("severities", severities()...)
	if err := p.err(); err != nil {
		return response{}, err
	}
	result := readAllResult{Status: notificationRead}
	header, due := ns.events.commit()
	for _, n := range ns.byUser[c.Profile.ID] {
		if isAny(n.Severity, severity) && n.Reference.fits(p.values) && n.mark(true, due) {
			result.Updated++
		}
	}
	return response{header: header, body: result}, nil
}

// fits reports whether the parameters name the object, as far as they are given.
func (f notifiedFrom) fits(given url.Values) bool {
	return isAny(f.ID, given["referenceId"]) && isAny(f.Aggregate, given["referenceAggregate"]) && isAny(f.Domain, given["referenceDomain"])
}
