package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ConversationStatus is the state of a conversation, as mStudio spells it.
type ConversationStatus string

// The known conversation statuses.
const (
	StatusOpen       ConversationStatus = "open"
	StatusAnswered   ConversationStatus = "answered"
	StatusInProgress ConversationStatus = "inProgress"
	StatusWaiting    ConversationStatus = "waiting"
	StatusClosed     ConversationStatus = "closed" // the next message reopens the conversation
)

// ConversationVisibility determines who may see a conversation, as mStudio spells it.
type ConversationVisibility string

// The known visibilities.
const (
	VisibilityShared  ConversationVisibility = "shared"
	VisibilityPrivate ConversationVisibility = "private"
)

// NotificationRole is a role whose members are notified about a conversation, as mStudio spells it.
type NotificationRole string

// The known notification roles. mStudio renamed the role of email admins in January 2025, and may send both names.
const (
	RoleCustomerOwner        NotificationRole = "customer_owner"
	RoleCustomerAccountant   NotificationRole = "customer_accountant"
	RoleCustomerMember       NotificationRole = "customer_member"
	RoleProjectOwner         NotificationRole = "project_owner"
	RoleProjectEmailAdminOld NotificationRole = "project_email_admin"
	RoleProjectEmailAdmin    NotificationRole = "project_emailadmin"
	RoleProjectExternal      NotificationRole = "project_external"
)

// Conversation is a support ticket without its messages.
type Conversation struct {
	ID                string
	ShortID           string
	Title             string
	Status            ConversationStatus
	Visibility        ConversationVisibility
	CreatedAt         time.Time
	CreatedBy         *User
	MainUser          *User
	LastMessage       *LastMessage
	Category          *ConversationCategory
	NotificationRoles []NotificationRole
	RelatedTo         RelatedTo
	SharedWith        SharedWith
	Relations         []Reference
}

// RawStatus returns the status as mStudio spells it.
func (c *Conversation) RawStatus() string { return string(c.Status) }

// RawVisibility returns the visibility as mStudio spells it.
func (c *Conversation) RawVisibility() string { return string(c.Visibility) }

// RawNotificationRoles returns the roles as mStudio spells them.
func (c *Conversation) RawNotificationRoles() []string { return rawList(c.NotificationRoles) }

// IsClosed reports whether the status is "closed".
func (c *Conversation) IsClosed() bool { return c.Status == StatusClosed }

// CanClose reports whether the status can be set to "closed".
func (c *Conversation) CanClose() bool { return !c.IsClosed() }

// LastMessage holds time and author of the newest message. mStudio has an older and a newer form of it, and may send both.
type LastMessage struct {
	CreatedAt time.Time
	CreatedBy *User
}

// ConversationList selects and orders conversations. The zero value selects the default of mStudio: the first 100, newest
// message first.
type ConversationList struct {
	// Search contains keywords, or a phrase in double quotes.
	Search string
	// Statuses limits the list to these statuses. mStudio accepts StatusOpen and StatusClosed.
	Statuses []ConversationStatus
	// Sort is the order, most significant key first.
	Sort []ConversationSort
	// Limit is the maximum number of rows. It is always sent, because the default of mStudio has changed. Default: 100.
	Limit int
	// Skip is the number of rows to skip. It should be a multiple of Limit.
	Skip int
}

// ConversationSort is one sort key.
type ConversationSort struct {
	Field      ConversationSortField
	Descending bool
}

// ConversationSortField is a field that conversations can be sorted by, as mStudio spells it.
type ConversationSortField string

// The sort fields of mStudio.
const (
	SortCreatedAt     ConversationSortField = "createdAt"
	SortLastMessageAt ConversationSortField = "lastMessage.createdAt"
	SortTitle         ConversationSortField = "title"
	SortShortID       ConversationSortField = "shortId"
	SortID            ConversationSortField = "conversationId"
)

// DefaultLimit is the number of rows in a page that requests no limit. mStudio documents no maximum.
const DefaultLimit = 100

