package sandbox

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
)

// parameters reads query parameters and collects validation errors.
type parameters struct {
	validation

	values url.Values
}

// count reads a non-negative integer, which may occur once.
func (p *parameters) count(name string, absent int) int {
	given, ok := p.values[name]
	if !ok {
		return absent
	}
	n, err := strconv.Atoi(given[0])
	if err != nil || len(given) > 1 {
		p.reject("."+name, "type", "should be integer", map[string]string{"type": "integer"})
	} else if n < 0 {
		p.reject("."+name, "minimum", "should be >= 0", map[string]string{"comparison": ">=", "limit": "0"})
	}
	return n
}

// enums reads a parameter that may occur more than once and has a closed set of values.
func (p *parameters) enums(name string, allowed ...string) []string {
	given := p.values[name]
	p.checkEnums(name, given, allowed)
	return given
}

// window is the part of a list that a request selects.
type window struct{ limit, skip int }

func (p *parameters) window(defaultLimit int) window {
	limit := p.count("limit", defaultLimit)
	return window{limit, p.skip(limit)}
}

// skip reads skip or page. Pages count from 1; page 0 is the first page as well.
func (p *parameters) skip(limit int) int {
	page := p.count("page", 1)
	if p.values.Has("skip") {
		return p.count("skip", 0)
	}
	if page <= 1 || limit <= 0 {
		return 0
	}
	if page-1 > math.MaxInt/limit {
		return math.MaxInt
	}
	return (page - 1) * limit
}

// response returns the rows in the window, with the headers of paging.
func (w window) response(all []any) response {
	rest := all[min(w.skip, len(all)):]
	rows := make([]any, min(w.limit, len(rest)))
	copy(rows, rest)
	h := make(http.Header)
	h.Set("X-Pagination-Limit", strconv.Itoa(w.limit))
	h.Set("X-Pagination-Skip", strconv.Itoa(w.skip))
	h.Set("X-Pagination-Page", strconv.Itoa(w.page()))
	h.Set("X-Pagination-TotalCount", strconv.Itoa(len(all)))
	return response{header: h, body: rows}
}

// page returns the number of the page that starts after the skipped rows, counted from 1.
func (w window) page() int {
	if w.limit == 0 {
		return 1
	}
	return w.skip/w.limit + 1
}
