// Package upstream imitates mStudio with response bodies that it encodes in advance, so that the upstream does not
// affect the measurement.
package upstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"mstudio-graphql/sandbox"
)

// entry holds the encoded documents of one conversation.
type entry struct {
	id       string
	row      []byte // in lists, and alone
	messages []byte
	members  []byte
}

// data holds all encoded documents.
type data struct {
	entries    []*entry // in the list's default order
	byID       map[string]*entry
	self       []byte
	categories []byte
}

const sandboxPage = 100

// load copies the conversations of the sandbox's first demo caller, under new IDs, until there are count conversations.
func load(count int) (*data, error) {
	source := source{sandbox.New(sandbox.Config{}), sandbox.DemoTokens()[0].Token}
	d := &data{byID: map[string]*entry{}}
	var err error
	if d.self, err = source.get("/v2/users/self"); err != nil {
		return nil, err
	}
	if d.categories, err = source.get("/v2/conversation-categories"); err != nil {
		return nil, err
	}
	if d.entries, err = source.entries(); err != nil {
		return nil, err
	}
	known := len(d.entries)
	for number := known; number < count; number++ {
		d.entries = append(d.entries, d.entries[number%known].copied(number))
	}
	d.entries = d.entries[:min(count, len(d.entries))]
	for _, e := range d.entries {
		d.byID[e.id] = e
	}
	return d, nil
}

// source reads from a sandbox in this process.
type source struct {
	handler http.Handler
	token   string
}

func (s source) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, path, http.NoBody) //nolint:noctx // in this process
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Access-Token", s.token)
	answer := recorder{header: http.Header{}, status: http.StatusOK}
	s.handler.ServeHTTP(&answer, request)
	if answer.status != http.StatusOK {
		return nil, fmt.Errorf("sandbox: %s: status %d", path, answer.status)
	}
	return answer.body.Bytes(), nil
}

// recorder records a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the header.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader records the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write records the bytes.
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// entries reads all conversations with their messages and members.
func (s source) entries() ([]*entry, error) {
	var entries []*entry
	for skip := 0; ; skip += sandboxPage {
		page, err := s.get("/v2/conversations?limit=" + strconv.Itoa(sandboxPage) + "&skip=" + strconv.Itoa(skip) +
			"&sort=lastMessage.createdAt&order=desc&sort=conversationId&order=asc")
		if err != nil {
			return nil, err
		}
		var rows []json.RawMessage
		if err := json.Unmarshal(page, &rows); err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return entries, nil
		}
		for _, row := range rows {
			e, err := s.entry(row)
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
	}
}

func (s source) entry(row []byte) (*entry, error) {
	var head struct {
		ID string `json:"conversationId"`
	}
	if err := json.Unmarshal(row, &head); err != nil {
		return nil, err
	}
	e := &entry{id: head.ID, row: row}
	var err error
	if head.ID == sandbox.FutureConversationID {
		if e.row, err = withKnownReference(row); err != nil {
			return nil, err
		}
	}
	if e.messages, err = s.get("/v2/conversations/" + e.id + "/messages"); err != nil {
		return nil, err
	}
	e.members, err = s.get("/v2/conversations/" + e.id + "/members")
	return e, err
}

// withKnownReference replaces the unknown reference of the sandbox's conversation from the future by a project. Only
// package rest can create a reference of an unknown type, so the textbook cannot.
func withKnownReference(row []byte) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(row, &members); err != nil {
		return nil, err
	}
	members["relatedTo"] = json.RawMessage(`{"id":"` + sandbox.FutureConversationID + `","aggregate":"project","domain":"project"}`)
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(members)
	return bytes.TrimSpace(encoded.Bytes()), err
}

// copied returns a copy of the conversation with a new ID.
func (e *entry) copied(number int) *entry {
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(strconv.Itoa(number)+"/"+e.id)).String()
	renamed := func(document []byte) []byte { return bytes.ReplaceAll(document, []byte(e.id), []byte(id)) }
	return &entry{id: id, row: renamed(e.row), messages: renamed(e.messages), members: renamed(e.members)}
}