// Query returns the query parameters in canonical form: equal lists have equal encodings. A list is encoded as a
// repeated key. The nth order belongs to the nth sort field.
func (l ConversationList) Query() url.Values {
	query := url.Values{"limit": {strconv.Itoa(cmp.Or(l.Limit, DefaultLimit))}}
	if l.Search != "" {
		query.Set("fullTextSearch", l.Search)
	}
	for _, status := range l.Statuses {
		query.Add("status", string(status))
	}
	for _, key := range l.Sort {
		query.Add("sort", string(key.Field))
		query.Add("order", key.order())
	}
	if l.Skip != 0 {
		query.Set("skip", strconv.Itoa(l.Skip))
	}
	return query
}

func (s ConversationSort) order() string {
	if s.Descending {
		return "desc"
	}
	return "asc"
}

// ConversationPage is one page of conversations.
type ConversationPage struct {
	// Conversations holds the rows. A row that is not an object or has no ID is nil, so that positions stay right.
	Conversations []*Conversation
	// Total is the length of the whole list, -1 if mStudio omits it or sends no valid number.
	Total int
	// Known identifies a page of [Client.ConversationsUnless] for the next call, nil if an equal one must be decoded too.
	Known *Known
	// IsSame reports that the page equals the known one and was not decoded, so that it has no rows.
	IsSame bool
}

const (
	conversationRoute route = "/conversations/{conversationId}"
	membersRoute      route = "/conversations/{conversationId}/members"
)

// Conversations fetches one page of the conversations that the caller created or may see.
func (c *Client) Conversations(ctx context.Context, list ConversationList) (*ConversationPage, error) {
	return c.conversationPage(ctx, list, readConversations)
}

// ConversationsUnless is Conversations, but does not decode a page that equals a known one. known may be nil. It makes the same call,
// because mStudio has no conditional requests.
func (c *Client) ConversationsUnless(ctx context.Context, list ConversationList, known *Known) (*ConversationPage, error) {
	return c.conversationPage(ctx, list, func(d *decoder) *ConversationPage { return c.readPageUnless(d, known) })
}

func (c *Client) conversationPage(ctx context.Context, list ConversationList, read func(*decoder) *ConversationPage) (*ConversationPage, error) {
	page, header, err := get(ctx, c, conversationsRoute, nil, list.Query(), read)
	if err != nil {
		return nil, err
	}
	if page.Total = totalOf(header); page.Total < 0 {
		c.missingTotal(ctx, conversationsRoute)
	}
	return page, nil
}

const totalHeader = "X-Pagination-Totalcount"

// totalOf returns the length of the whole list that a response is a page of, -1 if mStudio omits it or sends no valid number.
func totalOf(header http.Header) int {
	if total, err := strconv.Atoi(numberText(header.Get(totalHeader))); err == nil && total >= 0 {
		return total
	}
	return -1
}

// missingTotal notes that the response to a list has no length.
func (c *Client) missingTotal(ctx context.Context, r route) {
	(&call{route: string(r)}).drifted(ctx, DriftMissing, totalHeader)
}

// Conversation fetches one conversation. The error is an [*Error] with NotFound if it does not exist, and with Forbidden if
// the caller may not see it. mStudio does not always distinguish the two.
func (c *Client) Conversation(ctx context.Context, id string) (*Conversation, error) {
	return getOne(ctx, c, conversationRoute, id, (*decoder).conversation, func(read *Conversation) *string { return &read.ID })
}

// ConversationMember is a participant of a conversation.
type ConversationMember struct {
	User *User
}

// IsActive reports whether the account is active; nil if mStudio omits it. Other users may lack it, so it is no field of User
// in the schema: a user's fields must not depend on the place.
func (m *ConversationMember) IsActive() *bool { return m.User.Active }

// Members fetches the participants of a conversation.
func (c *Client) Members(ctx context.Context, conversationID string) ([]*ConversationMember, error) {
	members, _, err := get(ctx, c, membersRoute, []string{conversationID}, nil, readMembers)
	return members, err
}

func readMembers(d *decoder) []*ConversationMember {
	return rows(d, func() *ConversationMember { return &ConversationMember{User: d.anyUser()} })
}

func readConversations(d *decoder) *ConversationPage {
	return &ConversationPage{Conversations: rows(d, func() *Conversation {
		if row := d.conversation(); row != nil && row.ID != "" {
			return row
		}
		return nil
	})}
}

