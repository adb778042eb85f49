package floor

import (
	"bytes"
	"slices"

	"mstudio-graphql/bench/internal/wire"
)

// user holds the members of a user that a response may contain, as sent by the upstream.
type user struct {
	there                        bool
	id, name, isEmployee, active []byte
}

func (s *scanner) user() (u user) {
	if u.there = s.open('{'); !u.there {
		return u
	}
	for s.more() {
		switch string(s.key()) {
		case "userId":
			u.id = s.value()
		case "clearName":
			u.name = s.value()
		case "isEmployee":
			u.isEmployee = s.value()
		case "active":
			u.active = s.value()
		default:
			s.value()
		}
	}
	return u
}

// append appends id, name and isEmployee without the closing brace.
func (u user) append(out []byte) []byte {
	out = append(out, `{"id":`...)
	out = appendString(out, u.id)
	out = append(out, `,"name":`...)
	out = appendText(out, u.name)
	out = append(out, `,"isEmployee":`...)
	return appendNullable(out, u.isEmployee)
}

func (u user) appendOrNull(out []byte) []byte {
	if !u.there {
		return append(out, "null"...)
	}
	return append(u.append(out), '}')
}

// conversation holds the members of a conversation that a response may contain, as sent by the upstream.
type conversation struct {
	id, shortID, title, status, createdAt []byte
	mainUser                              user
	related                               reference
	category                              category
	last, older                           lastMessage
}

type reference struct {
	there                 bool
	id, domain, aggregate []byte
}

type category struct {
	there    bool
	id, name []byte
}

type lastMessage struct {
	there bool
	at    []byte
	by    user
}

func (s *scanner) conversation() (c conversation) {
	for more := s.open('{'); more && s.more(); {
		switch string(s.key()) {
		case "conversationId":
			c.id = s.value()
		case "shortId":
			c.shortID = s.value()
		case "title":
			c.title = s.value()
		case "status":
			c.status = s.value()
		case "createdAt":
			c.createdAt = s.value()
		case "mainUser":
			c.mainUser = s.user()
		case "relatedTo":
			c.related = s.reference()
		case "category":
			c.category = s.category()
		case "lastMessage":
			c.last = s.lastMessage()
		case "lastMessageAt":
			c.older.at, c.older.there = s.value(), true
		case "lastMessageBy":
			c.older.by, c.older.there = s.user(), true
		default:
			s.value()
		}
	}
	return c
}

func (s *scanner) reference() (r reference) {
	if r.there = s.open('{'); !r.there {
		return r
	}
	for s.more() {
		switch string(s.key()) {
		case "id":
			r.id = s.value()
		case "domain":
			r.domain = s.value()
		case "aggregate":
			r.aggregate = s.value()
		default:
			s.value()
		}
	}
	return r
}

func (s *scanner) category() (c category) {
	if c.there = s.open('{'); !c.there {
		return c
	}
	for s.more() {
		switch string(s.key()) {
		case "categoryId":
			c.id = s.value()
		case "name":
			c.name = s.value()
		default:
			s.value()
		}
	}
	return c
}

func (s *scanner) lastMessage() (l lastMessage) {
	if l.there = s.open('{'); !l.there {
		return l
	}
	for s.more() {
		switch string(s.key()) {
		case "createdAt":
			l.at = s.value()
		case "createdBy":
			l.by = s.user()
		default:
			s.value()
		}
	}
	return l
}

// append appends the fields that every shape selects, without the closing brace.
func (c *conversation) append(out []byte) []byte {
	out = append(out, `{"id":`...)
	out = appendString(out, c.id)
	out = append(out, `,"shortId":`...)
	out = appendString(out, c.shortID)
	out = append(out, `,"title":`...)
	out = appendString(out, c.title)
	out = append(out, `,"status":`...)
	out = appendEnum(out, c.status, wire.Status)
	out = append(out, `,"createdAt":`...)
	out = newUTC(c.createdAt).append(out)
	out = append(out, `,"relatedTo":`...)
	out = c.related.append(out)
	out = append(out, `,"lastMessage":`...)
	out = c.appendLast(out)
	out = append(out, `,"category":`...)
	return c.category.append(out)
}

func (r reference) append(out []byte) []byte {
	if !r.there {
		return append(out, "null"...)
	}
	out = append(out, `{"__typename":"`...)
	out = append(out, referenceType(r.domain, r.aggregate)...)
	out = append(out, `","id":`...)
	out = appendString(out, r.id)
	out = append(out, `,"domain":`...)
	out = appendString(out, r.domain)
	out = append(out, `,"aggregate":`...)
	out = appendString(out, r.aggregate)
	return append(out, '}')
}

func (c category) append(out []byte) []byte {
	if !c.there {
		return append(out, "null"...)
	}
	out = append(out, `{"id":`...)
	out = appendString(out, c.id)
	out = append(out, `,"name":`...)
	out = appendString(out, c.name)
	return append(out, '}')
}

