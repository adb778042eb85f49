package upstream

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Control paths are not part of the API. They are not counted and have no latency.
const (
	// CallsPath returns the number of calls since the previous request to it.
	CallsPath = "/bench/calls"
	// LatencyPath sets the latency of all further calls, for example ?value=20ms.
	LatencyPath = "/bench/latency"
)

// Server is the upstream.
type Server struct {
	data    *data
	mux     *http.ServeMux
	calls   atomic.Int64
	latency atomic.Int64 // of type time.Duration
	lists   sync.Map     // listKey → []byte
}

// listKey identifies a range of the list.
type listKey struct{ start, end int }

// New returns an upstream with this many conversations.
func New(conversations int) (*Server, error) {
	loaded, err := load(conversations)
	if err != nil {
		return nil, err
	}
	s := &Server{data: loaded, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET "+CallsPath, s.takeCalls)
	s.mux.HandleFunc("POST "+LatencyPath, s.setLatency)
	s.mux.HandleFunc("GET /v2/conversations", s.api(s.list))
	s.mux.HandleFunc("GET /v2/conversations/{id}", s.api(s.one(func(e *entry) []byte { return e.row })))
	s.mux.HandleFunc("GET /v2/conversations/{id}/messages", s.api(s.one(func(e *entry) []byte { return e.messages })))
	s.mux.HandleFunc("GET /v2/conversations/{id}/members", s.api(s.one(func(e *entry) []byte { return e.members })))
	s.mux.HandleFunc("GET /v2/users/self", s.api(func(w http.ResponseWriter, _ *http.Request) { send(w, s.data.self) }))
	s.mux.HandleFunc("GET /v2/conversation-categories", s.api(func(w http.ResponseWriter, _ *http.Request) { send(w, s.data.categories) }))
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// IDs returns the first conversations of the list.
func (s *Server) IDs(count int) []string {
	var ids []string
	for _, e := range s.data.entries[:min(count, len(s.data.entries))] {
		ids = append(ids, e.id)
	}
	return ids
}

// api counts a call and waits for the latency.
func (s *Server) api(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		if latency := time.Duration(s.latency.Load()); latency > 0 {
			timer := time.NewTimer(latency)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			}
		}
		next(w, r)
	}
}

func (s *Server) takeCalls(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(strconv.FormatInt(s.calls.Swap(0), 10)))
}

func (s *Server) setLatency(w http.ResponseWriter, r *http.Request) {
	latency, err := time.ParseDuration(r.FormValue("value"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.latency.Store(int64(latency))
}

func send(w http.ResponseWriter, body []byte) {
	header := w.Header()
	header["Content-Type"] = []string{"application/json"}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	header["X-Ratelimit-Limit"] = []string{"100000"}
	header["X-Ratelimit-Remaining"] = []string{"99999"}
	header["X-Ratelimit-Reset"] = []string{"60"}
	_, _ = w.Write(body)
}

func (s *Server) one(part func(*entry) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		e, found := s.data.byID[r.PathValue("id")]
		if !found {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"type":"ResourceNotFound","message":"not found"}`))
			return
		}
		send(w, part(e))
	}
}

const defaultLimit = 100

// list returns rows in a fixed order. A search for p0, p1 and so on returns the 100 conversations of that page, so that
// a simple query can select more than one page.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	from, to := 0, len(s.data.entries)
	if name, found := strings.CutPrefix(query.Get("fullTextSearch"), "p"); found {
		page := number(name, 0)
		from = min(page*defaultLimit, to)
		to = min(from+defaultLimit, to)
	}
	limit, skip := number(query.Get("limit"), defaultLimit), number(query.Get("skip"), 0)
	start := min(from+skip, to)
	header := w.Header()
	header["X-Pagination-Limit"] = []string{strconv.Itoa(limit)}
	header["X-Pagination-Skip"] = []string{strconv.Itoa(skip)}
	header["X-Pagination-Page"] = []string{strconv.Itoa(skip/max(limit, 1) + 1)}
	header["X-Pagination-Totalcount"] = []string{strconv.Itoa(to - from)}
	send(w, s.rows(listKey{start, min(start+limit, to)}))
}

func number(text string, fallback int) int {
	if value, err := strconv.Atoi(text); err == nil && value >= 0 {
		return value
	}
	return fallback
}

// rows returns a range of the list. It encodes each range once.
func (s *Server) rows(key listKey) []byte {
	if known, ok := s.lists.Load(key); ok {
		joined, _ := known.([]byte)
		return joined
	}
	var rows [][]byte
	for _, e := range s.data.entries[key.start:key.end] {
		rows = append(rows, e.row)
	}
	joined := []byte("[" + string(bytes.Join(rows, []byte(","))) + "]")
	s.lists.Store(key, joined)
	return joined
}
