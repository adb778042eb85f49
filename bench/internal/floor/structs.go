package floor

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/wire"
)

// structs answers by decoding to structs and encoding others.
type structs struct{ client *mstudio.Client }

// The answer's objects, with their members in the order of the queries.
type (
	userOut struct {
		ID         string  `json:"id"`
		Name       *string `json:"name"`
		IsEmployee *bool   `json:"isEmployee"`
	}
	memberOut struct {
		userOut
		Active *bool `json:"active"`
	}
	referenceOut struct {
		Typename  string `json:"__typename"`
		ID        string `json:"id"`
		Domain    string `json:"domain"`
		Aggregate string `json:"aggregate"`
	}
	authorOut struct {
		Name       *string `json:"name"`
		IsEmployee *bool   `json:"isEmployee"`
	}
	lastOut struct {
		CreatedAt time.Time  `json:"createdAt"`
		CreatedBy *authorOut `json:"createdBy"`
	}
	categoryOut struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	conversationOut struct {
		ID          string        `json:"id"`
		ShortID     string        `json:"shortId"`
		Title       string        `json:"title"`
		Status      string        `json:"status"`
		CreatedAt   time.Time     `json:"createdAt"`
		RelatedTo   *referenceOut `json:"relatedTo"`
		LastMessage *lastOut      `json:"lastMessage"`
		Category    *categoryOut  `json:"category"`
	}
	inboxOut struct {
		conversationOut
		Messages *historyOut `json:"messages,omitempty"`
	}
	detailOut struct {
		conversationOut
		MainUser *userOut    `json:"mainUser"`
		Members  []memberOut `json:"members"`
		Messages *historyOut `json:"messages"`
	}
	historyOut struct {
		TotalCount *int  `json:"totalCount,omitempty"`
		Nodes      []any `json:"nodes"`
	}
	headOut struct {
		Typename  string    `json:"__typename"`
		ID        string    `json:"id"`
		CreatedAt time.Time `json:"createdAt"`
		Internal  bool      `json:"internal"`
	}
	textOut struct {
		headOut
		Content   *string   `json:"content"`
		CreatedBy *userOut  `json:"createdBy"`
		Files     []fileOut `json:"files"`
	}
	fileOut struct {
		Typename string `json:"__typename"`
		ID       string `json:"id"`
		State    string `json:"state"`
	}
	updateOut struct {
		headOut
		Code string `json:"code"`
	}
	requestOut struct {
		headOut
		Kind string `json:"kind"`
	}
	nodesOut struct {
		Nodes []*inboxOut `json:"nodes"`
	}
)

func newUser(u *wire.User) *userOut {
	if u == nil {
		return nil
	}
	return &userOut{u.ID, u.Name, u.IsEmployee}
}

func newConversation(c *wire.Conversation) conversationOut {
	out := conversationOut{ID: c.ID, ShortID: c.ShortID, Title: c.Title, Status: wire.Status(c.Status), CreatedAt: c.CreatedAt.UTC()}
	if r := c.RelatedTo; r != nil {
		out.RelatedTo = &referenceOut{wire.ReferenceType(r.Domain, r.Aggregate), r.ID, r.Domain, r.Aggregate}
	}
	if last := c.Last(); last != nil {
		out.LastMessage = &lastOut{CreatedAt: last.CreatedAt.UTC()}
		if by := last.CreatedBy; by != nil {
			out.LastMessage.CreatedBy = &authorOut{by.Name, by.IsEmployee}
		}
	}
	if c.Category != nil {
		out.Category = &categoryOut{c.Category.ID, c.Category.Name}
	}
	return out
}

// newHistory sorts and filters a history. total is how many messages it has, of which the answer holds the first.
func newHistory(items []wire.Message) (history *historyOut, total int) {
	var ids wire.IDs
	for index := range items {
		m := &items[index]
		m.CreatedAt = m.CreatedAt.UTC()
		if m.ID == "" {
			m.ID = ids.Derive(m.ConversationID, m.Type, m.CreatedAt.Format(time.RFC3339Nano), content(m))
		}
	}
	if len(items) > 1 && items[0].CreatedAt.After(items[len(items)-1].CreatedAt) {
		slices.Reverse(items)
	}
	slices.SortStableFunc(items, func(a, b wire.Message) int { return a.CreatedAt.Compare(b.CreatedAt) })
	items = slices.DeleteFunc(items, func(m wire.Message) bool { return m.Internal })
	history = &historyOut{Nodes: []any{}}
	for index := range items[:min(len(items), maxHistory)] {
		history.Nodes = append(history.Nodes, newMessage(&items[index]))
	}
	return history, len(items)
}

func content(m *wire.Message) string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

