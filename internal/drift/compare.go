package drift

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Compare returns the differences between a document and what the gateway reads and sends in a version of the API.
func Compare(manifest Manifest, d *Document, version string) []Finding {
	c := &comparison{document: d, prefix: "/" + version}
	used := map[string]bool{}
	for _, route := range manifest.Routes {
		method, path, _ := strings.Cut(route.Name, " ")
		found := d.match(method, c.prefix+path)
		used[method+" "+found] = true
		c.route = method + " " + c.prefix + path
		if found == "" {
			c.routeIsGone(method, path)
			continue
		}
		c.operation(route, d.operation(method, found))
	}
	c.newOperations(used)
	return grouped(c.findings)
}

// comparison collects the differences of one document.
type comparison struct {
	document *Document
	prefix   string // of paths, such as "/v2"
	route    string // that is compared
	findings []Finding
}

// add adds a finding. subject is empty if the finding is about its place.
func (c *comparison) add(kind Kind, path, subject, problem, effect string, fields ...string) {
	place := strings.TrimSpace(c.route + " " + path)
	c.findings = append(c.findings, Finding{
		Kind: kind, Subject: cmp.Or(subject, place), Places: []string{place}, Fields: fields, Problem: problem, Effect: effect,
	})
}

// routeIsGone adds the loss of a route, and the path that has its end, because mStudio has moved paths before.
func (c *comparison) routeIsGone(method, path string) {
	problem := "the endpoint is gone"
	for _, candidate := range slices.Sorted(maps.Keys(c.document.paths)) {
		_, rest, _ := strings.Cut(strings.TrimPrefix(candidate, "/"), "/")
		if _, ok := similar(path, "/"+rest); ok && c.document.operation(method, candidate) != nil {
			problem = "the endpoint is gone, and now at " + candidate
			break
		}
	}
	c.add(Lost, "", "", problem, "its fields fail")
}

// operation compares an endpoint.
func (c *comparison) operation(route Route, o *operation) {
	if o.Deprecated {
		c.add(Deprecated, "", "", "the endpoint is deprecated", "")
	}
	c.request(route, o)
	response := c.document.response(o)
	c.headers(route, response)
	if len(route.Reads) == 0 {
		return
	}
	body := response.json()
	if body == nil {
		c.add(Lost, "", "", "the response is no JSON", "its fields fail")
		return
	}
	c.read(places(route.Reads), "", c.document.shapes([]*schema{body}))
}

func (c *comparison) headers(route Route, response content) {
	for _, header := range route.Headers {
		isThere := false
		for name := range response.Headers {
			isThere = isThere || "header "+strings.ToLower(name) == strings.ToLower(header.Path)
		}
		if !isThere {
			c.add(Lost, header.Path, strings.Join(header.Fields, ", "), "the header is gone", header.Absent, header.Fields...)
		}
	}
}

// newOperations adds operations on conversations that the gateway does not use. It ignores all others.
func (c *comparison) newOperations(used map[string]bool) {
	for _, path := range slices.Sorted(maps.Keys(c.document.paths)) {
		if !strings.Contains(path, "conversation") {
			continue
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if c.document.operation(method, path) == nil || used[method+" "+path] {
				continue
			}
			c.route = method + " " + path
			problem := "an endpoint that the gateway does not use"
			if !strings.HasPrefix(path, c.prefix+"/") {
				problem = "an endpoint of another version or prefix"
			}
			c.add(New, "", "", problem, "")
		}
	}
}

// read compares a place of a response.
func (c *comparison) read(at *place, path string, shapes []shape) {
	if !c.kinds(at, path, shapes) {
		return
	}
	c.values(at, path, shapes)
	if len(at.variants) > 0 {
		c.variants(at, path, shapes)
	}
	for _, step := range []string{element, anyName} {
		if child, ok := at.members[step]; ok {
			if found, ok := c.document.below(shapes, step); ok {
				c.read(child, below(path, step), found)
			}
		}
	}
	c.members(at, path, shapes)
}

// kinds reports whether the kinds of a value can be read, and adds a loss otherwise. It returns false for a value of any kind as
// well, because nothing more is known about it.
func (c *comparison) kinds(at *place, path string, shapes []shape) bool {
	kinds, known := kindsOf(shapes), at.kinds()
	if len(kinds) == 0 {
		return false
	}
	unread := slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return slices.Contains(known, kind) })
	if len(unread) > 0 {
		c.lose(at, path, fmt.Sprintf("%s instead of %s", strings.Join(unread, " or "), strings.Join(known, " or ")))
	}
	return len(unread) < len(kinds)
}

// kinds returns the JSON kinds that are read.
func (p *place) kinds() []string {
	if len(p.member.Kinds) > 0 {
		return p.member.Kinds
	}
	if _, isArray := p.members[element]; isArray {
		return []string{"array"}
	}
	return []string{"object"}
}

// lose adds the loss of a place.
func (c *comparison) lose(at *place, path, problem string) {
	effect := at.member.Absent
	if path == "" {
		effect = "its fields fail"
	}
	c.add(Lost, path, strings.Join(at.member.Fields, ", "), problem, effect, at.fields()...)
}

// fields returns the coordinates of a place, or of everything below a place without one.
func (p *place) fields() []string {
	fields := p.member.Fields
	if len(fields) > 0 {
		return fields
	}
	for _, children := range []map[string]*place{p.members, p.variants} {
		for _, name := range slices.Sorted(maps.Keys(children)) {
			fields = union(fields, children[name].fields())
		}
	}
	return fields
}