// appendLast prefers lastMessage and fills its gaps from the older members.
func (c *conversation) appendLast(out []byte) []byte {
	last := c.last
	if !last.there {
		last = c.older
	}
	if !last.there {
		return append(out, "null"...)
	}
	if !last.by.there {
		last.by = c.older.by
	}
	if last.at == nil {
		last.at = c.older.at
	}
	out = append(out, `{"createdAt":`...)
	out = newUTC(last.at).append(out)
	out = append(out, `,"createdBy":`...)
	if !last.by.there {
		return append(out, `null}`...)
	}
	out = append(out, `{"name":`...)
	out = appendText(out, last.by.name)
	out = append(out, `,"isEmployee":`...)
	out = appendNullable(out, last.by.isEmployee)
	return append(out, '}', '}')
}

// message holds the members of a message that a response may contain, as sent by the upstream.
type message struct {
	id, conversation, kind, content, files []byte
	at                                     utc
	internal, derived                      bool
	author                                 user
}

func (s *scanner) message() (m message) {
	for more := s.open('{'); more && s.more(); {
		switch string(s.key()) {
		case "messageId":
			m.id = s.value()
		case "conversationId":
			m.conversation = s.value()
		case "type":
			m.kind = s.value()
		case "createdAt":
			m.at = newUTC(s.value())
		case "internal":
			m.internal = string(s.value()) == "true"
		case "messageContent":
			m.content = s.value()
		case "createdBy":
			m.author = s.user()
		case "files":
			m.files = s.value()
		default:
			s.value()
		}
	}
	if m.at == nil {
		m.at = newUTC(nil)
	}
	return m
}

// maxHistory is the number of messages in a response without an argument.
const maxHistory = 100

// messages reads the messages of a conversation, oldest first, each with an ID and without internal messages. It reuses
// into.
func messages(body []byte, into []message) []message {
	s := scanner{data: body}
	items := into[:0]
	var ids idMaker
	for more := s.open('['); more && s.more(); {
		items = append(items, s.message())
		if m := &items[len(items)-1]; m.id == nil {
			m.id, m.derived = ids.derive(m, countAlike(items, m)), true
		}
	}
	if len(items) > 1 && bytes.Compare(items[0].at, items[len(items)-1].at) > 0 {
		slices.Reverse(items)
	}
	byTime := func(a, b message) int { return bytes.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(items, byTime) {
		slices.SortStableFunc(items, byTime)
	}
	return slices.DeleteFunc(items, func(m message) bool { return m.internal })
}

// countAlike counts the messages whose derived ID would equal that of m.
func countAlike(items []message, m *message) int {
	count := 0
	for index := range items {
		other := &items[index]
		if other.derived && bytes.Equal(other.at, m.at) && bytes.Equal(other.kind, m.kind) && bytes.Equal(other.content, m.content) {
			count++
		}
	}
	return count
}

// appendHistory appends messages.
func appendHistory(out []byte, history []message) []byte {
	out = append(out, `"nodes":[`...)
	for index, m := range history[:min(len(history), maxHistory)] {
		if index > 0 {
			out = append(out, ',')
		}
		out = m.append(out)
	}
	return append(out, ']')
}

func (m *message) append(out []byte) []byte {
	switch string(m.kind) {
	case `"MESSAGE"`:
		out = m.appendHead(out, "TextMessage")
		out = append(out, `,"content":`...)
		out = appendText(out, m.content)
		out = append(out, `,"createdBy":`...)
		out = m.author.appendOrNull(out)
		out = append(out, `,"files":[`...)
		out = appendFiles(out, m.files)
		out = append(out, ']')
	case `"STATUS_UPDATE"`:
		out = m.appendHead(out, "StatusUpdate")
		out = append(out, `,"code":`...)
		out = appendString(out, m.content)
	case `"SERVICE_REQUEST"`:
		out = m.appendHead(out, "ServiceRequest")
		out = append(out, `,"kind":`...)
		out = appendEnum(out, m.content, wire.RequestKind)
	default:
		out = m.appendHead(out, "UnknownMessage")
	}
	return append(out, '}')
}

func (m *message) appendHead(out []byte, typename string) []byte {
	out = append(out, `{"__typename":"`...)
	out = append(out, typename...)
	out = append(out, `","id":`...)
	out = appendString(out, m.id)
	out = append(out, `,"createdAt":`...)
	out = m.at.append(out)
	out = append(out, `,"isInternal":`...)
	if m.internal {
		return append(out, "true"...)
	}
	return append(out, "false"...)
}

func appendFiles(out, raw []byte) []byte {
	s := scanner{data: raw}
	first := true
	for more := raw != nil && s.open('['); more && s.more(); {
		var id, status []byte
		for inner := s.open('{'); inner && s.more(); {
			switch string(s.key()) {
			case "id":
				id = s.value()
			case "status":
				status = s.value()
			default:
				s.value()
			}
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		typename, state := wire.FileType(unquoted(status))
		out = append(out, `{"__typename":"`...)
		out = append(out, typename...)
		out = append(out, `","id":`...)
		out = appendString(out, id)
		out = append(out, `,"state":"`...)
		out = append(out, state...)
		out = append(out, '"', '}')
	}
	return out
}
