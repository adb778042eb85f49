package drift_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/internal/drift"
	"mstudio-graphql/rest"
)

// outcome is what the client makes of a response.
type outcome struct {
	value   any
	failed  bool
	unknown map[string]string // where it reported which value as unknown
	odd     map[string]bool   // where it reported a value of another kind
	notices []rest.Drift      // all that it reported
}

func (o outcome) equals(other outcome) bool {
	return o.failed == other.failed && (o.failed || reflect.DeepEqual(o.value, other.value)) //nolint:forbidigo // most differ, and the results have unexported fields
}

func (o *outcome) note(d rest.Drift) {
	d.Value = strings.Clone(d.Value)
	o.notices = append(o.notices, d)
	switch d.Kind {
	case rest.DriftValue, rest.DriftTag:
		o.unknown[d.Value] = d.Field
	case rest.DriftType, rest.DriftDate, rest.DriftElement, rest.DriftRow:
		o.odd[d.Field] = true
	case rest.DriftMissing, rest.DriftDocument, rest.DriftMedia, rest.DriftID:
	}
}

// isRefused reports whether the client has reported a value of another kind at a place where it did not without it.
func (o outcome) isRefused(without outcome) bool {
	for place := range o.odd {
		if !without.odd[place] {
			return true
		}
	}
	return false
}

// noted returns the names that the client has reported because of a value. In an object or array that replaces another value, it
// also reports what is inside.
func (o outcome) noted(base outcome, hasInside bool) (names []string) {
	for _, d := range o.notices {
		inside := hasInside && !slices.Contains([]rest.DriftKind{rest.DriftType, rest.DriftDate, rest.DriftElement, rest.DriftRow}, d.Kind)
		if !inside && d.Field != "" && !slices.Contains(base.notices, d) {
			names = append(names, d.Field)
		}
	}
	return names
}

// run makes a call that is answered with a document.
func (p *probe) run(t *testing.T, e endpoint, document any, header string) outcome {
	t.Helper()
	p.mu.Lock()
	p.response, p.header = encode(t, document), header
	p.mu.Unlock()
	got := outcome{unknown: map[string]string{}, odd: map[string]bool{}}
	ctx := rest.WithTrace(t.Context(), &rest.Trace{Drift: got.note})
	value, err := e.calls[0](ctx, p.client)
	got.value, got.failed = value, err != nil
	for _, d := range got.notices {
		if "GET "+d.Route == e.route {
			p.notices[drift.Notice{Kind: string(d.Kind), Route: d.Route, Field: d.Field, Value: "v"}] = true
		}
	}
	return got
}

// route derives the part of the manifest for an endpoint.
func (p *probe) route(t *testing.T, e endpoint) drift.Route {
	t.Helper()
	p.routes = append(p.routes, strings.SplitN(e.route, " ", 2)[1])
	slices.Sort(p.routes)
	p.routes = slices.Compact(p.routes)
	route := drift.Route{Name: e.route}
	p.mu.Lock()
	p.requests, p.bodies = nil, nil
	p.mu.Unlock()
	for _, call := range e.calls {
		p.answer(t, e)
		_, _ = call(t.Context(), p.client)
	}
	route.Parameters, route.Sends = p.sent(t)
	found := members{}
	for _, document := range p.documents[e.route] {
		if p.run(t, e, document, "").failed {
			t.Errorf("%s: the client cannot read its document", e.route)
			continue
		}
		s := &search{t: t, probe: p, endpoint: e, document: document, found: found}
		s.place(nil, "")
	}
	route.Headers = p.headers(t, e)
	route.Reads = found.sorted()
	return route
}

// headers returns the headers of an endpoint's response that the client reads.
func (p *probe) headers(t *testing.T, e endpoint) []drift.Member {
	t.Helper()
	found := members{}
	for _, document := range p.documents[e.route] {
		const header = "X-Pagination-Totalcount"
		with, without := p.run(t, e, document, header), p.run(t, e, document, "")
		if !with.equals(without) {
			member := found.add("header "+header, "string")
			member.Notes = without.noted(with, false)
			(&search{t: t, endpoint: e}).fields(member, with, without)
		}
	}
	return found.sorted()
}

