package live

import (
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/watcher"
)

// Serve writes the results of a subscription until source or the stream ends, and closes source and place. mediaType is a
// stream type of [httpapi.Negotiate]. Serve takes over the connection if it can, and then returns before the stream ends.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, mediaType string, place *Place, source Source) {
	framing, _ := httpapi.FramingOf(mediaType)
	transport := "sse"
	if mediaType == httpapi.MediaParts {
		transport = "multipart"
	}
	stream := &stream{
		place: place, source: source, framing: framing, ping: s.config.StreamPing, timeout: s.config.StreamWriteTimeout,
		ended: telemetry.Detach(r, http.StatusOK, transport),
	}
	httpapi.SetStreamHeader(w.Header(), framing)
	if conn := takeOver(w, r); conn != nil {
		limitSilence(conn.Conn, 2*s.config.StreamPing)
		stream.start(conn)
		go stream.read(conn)
		return
	}
	held := hold(w)
	stream.start(held)
	select {
	case <-held.done:
	case <-r.Context().Done():
		stream.cut(ReasonClient)
		<-held.done
	}
	if !held.complete {
		panic(http.ErrAbortHandler) // so that the response does not look complete
	}
}

// stream is one subscription over HTTP. A goroutine writes only while there is something to write.
type stream struct {
	place         *Place
	source        Source
	framing       httpapi.Framing
	body          body
	ping, timeout time.Duration
	ended         func(telemetry.Stream)

	mu      sync.Mutex
	due     due
	writing bool // a goroutine writes, or the stream has ended

	// The goroutine that writes owns these fields.
	heartbeat *time.Timer
	events    int
	bytes     int64
}

// due is what there is to write.
type due struct {
	begin, results, heartbeat bool
	cut                       Reason // the stream must end
}

// body is the body of a stream's response.
type body interface {
	// write sends a piece. It fails if the client does not accept it in time.
	write(piece []byte, timeout time.Duration) error
	// close ends the response. Without complete, it must not look complete.
	close(complete bool)
}

func (s *stream) start(to body) {
	s.body = to
	s.mu.Lock() // the timer may fire at once
	s.heartbeat = time.AfterFunc(s.ping, func() { s.wake(due{heartbeat: true}) })
	s.mu.Unlock()
	s.wake(due{begin: true})
	s.source.Notify(func() { s.wake(due{results: true}) })
	s.place.OnEnd(s.cut)
}

// cut ends the stream without its regular end.
func (s *stream) cut(reason Reason) { s.wake(due{cut: reason}) }

func (s *stream) wake(more due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due.begin = s.due.begin || more.begin
	s.due.results = s.due.results || more.results
	s.due.heartbeat = s.due.heartbeat || more.heartbeat
	if s.due.cut == "" {
		s.due.cut = more.cut
	}
	if !s.writing {
		s.writing = true
		go s.write()
	}
}

// write writes what is due, until nothing is or the stream has ended.
func (s *stream) write() {
	for {
		next := s.take()
		if next == (due{}) {
			return
		}
		reason, err := s.perform(next)
		if err != nil {
			reason = reasonOf(err)
		}
		if reason != "" {
			s.end(reason)
			return
		}
	}
}

func (s *stream) take() (next due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, s.due = s.due, due{}
	s.writing = next != (due{})
	return next
}

// perform returns why the stream has ended, or "".
func (s *stream) perform(next due) (reason Reason, err error) {
	if next.begin {
		err = s.send(s.framing.Begin, nil, "")
	}
	if next.results && err == nil {
		reason, err = s.writeResults()
	}
	if next.heartbeat && err == nil && reason == "" {
		err = s.send(s.framing.Heartbeat, nil, "")
	}
	if reason == "" {
		reason = next.cut
	}
	s.heartbeat.Reset(s.ping)
	return reason, err
}

// writeResults writes results until none waits, so that the source can release those that are written.
func (s *stream) writeResults() (Reason, error) {
	for {
		results, end := s.source.Take()
		for _, result := range results {
			if err := s.send(s.framing.Before, result, s.framing.After); err != nil {
				return "", err
			}
			s.events++
		}
		if end != nil {
			return s.writeEnd(end)
		}
		if len(results) == 0 {
			return "", nil
		}
	}
}

func (s *stream) writeEnd(end *watcher.End) (reason Reason, err error) {
	reason = ReasonComplete
	if end.Unauthenticated {
		reason = ReasonUnauthenticated
	}
	if end.Errors != nil {
		err = s.send(s.framing.FailedBefore, end.Errors, s.framing.FailedAfter)
	}
	if err == nil {
		err = s.send(s.framing.End, nil, "")
	}
	return reason, err
}

// send writes a piece of the response.
func (s *stream) send(before string, result []byte, after string) error {
	piece := make([]byte, 0, len(before)+len(result)+len(after))
	piece = append(append(append(piece, before...), result...), after...)
	s.bytes += int64(len(piece))
	return s.body.write(piece, s.timeout)
}

func reasonOf(err error) Reason {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ReasonSlow
	}
	return ReasonClient
}

// end ends the stream. Nothing is written afterwards, because writing stays true.
func (s *stream) end(reason Reason) {
	s.heartbeat.Stop()
	s.source.Close()
	s.body.close(reason == ReasonComplete || reason == ReasonUnauthenticated)
	s.ended(telemetry.Stream{Reason: string(reason), Events: s.events, Bytes: s.bytes})
	s.place.Leave()
}