func newMessage(m *wire.Message) any {
	head := headOut{ID: m.ID, CreatedAt: m.CreatedAt, Internal: m.Internal}
	switch m.Type {
	case "MESSAGE":
		head.Typename = "TextMessage"
		text := textOut{headOut: head, Content: m.Content, CreatedBy: newUser(m.CreatedBy), Files: []fileOut{}}
		for _, file := range m.Files {
			typename, state := wire.FileType(file.Status)
			text.Files = append(text.Files, fileOut{typename, file.ID, state})
		}
		return text
	case "STATUS_UPDATE":
		head.Typename = "StatusUpdate"
		return updateOut{head, content(m)}
	case "SERVICE_REQUEST":
		head.Typename = "ServiceRequest"
		return requestOut{head, wire.RequestKind(content(m))}
	default:
		head.Typename = "UnknownMessage"
		return head
	}
}

// read decodes the document at path.
func (s structs) read(ctx context.Context, token, path string, into any) (found bool, err error) {
	var body bytes.Buffer
	if found, err = s.client.Read(ctx, token, path, &body); err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal(body.Bytes(), into)
}

func (s structs) history(ctx context.Context, token, id string) (history *historyOut, total int, err error) {
	var items []wire.Message
	found, err := s.read(ctx, token, mstudio.MessagesPath(id), &items)
	if err != nil {
		return nil, 0, err
	}
	if !found {
		return nil, 0, errMissing
	}
	history, total = newHistory(items)
	return history, total, nil
}

// pair is a member of the answer's data.
type pair struct {
	name  string
	value any
}

// encode writes the answer.
func encode(data ...pair) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteString(`{"data":`)
	separator := byte('{')
	for _, member := range data {
		out.WriteByte(separator)
		separator = ','
		out.WriteString(strconv.Quote(member.name))
		out.WriteByte(':')
		if err := encoder.Encode(member.value); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1) // the line feed
	}
	out.WriteString("}}")
	return out.Bytes(), nil
}

func (s structs) list(ctx context.Context, token string, wanted listing) ([]byte, error) {
	pages := make([][]wire.Conversation, wanted.pages())
	err := mstudio.Each(len(pages), func(page int) error {
		_, err := s.read(ctx, token, wanted.path(page), &pages[page])
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []*inboxOut
	nodes := make([]nodesOut, len(pages))
	for page, rows := range pages {
		nodes[page].Nodes = []*inboxOut{}
		for index := range rows {
			nodes[page].Nodes = append(nodes[page].Nodes, &inboxOut{conversationOut: newConversation(&rows[index])})
		}
		all = append(all, nodes[page].Nodes...)
	}
	if wanted.withMessages {
		err := mstudio.Each(len(all), func(index int) (err error) {
			all[index].Messages, _, err = s.history(ctx, token, all[index].ID)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var data []pair
	for page := range nodes {
		data = append(data, pair{wanted.name(page), nodes[page]})
	}
	return encode(data...)
}

func (s structs) aliases(ctx context.Context, token string, ids []string) ([]byte, error) {
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	rows := make([]*wire.Conversation, len(distinct))
	histories := make([]*historyOut, len(distinct))
	err := mstudio.Each(2*len(distinct), func(index int) error {
		at, id := index/2, distinct[index/2]
		if index%2 == 1 {
			var err error
			histories[at], _, err = s.history(ctx, token, id)
			return err
		}
		_, err := s.read(ctx, token, mstudio.ConversationPath(id), &rows[at])
		return err
	})
	if err != nil {
		return nil, err
	}
	var data []pair
	for alias, id := range ids {
		at, _ := slices.BinarySearch(distinct, id)
		var value any
		if rows[at] != nil {
			value = &inboxOut{newConversation(rows[at]), histories[at]}
		}
		data = append(data, pair{"a" + strconv.Itoa(alias), value})
	}
	return encode(data...)
}

func (s structs) detail(ctx context.Context, token, id string) ([]byte, error) {
	var (
		row     *wire.Conversation
		members []wire.User
		out     detailOut
	)
	err := mstudio.Each(3, func(index int) (err error) {
		switch index {
		case 0:
			_, err = s.read(ctx, token, mstudio.ConversationPath(id), &row)
		case 1:
			_, err = s.read(ctx, token, mstudio.MembersPath(id), &members)
		case 2:
			var total int
			if out.Messages, total, err = s.history(ctx, token, id); err == nil {
				out.Messages.TotalCount = &total
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if row == nil {
		return encode(pair{"conversation", nil})
	}
	out.conversationOut = newConversation(row)
	out.MainUser = newUser(row.MainUser)
	out.Members = []memberOut{}
	for _, member := range members {
		out.Members = append(out.Members, memberOut{*newUser(&member), member.Active})
	}
	return encode(pair{"conversation", &out})
}

func (s structs) viewer(ctx context.Context, token string) ([]byte, error) {
	var self wire.User
	found, err := s.read(ctx, token, mstudio.SelfPath(), &self)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errMissing
	}
	type viewer struct {
		ID string `json:"id"`
	}
	return encode(pair{"viewer", viewer{self.ID}})
}
