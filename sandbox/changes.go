package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds what a request may send in JSON, in bytes.
const maxBody = 1 << 20

// change answers one operation that changes a conversation. It gets the newest version of the conversation, to itself:
// what it does becomes visible together, when it returns no error and finds nothing wrong with the body.
type change func(c *caller, conv *conversation, b *body) (any, error)

// changing makes a handler for an operation that changes the conversation that its path names. A caller can only change
// what is visible to the caller by now, though the change is made to the newest version.
func (s *Sandbox) changing(status int, apply change) http.Handler {
	return s.writing(status, func(c *caller, b *body) (answer, error) {
		seen, err := s.conversationOf(c, b.request)
		if err != nil {
			return answer{}, err
		}
		newest := s.store.byID[seen.ID].clone()
		result, err := apply(c, newest, b)
		if err := errors.Join(err, b.err()); err != nil {
			return answer{}, err
		}
		return s.committed(newest, result)
	})
}

// creating makes a handler for the operation that opens a conversation.
func (s *Sandbox) creating(open func(c *caller, b *body) *conversation) http.Handler {
	return s.writing(http.StatusCreated, func(c *caller, b *body) (answer, error) {
		opened := open(c, b)
		if err := b.err(); err != nil {
			return answer{}, err
		}
		return s.committed(opened, changedConversation{opened.ID})
	})
}

// writing makes a handler for an operation that takes a body. It runs under the write lock.
func (s *Sandbox) writing(status int, answerCall func(c *caller, b *body) (answer, error)) http.Handler {
	return s.admitted(func(w http.ResponseWriter, r *http.Request, c *caller) {
		b, err := readBody(r)
		if err != nil {
			writeFailure(w, err)
			return
		}
		s.store.mu.Lock()
		a, err := answerCall(c, b)
		s.store.mu.Unlock()
		if err != nil {
			writeFailure(w, err)
			return
		}
		maps.Copy(w.Header(), a.header)
		write(w, status, a.contentType, a.raw)
	})
}

// committed makes a version of a conversation the newest, and answers with the event that shows it.
func (s *Sandbox) committed(conv *conversation, result any) (answer, error) {
	raw, err := encode(result)
	if err != nil {
		return answer{}, err
	}
	number, due := s.events.append(time.Now())
	conv.visibleAt = due
	s.store.replace(conv, time.Now())
	header := http.Header{}
	header.Set("Etag", strconv.FormatUint(number, 10))
	return answer{raw: raw, contentType: "application/json", header: header}, nil
}

// readBody reads a JSON object. None at all is an empty one.
func readBody(r *http.Request) (*body, error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1)) //nolint:forbidigo // bounded
	if err != nil {
		return nil, errStopped
	}
	b := &body{request: r}
	if len(bytes.TrimSpace(text)) == 0 {
		return b, nil
	}
	if len(text) > maxBody || json.Unmarshal(text, &b.members) != nil {
		return nil, errNotJSON
	}
	return b, nil
}