// members compares the members of an object.
func (c *comparison) members(at *place, path string, shapes []shape) {
	lost, added := c.lostMembers(at, shapes), newMembers(at, shapes)
	for _, name := range slices.Sorted(maps.Keys(at.members)) {
		child, childPath := at.members[name], below(path, name)
		switch {
		case slices.Contains(lost, name):
			problem := "the member is gone"
			if len(lost) == 1 && len(added) == 1 && c.isAlike(child, shapes, added[0]) {
				problem += ", perhaps renamed to " + added[0]
			}
			c.lose(child, childPath, problem)
		case name != element && name != anyName:
			found, _ := c.document.below(shapes, name)
			if slices.ContainsFunc(found, func(s shape) bool { return s.deprecated }) {
				c.add(Deprecated, childPath, strings.Join(child.member.Fields, ", "), "the member is deprecated", "", child.fields()...)
			}
			c.read(child, childPath, found)
		}
	}
	for _, name := range added {
		c.unreadMember(at, path, name)
	}
}

// unreadMember adds a member of an object that the gateway does not read.
func (c *comparison) unreadMember(at *place, path, name string) {
	subject := ""
	if owner := at.owner(); owner != "" {
		subject = owner + "." + name
	}
	c.add(New, below(path, name), subject, "a member that the gateway does not read", "")
}

// isAlike reports whether a new member may have the values of a lost one.
func (c *comparison) isAlike(lost *place, shapes []shape, added string) bool {
	found, _ := c.document.below(shapes, added)
	hasValues := valuesOf(found) != nil
	return hasValues == (len(lost.member.Values) > 0) &&
		!slices.ContainsFunc(kindsOf(found), func(kind string) bool { return !slices.Contains(lost.kinds(), kind) })
}

// lostMembers returns the members that no alternative of an object has.
func (c *comparison) lostMembers(at *place, shapes []shape) []string {
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(at.members)) {
		if _, ok := c.document.below(shapes, name); !ok {
			lost = append(lost, name)
		}
	}
	return lost
}

// newMembers returns the members of an object that are not read. It returns none if nothing of the object is read.
func newMembers(at *place, shapes []shape) []string {
	var added []string
	for _, s := range shapes {
		for name := range s.members {
			if _, ok := at.members[name]; !ok && isObject(at) {
				added = union(added, []string{name})
			}
		}
	}
	slices.Sort(added)
	return added
}

// isObject reports whether members of a place are read by their names.
func isObject(at *place) bool {
	_, isArray := at.members[element]
	_, isMap := at.members[anyName]
	return len(at.members) > 0 && !isArray && !isMap
}

// values compares the values of an enum or of a tag with the known ones.
func (c *comparison) values(at *place, path string, shapes []shape) {
	known := at.member.Values
	if len(known) == 0 {
		return
	}
	sent, fold := valuesOf(shapes), strings.Clone
	if at.member.Tag != "" {
		sent, fold = c.tags(at, shapes), strings.ToLower
	}
	if sent == nil {
		return
	}
	subject := cmp.Or(strings.Join(at.member.Fields, ", "), c.route+" "+path)
	for _, value := range difference(sent, known, fold) {
		c.add(Unknown, path, subject+"="+value, "a new value", unknownEffect(at.member.Tag != ""), at.member.Fields...)
	}
	for _, value := range difference(known, sent, fold) {
		c.add(Lost, path, subject+"="+value, "the value is gone", "", at.member.Fields...)
	}
}

func unknownEffect(isTag bool) string {
	if isTag {
		return "clients get an Unknown… type"
	}
	return "clients get UNKNOWN"
}

// difference returns the elements of list that others lacks. It compares their folded forms.
func difference(list, others []string, fold func(string) string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(value string) bool {
		return slices.ContainsFunc(others, func(other string) bool { return fold(other) == fold(value) })
	})
}

// tags returns the combinations of the values of the members that a tag consists of, nil if they may have any value.
func (c *comparison) tags(at *place, shapes []shape) []string {
	var tags []string
	for _, s := range shapes {
		combined := []string{""}
		for name := range strings.SplitSeq(at.member.Tag, "/") {
			found, _ := c.document.below([]shape{s}, name)
			values := valuesOf(found)
			if values == nil {
				return nil
			}
			var longer []string
			for _, start := range combined {
				for _, value := range values {
					longer = append(longer, strings.TrimPrefix(start+"/"+value, "/"))
				}
			}
			combined = longer
		}
		tags = union(tags, combined)
	}
	return tags
}

// variants compares the alternatives of an object that a member distinguishes, each with those of the same value.
func (c *comparison) variants(at *place, path string, shapes []shape) {
	byValue := map[string][]shape{}
	for _, s := range shapes {
		found, _ := c.document.below([]shape{s}, at.tag)
		for _, value := range valuesOf(found) {
			byValue[value] = append(byValue[value], s)
		}
	}
	if len(byValue) == 0 {
		c.add(Lost, path, "", "nothing tells the types apart: "+at.tag+" has no fixed values", "clients get an Unknown… type", at.fields()...)
		return
	}
	for _, value := range slices.Sorted(maps.Keys(byValue)) {
		if at.variants[value] == nil {
			c.add(Unknown, below(path, at.tag), c.route+" "+below(path, at.tag)+"="+value, "a new type", "clients get an Unknown… type")
		}
	}
	for _, value := range slices.Sorted(maps.Keys(at.variants)) {
		variant, variantPath := at.variants[value], path+"<"+at.tag+"="+value+">"
		if byValue[value] == nil {
			c.lose(variant, variantPath, "the type is gone")
			continue
		}
		c.members(variant, variantPath, byValue[value])
	}
}