// answer sets the response to the first document of an endpoint.
func (p *probe) answer(t *testing.T, e endpoint) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.response = "{}"
	if documents := p.documents[e.route]; len(documents) > 0 {
		p.response = encode(t, documents[0])
	}
}

// members holds what was found, by path.
type members map[string]*drift.Member

func (m members) sorted() (sorted []drift.Member) {
	for _, path := range slices.Sorted(maps.Keys(m)) {
		member := m[path]
		for _, list := range []*[]string{&member.Kinds, &member.Values, &member.Fields, &member.Notes} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		sorted = append(sorted, *member)
	}
	return sorted
}

// search finds what the client reads of a document, by changing it.
type search struct {
	t        *testing.T
	probe    *probe
	endpoint endpoint
	document any
	found    members
}

func (s *search) run(document any) outcome { return s.probe.run(s.t, s.endpoint, document, "") }

// samples returns values of each JSON kind. Several are needed where the client reads only some values of a kind.
func samples() map[string][]any {
	return map[string][]any{
		"string":  {"zz-drift", "2031-05-06T07:08:09Z", "true", someID},
		"number":  {7, 1_900_000_000},
		"boolean": {true, false},
		"object":  {map[string]any{}, map[string]any{"zz": 1}},
		"array":   {[]any{}, []any{"zz"}},
	}
}

// place searches the value at a pointer, which path describes.
func (s *search) place(pointer []any, path string) {
	value := at(s.document, pointer)
	if len(pointer) > 0 {
		s.value(pointer, path, value)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			s.place(append(slices.Clone(pointer), name), s.memberPath(path, name, value))
		}
		s.others(pointer, path, value)
	case []any:
		for i, row := range value {
			s.place(append(slices.Clone(pointer), i), path+"[]"+s.variant(path, row))
		}
	}
}

// variant returns the step for elements whose types a member tells apart.
func (s *search) variant(path string, row any) string {
	tag := ""
	switch {
	case strings.HasSuffix(s.endpoint.route, "/messages") && path == "":
		tag = "type"
	case strings.HasSuffix(path, ".files"):
		tag = "status"
	default:
		return ""
	}
	object, _ := row.(map[string]any)
	return fmt.Sprintf("<%s=%v>", tag, object[tag])
}

func (s *search) memberPath(path, name string, object map[string]any) string {
	if _, isMap := object["c"]; isMap && strings.HasSuffix(path, "Pairs") {
		name = "{}"
	}
	if path == "" || name == "{}" {
		return path + name
	}
	return path + "." + name
}

// value searches for what the client reads of one value, and adds it if it reads anything.
func (s *search) value(pointer []any, path string, value any) {
	without := s.run(changed(s.document, pointer, nil, true))
	base := s.run(s.document)
	kinds, isChecked, noted := []string{}, false, without.noted(base, false)
	for kind, samples := range samples() {
		for _, sample := range samples {
			got := s.run(changed(s.document, pointer, sample, false))
			noted = append(noted, got.noted(base, kind == "object" || kind == "array")...)
			if got.failed && !without.failed {
				isChecked = true
			} else if !got.equals(without) && !got.isRefused(without) {
				kinds = append(kinds, kind)
			}
		}
	}
	slices.Sort(kinds)
	if kinds = slices.Compact(kinds); !base.equals(without) || isChecked && len(kinds) == 0 {
		if kinds = append(kinds, kindOf(value)); len(slices.Compact(slices.Sorted(slices.Values(kinds)))) == len(samples()) {
			kinds = []string{kindOf(value)} // the client notices each kind, but reads only this one
		}
	}
	if len(kinds) == 0 {
		s.t.Errorf("%s: the client does not read %s", s.endpoint.route, path)
		return
	}
	member := s.found[path]
	if member == nil {
		member = &drift.Member{Path: path}
		s.found[path] = member
	}
	member.Kinds, member.Notes = append(member.Kinds, kinds...), append(member.Notes, noted...)
	s.fields(member, base, without)
	s.values(member, pointer, value)
}

