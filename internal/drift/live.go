package drift

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Live collects the differences that responses show. It keeps names of members, and no values but those of enums.
type Live struct {
	comparison

	manifest Manifest
	skipped  []string
}

// NewLive returns a Live for a version of the API.
func NewLive(manifest Manifest, version string) *Live {
	return &Live{comparison: comparison{prefix: "/" + version}, manifest: manifest}
}

// Report returns the differences so far that are not ignored.
func (l *Live) Report(ignored Ignored) Report {
	report := NewReport(grouped(l.findings), ignored)
	report.Unread = l.skipped
	return report
}

// Skip records that an endpoint was not read.
func (l *Live) Skip(path, reason string) {
	l.at(path)
	l.skipped = append(l.skipped, l.route+": "+reason)
}

// Notice is a difference that the client has noticed in a response.
type Notice struct {
	// Kind is the kind label of the metric upstream_drift_total.
	Kind string
	// Route is the path of the endpoint without the version.
	Route string
	// Field is a coordinate of the schema, or the name of a header; "" for a whole document.
	Field string
	// Value is an unknown value or type, or what stands for it.
	Value string
}

// Add adds a difference at all places with its name, because the client notes only the name.
func (l *Live) Add(n Notice) {
	found := l.at(n.Route).noted(n.Field)
	kind, problem, effect, value := Lost, noticed(n.Kind), found.effect(), ""
	if n.Kind == "value" || n.Kind == "tag" {
		isType := found.nameTags() || n.Kind == "tag"
		kind, problem, effect, value = Unknown, "a new value", unknownEffect(isType), "="+n.Value
		if isType {
			problem = "a new type"
		}
	}
	subject := cmp.Or(strings.Join(found.fields, ", "), strings.TrimSpace(l.route+" "+found.paths[0]))
	for _, path := range found.paths {
		l.add(kind, path, subject+value, problem, effect, found.fields...)
	}
}

// noted is the meaning of a name in a notice.
type noted struct {
	paths   []string // the places in mStudio's API
	fields  []string // the coordinates of the schema that show them
	effects []string // the results for clients
}

// noted returns the outermost members that have a name in notices. The name "" stands for the whole response.
func (r Route) noted(name string) (found noted) {
	if name == "" {
		return noted{paths: []string{""}, effects: []string{"its fields fail"}}
	}
	for _, member := range slices.Concat(r.Headers, r.Reads) {
		isInside := slices.ContainsFunc(found.paths, func(path string) bool { return strings.HasPrefix(member.Path, path) })
		if isInside || !slices.Contains(member.Notes, name) {
			continue
		}
		found.paths = append(found.paths, member.Path)
		found.fields = union(found.fields, member.Fields)
		if member.Absent != "" {
			found.effects = union(found.effects, []string{member.Absent})
		}
	}
	if len(found.paths) == 0 {
		found.paths = []string{name}
	}
	return found
}

// nameTags replaces the alternatives of an object by the member that tells them apart: "[]<type=MESSAGE>" by "[].type". It
// reports whether there are any.
func (n *noted) nameTags() (found bool) {
	for i, path := range n.paths {
		if strings.HasSuffix(path, ">") {
			object, alternative := path[:strings.LastIndex(path, "<")], path[strings.LastIndex(path, "<")+1:]
			tag, _, _ := strings.Cut(alternative, "=")
			n.paths[i], found = below(object, tag), true
		}
	}
	return found
}

// effect describes the results for clients.
func (n noted) effect() string {
	return cmp.Or(strings.Join(n.effects, ", or "), "clients see no difference")
}

// noticed describes a kind of difference.
func noticed(kind string) string {
	switch kind {
	case "missing":
		return "a response lacks it, though mStudio requires it"
	case "type":
		return "a value of another JSON kind"
	case "date":
		return "a time that cannot be read"
	case "element":
		return "an element that cannot be read"
	case "row":
		return "a row that cannot be read"
	case "media":
		return "the response is no JSON"
	case "id":
		return "an object without an ID"
	}
	return "the response cannot be read"
}

// at makes a route the one that findings are about.
func (l *Live) at(path string) Route {
	l.route = "GET " + l.prefix + path
	for _, route := range l.manifest.Routes {
		if route.Name == "GET "+path {
			return route
		}
	}
	return Route{}
}

// Gone adds the loss of an endpoint.
func (l *Live) Gone(path string) {
	l.at(path)
	l.add(Lost, "", "", "the endpoint is gone", "its fields fail")
}

// Read adds the members of a response that the gateway does not read.
func (l *Live) Read(path string, body []byte) {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return // the client has noticed it
	}
	root := places(l.at(path).Reads)
	l.unread(root, "", value)
	l.findings = grouped(l.findings) // a list has the same members in each row
}

// unread adds the members below a place that are not read.
func (l *Live) unread(at *place, path string, value any) {
	switch value := value.(type) {
	case []any:
		if child := at.members[element]; child != nil {
			for _, row := range value {
				l.unread(child, below(path, element), row)
			}
		}
	case map[string]any:
		if len(at.variants) > 0 {
			step := fmt.Sprintf("<%s=%v>", at.tag, value[at.tag])
			at, path = at.variants[fmt.Sprint(value[at.tag])], below(path, step)
		}
		if at != nil && isObject(at) {
			l.unreadMembers(at, path, value)
		}
	}
}

func (l *Live) unreadMembers(at *place, path string, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch child, isRead := at.members[name]; {
		case isRead:
			l.unread(child, below(path, name), object[name])
		case isName(name):
			l.unreadMember(at, path, name)
		default:
			l.unreadMember(at, path, "other")
		}
	}
}

// maxName is the maximum length of a name that a report shows. Longer names may be keys, such as IDs.
const maxName = 40

// isName reports whether a text is a name as mStudio's members have. Others may be keys of a map, such as addresses or IDs.
func isName(text string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
	return len(text) <= maxName && strings.Trim(strings.TrimRight(text, "0123456789"), letters) == ""
}