// lastMessage holds both forms in which mStudio sends the last message.
type lastMessage struct {
	newer, older         LastMessage
	hasNewer, hasOlderAt bool
}

// conversation reads a conversation, or returns nil if the value is not an object.
func (d *decoder) conversation() *Conversation {
	conversation := alloc[Conversation](d)
	*conversation = Conversation{
		CreatedAt:         Epoch(),
		NotificationRoles: []NotificationRole{},
		Relations:         []Reference{},
	}
	var last lastMessage
	start := d.start()
	ok := d.object("Conversation", func(name []byte) {
		if !d.conversationField(conversation, name) {
			d.lastMessageField(&last, name)
		}
	})
	if !ok {
		return nil
	}
	conversation.LastMessage = last.merge(d)
	if conversation.isIncomplete() {
		d.missing("Conversation", start, "conversationId", "shortId", "title", "status", "visibility", "createdAt", "mainUser")
	}
	return conversation
}

// isIncomplete reports whether a required member may be missing.
func (c *Conversation) isIncomplete() bool {
	return c.ID == "" || c.ShortID == "" || c.Title == "" || c.Status == "" || c.Visibility == "" || isUnixZero(c.CreatedAt) || c.MainUser == nil
}

// conversationField reads a member of a conversation. It returns false and reads nothing if it does not know the name.
func (d *decoder) conversationField(c *Conversation, name []byte) bool {
	switch string(name) {
	case "conversationId":
		c.ID = d.id()
	case "shortId":
		c.ShortID = d.string()
	case "title":
		c.Title = d.string()
	case "status":
		c.Status = enum[ConversationStatus](d, "Conversation.status")
	case "visibility":
		c.Visibility = enum[ConversationVisibility](d, "Conversation.visibility")
	case "createdAt":
		c.CreatedAt = d.timeOrEpoch()
	case "createdBy":
		c.CreatedBy = d.user()
	case "mainUser":
		c.MainUser = d.user()
	case "category":
		c.Category = d.category()
	case "notificationRoles":
		c.NotificationRoles = enums[NotificationRole](d, "Conversation.notificationRoles")
	case "relatedTo":
		c.RelatedTo = d.referenceAt("Conversation.relatedTo")
	case "sharedWith":
		c.SharedWith = d.referenceAt("Conversation.sharedWith")
	case "relations":
		c.Relations = d.relations()
	default:
		return false
	}
	return true
}

func (d *decoder) lastMessageField(last *lastMessage, name []byte) {
	switch string(name) {
	case "lastMessage":
		last.newer, last.hasNewer = d.lastMessage()
	case "lastMessageAt":
		last.older.CreatedAt, last.hasOlderAt = d.time()
	case "lastMessageBy":
		last.older.CreatedBy = d.user()
	default:
		d.Skip()
	}
}

func (d *decoder) lastMessage() (last LastMessage, ok bool) {
	last.CreatedAt = Epoch()
	start := d.start()
	ok = d.object("LastMessage", func(name []byte) {
		switch string(name) {
		case "createdAt":
			last.CreatedAt = d.timeOrEpoch()
		case "createdBy":
			last.CreatedBy = d.user()
		default:
			d.Skip()
		}
	})
	if ok && isUnixZero(last.CreatedAt) {
		d.missing("LastMessage", start, "createdAt")
	}
	return last, ok
}

// merge prefers the newer form and fills its gaps from the older one. It returns nil if both are absent.
func (l *lastMessage) merge(d *decoder) *LastMessage {
	if !l.hasNewer && !l.hasOlderAt && l.older.CreatedBy == nil {
		return nil
	}
	merged := alloc[LastMessage](d)
	*merged = LastMessage{CreatedAt: Epoch(), CreatedBy: cmp.Or(l.newer.CreatedBy, l.older.CreatedBy)}
	switch {
	case l.hasNewer && !l.newer.CreatedAt.Equal(Epoch()):
		merged.CreatedAt = l.newer.CreatedAt
	case l.hasOlderAt:
		merged.CreatedAt = l.older.CreatedAt
	}
	return merged
}