// fields adds the coordinates of the fields that the value ends in, and what they are without it.
func (s *search) fields(member *drift.Member, base, without outcome) {
	if without.failed {
		member.Absent = "the fields of the call fail"
		return
	}
	for _, differing := range differing(base.value, without.value) {
		if differing.field == "User.Active" && strings.HasSuffix(s.endpoint.route, "/members") {
			differing.field = "ConversationMember.IsActive"
		}
		coordinate, absent := coordinateOf(s.t, differing.field)
		if coordinate != "" {
			member.Fields = append(member.Fields, coordinate)
		}
		member.Absent = cmp.Or(differing.left, absent, member.Absent)
	}
	if strings.HasSuffix(strings.Split(member.Path, "<")[strings.Count(member.Path, "<")], "[]") && member.Path != "[]" {
		member.Absent = "the element cannot be read"
	}
}

// values adds the values that the client knows, if it reports an unknown one.
func (s *search) values(member *drift.Member, pointer []any, value any) {
	switch value := value.(type) {
	case string:
		if strings.HasSuffix(member.Path, ".domain") || strings.HasSuffix(member.Path, ".aggregate") {
			return
		}
		reports := func(text string) string {
			return s.run(changed(s.document, pointer, text, false)).unknown[text]
		}
		if known := s.known(reports, "zz-drift"); !strings.Contains(member.Path, "="+value+">."+fmt.Sprint(pointer[len(pointer)-1])) {
			member.Values = append(member.Values, known...)
		} else if !slices.Equal(known, s.variants(member.Path)) {
			s.t.Errorf("%s: documents.json does not have an element of each type at %s: %v", s.endpoint.route, member.Path, known)
		}
	case map[string]any:
		if value["domain"] == nil || value["aggregate"] == nil {
			return
		}
		reports := func(text string) string {
			domain, aggregate, _ := strings.Cut(text, "/")
			reference := maps.Clone(value)
			reference["domain"], reference["aggregate"] = domain, aggregate
			return s.run(changed(s.document, pointer, reference, false)).unknown[text]
		}
		if member.Path == "[].reference" { // a notification may be about anything
			return
		}
		if known := s.known(reports, "zz/drift"); known != nil {
			member.Tag, member.Values = "domain/aggregate", append(member.Values, known...)
		}
	}
}

// known returns the constants of the client that it does not report as unknown, nil if it does not report odd either. reports
// returns where a value is reported.
func (s *search) known(reports func(string) string, odd string) []string {
	place := reports(odd)
	if place == "" {
		return nil
	}
	if known, ok := s.probe.known[place]; ok {
		return known
	}
	known := []string{}
	for _, literal := range s.probe.literals {
		if strings.Contains(literal, "/") == strings.Contains(odd, "/") && reports(literal) == "" {
			known = append(known, literal)
		}
	}
	s.probe.known[place] = known
	return known
}

// variants returns the values of the tag of a path for which the endpoint has documents.
func (s *search) variants(path string) (values []string) {
	start := path[:strings.LastIndex(path, "=")+1]
	for _, document := range s.probe.documents[s.endpoint.route] {
		s.names(document, "", func(path, _ string) {
			if end, ok := strings.CutPrefix(path, start); ok {
				value, _, _ := strings.Cut(end, ">")
				values = append(values, value)
			}
		})
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// names calls yield for each member of a document, with the path of its object.
func (s *search) names(value any, path string, yield func(path, name string)) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			yield(path, name)
			s.names(member, s.memberPath(path, name, value), yield)
		}
	case []any:
		for _, row := range value {
			s.names(row, path+"[]"+s.variant(path, row), yield)
		}
	}
}

// others fails the test if the client reads a member that the document lacks.
func (s *search) others(pointer []any, path string, object map[string]any) {
	if strings.HasSuffix(path, "Pairs") {
		return
	}
	seen := map[string]bool{}
	for _, document := range s.probe.documents[s.endpoint.route] {
		s.names(document, "", func(at, name string) { seen[name] = seen[name] || at == path })
	}
	base := s.run(s.document)
	for kind, samples := range samples() {
		for _, sample := range samples {
			with := maps.Clone(object)
			var names []string
			for _, name := range s.probe.vocabulary {
				if !seen[name] && !strings.HasSuffix(path, name+"[]") { // a type that contains itself
					with[name] = sample
					names = append(names, name)
				}
			}
			if !s.run(changed(s.document, pointer, with, false)).equals(base) {
				s.t.Errorf("%s: the client reads a member of %q as %s that documents.json lacks, one of %v", s.endpoint.route, path, kind, names)
				return
			}
		}
	}
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return "number"
}

