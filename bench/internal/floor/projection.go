package floor

import (
	"bytes"
	"context"
	"strconv"
	"sync"

	"mstudio-graphql/bench/internal/mstudio"
)

// projection implements the floor.
type projection struct {
	client *mstudio.Client
	pool   sync.Pool // of *scratch
}

// scratch holds one document and the values read from it.
type scratch struct {
	body    bytes.Buffer
	items   []message
	out     []byte
	missing bool
}

func (p *projection) scratch() *scratch {
	if used, ok := p.pool.Get().(*scratch); ok {
		used.out, used.missing = used.out[:0], false
		return used
	}
	return &scratch{}
}

func (p *projection) release(used ...*scratch) {
	for _, s := range used {
		p.pool.Put(s)
	}
}

// fetch fetches all paths concurrently, and calls then with a scratch for each.
func (p *projection) fetch(ctx context.Context, token string, paths []string, then func(index int, s *scratch)) ([]*scratch, error) {
	fetched := make([]*scratch, len(paths))
	for index := range fetched {
		fetched[index] = p.scratch()
	}
	return fetched, mstudio.Each(len(paths), func(index int) error {
		s := fetched[index]
		found, err := p.client.Read(ctx, token, paths[index], &s.body)
		if err != nil {
			return err
		}
		if s.missing = !found; found {
			then(index, s)
		}
		return nil
	})
}

// history appends the messages in the body.
func (s *scratch) history() {
	s.items = messages(s.body.Bytes(), s.items)
	s.out = appendHistory(s.out, s.items)
}

func (p *projection) list(ctx context.Context, token string, wanted listing) ([]byte, error) {
	paths := make([]string, wanted.pages())
	for page := range paths {
		paths[page] = wanted.path(page)
	}
	pages := make([][]conversation, len(paths))
	lists, err := p.fetch(ctx, token, paths, func(page int, s *scratch) { pages[page] = readList(s.body.Bytes(), wanted.first) })
	if err != nil {
		return nil, err
	}
	defer p.release(lists...)
	histories, err := p.histories(ctx, token, pages, wanted.withMessages)
	if err != nil {
		return nil, err
	}
	defer p.release(histories...)
	size := 64
	for _, history := range histories {
		size += len(history.out)
	}
	for _, list := range lists {
		size += list.body.Len()
	}
	out := append(make([]byte, 0, size), `{"data":{`...)
	next := 0
	for page, rows := range pages {
		if page > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = append(out, wanted.name(page)...)
		out = append(out, `":{"nodes":[`...)
		for index := range rows {
			if index > 0 {
				out = append(out, ',')
			}
			out = rows[index].append(out)
			if wanted.withMessages {
				out = appendMessages(out, histories[next].out)
				next++
			}
			out = append(out, '}')
		}
		out = append(out, `]}`...)
	}
	return append(out, `}}`...), nil
}

// histories fetches and renders the messages of every row.
func (p *projection) histories(ctx context.Context, token string, pages [][]conversation, wanted bool) ([]*scratch, error) {
	if !wanted {
		return nil, nil
	}
	var paths []string
	for _, rows := range pages {
		for _, row := range rows {
			paths = append(paths, mstudio.MessagesPath(unquoted(row.id)))
		}
	}
	histories, err := p.fetch(ctx, token, paths, func(_ int, s *scratch) { s.history() })
	if err != nil {
		return nil, err
	}
	for _, history := range histories {
		if history.missing {
			return nil, errMissing
		}
	}
	return histories, nil
}

func readList(body []byte, room int) []conversation {
	rows := make([]conversation, 0, room)
	s := scanner{data: body}
	for more := s.open('['); more && s.more(); {
		rows = append(rows, s.conversation())
	}
	return rows
}

func appendMessages(out, history []byte) []byte {
	out = append(out, `,"messages":{`...)
	out = append(out, history...)
	return append(out, '}')
}

func (p *projection) aliases(ctx context.Context, token string, ids []string) ([]byte, error) {
	var paths []string
	first := map[string]int{}
	for _, id := range ids {
		if _, known := first[id]; !known {
			first[id] = len(paths)
			paths = append(paths, mstudio.ConversationPath(id), mstudio.MessagesPath(id))
		}
	}
	fetched, err := p.fetch(ctx, token, paths, func(index int, s *scratch) {
		if index%2 == 1 {
			s.history()
			return
		}
		row := (&scanner{data: s.body.Bytes()}).conversation()
		s.out = row.append(s.out)
	})
	if err != nil {
		return nil, err
	}
	defer p.release(fetched...)
	size := 64
	for _, id := range ids {
		size += len(fetched[first[id]].out) + len(fetched[first[id]+1].out) + 32
	}
	out := append(make([]byte, 0, size), `{"data":{`...)
	for alias, id := range ids {
		if alias > 0 {
			out = append(out, ',')
		}
		out = append(out, `"a`...)
		out = strconv.AppendInt(out, int64(alias), 10)
		out = append(out, `":`...)
		row, history := fetched[first[id]], fetched[first[id]+1]
		if row.missing || history.missing {
			out = append(out, "null"...)
			continue
		}
		out = append(out, row.out...)
		out = append(appendMessages(out, history.out), '}')
	}
	return append(out, `}}`...), nil
}

func (p *projection) detail(ctx context.Context, token, id string) ([]byte, error) {
	paths := []string{mstudio.ConversationPath(id), mstudio.MembersPath(id), mstudio.MessagesPath(id)}
	fetched, err := p.fetch(ctx, token, paths, func(index int, s *scratch) {
		switch index {
		case 0:
			row := (&scanner{data: s.body.Bytes()}).conversation()
			s.out = append(row.append(s.out), `,"mainUser":`...)
			s.out = row.mainUser.appendOrNull(s.out)
		case 1:
			s.out = appendMembers(s.out, s.body.Bytes())
		case 2:
			s.items = messages(s.body.Bytes(), s.items)
			s.out = append(s.out, `"totalCount":`...)
			s.out = strconv.AppendInt(s.out, int64(len(s.items)), 10)
			s.out = appendHistory(append(s.out, ','), s.items)
		}
	})
	if err != nil {
		return nil, err
	}
	defer p.release(fetched...)
	if fetched[0].missing {
		return []byte(`{"data":{"conversation":null}}`), nil
	}
	var out []byte
	out = append(out, `{"data":{"conversation":`...)
	out = append(out, fetched[0].out...)
	out = append(out, `,"members":`...)
	out = append(out, fetched[1].out...)
	out = appendMessages(out, fetched[2].out)
	return append(out, `}}}`...), nil
}

func appendMembers(out, body []byte) []byte {
	s := scanner{data: body}
	out = append(out, '[')
	first := true
	for more := s.open('['); more && s.more(); {
		if !first {
			out = append(out, ',')
		}
		first = false
		member := s.user()
		out = append(out, `{"isActive":`...)
		out = appendNullable(out, member.active)
		out = append(out, `,"user":`...)
		out = append(member.append(out), `}}`...)
	}
	return append(out, ']')
}

func (p *projection) viewer(ctx context.Context, token string) ([]byte, error) {
	s := p.scratch()
	defer p.release(s)
	found, err := p.client.Read(ctx, token, mstudio.SelfPath(), &s.body)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errMissing
	}
	self := (&scanner{data: s.body.Bytes()}).user()
	out := append([]byte(nil), `{"data":{"viewer":{"id":`...)
	return append(appendString(out, self.id), `}}}`...), nil
}