// at returns the value at a pointer: names of members and indexes.
func at(value any, pointer []any) any {
	for _, key := range pointer {
		switch key := key.(type) {
		case string:
			value = value.(map[string]any)[key] //nolint:forcetypeassert // the pointer is of this document
		case int:
			value = value.([]any)[key] //nolint:forcetypeassert // the pointer is of this document
		}
	}
	return value
}

// changed returns a copy of a document with another value at a pointer, or without it.
func changed(value any, pointer []any, to any, isRemoved bool) any {
	if len(pointer) == 0 {
		return to
	}
	switch key := pointer[0].(type) {
	case string:
		object := maps.Clone(value.(map[string]any)) //nolint:forcetypeassert // the pointer is of this document
		if len(pointer) == 1 && isRemoved {
			delete(object, key)
		} else {
			object[key] = changed(object[key], pointer[1:], to, isRemoved)
		}
		return object
	case int:
		array := slices.Clone(value.([]any)) //nolint:forcetypeassert // the pointer is of this document
		if len(pointer) == 1 && isRemoved {
			return slices.Delete(array, key, key+1)
		}
		array[key] = changed(array[key], pointer[1:], to, isRemoved)
		return array
	}
	return value
}

// sent returns the parameters and the members of the bodies of the requests so far.
func (p *probe) sent(t *testing.T) (parameters, sends []drift.Member) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	query, body := members{}, members{}
	for i, r := range p.requests {
		for name, values := range r.URL.Query() {
			query.add(name, "string").Values = append(query.add(name, "string").Values, values...)
		}
		if r.Header.Get("Token") != "" {
			query.add("Token", "string")
		}
		var document any
		if json.Unmarshal([]byte(p.bodies[i]), &document) == nil {
			body.sent(document, "")
		}
	}
	for _, member := range query {
		if slices.ContainsFunc(member.Values, func(v string) bool { return v == "x" || v == someID || v == skipped || len(v) == 1 }) {
			member.Values = nil // any value
		}
	}
	body.markOptional(p.bodies)
	return query.sorted(), body.sorted()
}

func (m members) add(path, kind string) *drift.Member {
	if m[path] == nil {
		m[path] = &drift.Member{Path: path}
	}
	m[path].Kinds = append(m[path].Kinds, kind)
	return m[path]
}

// sent adds the members of a body.
func (m members) sent(value any, path string) {
	switch value := value.(type) {
	case map[string]any:
		if path != "" {
			member := m.add(path, "object")
			if domain, ok := value["domain"]; ok {
				member.Tag, member.Values = "domain/aggregate", append(member.Values, fmt.Sprint(domain, "/", value["aggregate"]))
			}
		}
		for name, below := range value {
			m.sent(below, strings.TrimPrefix(path+"."+name, "."))
		}
	case []any:
		m.add(path, "array")
		for _, element := range value {
			m.sent(element, path+"[]")
		}
	case string:
		member := m.add(path, "string")
		if strings.HasSuffix(path, "messageContent") {
			member.MaxLength = maxText
		} else if len(value) > 1 && value != someID && !strings.Contains(path, ".") {
			member.Values = append(member.Values, value)
		}
	}
}

// skipped is a number of rows to skip.
const skipped = "20"

// maxText is the maximum length of a message that the gateway accepts.
const maxText = 8000

// markOptional marks the members of the outermost object that a body lacks.
func (m members) markOptional(bodies []string) {
	for path, member := range m {
		for _, body := range bodies {
			member.Optional = member.Optional || !strings.ContainsAny(path, ".[") && !strings.Contains(body, strconv.Quote(path)+":")
		}
	}
}
