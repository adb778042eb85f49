// Package drift compares an OpenAPI document of mStudio with what the gateway reads and sends.
//
// It works on the shapes that a document describes, not on its text: a schema that moves, or whose allOf and oneOf are
// rearranged, is no difference.
package drift

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

//go:embed manifest.json
var manifestFile []byte

// Manifest lists what the gateway reads and sends. A test derives manifest.json from the client.
type Manifest struct {
	Routes []Route `json:"routes"`
}

// Route is one endpoint of mStudio that the gateway calls.
type Route struct {
	// Name is the method and the path without the version, such as "GET /conversations".
	Name string `json:"route"`
	// Headers lists the response headers that are read. The path of each is "header " and its name.
	Headers []Member `json:"headers,omitempty"`
	// Reads lists the members of the response that are read.
	Reads []Member `json:"reads,omitempty"`
	// Parameters lists the parameters that are sent, other than those in the path. The path of each is its name.
	Parameters []Member `json:"parameters,omitempty"`
	// Sends lists the members of the request that are sent.
	Sends []Member `json:"sends,omitempty"`
}

// Member is a value in a JSON document.
type Member struct {
	// Path is the place of the value, such as "[].createdBy.clearName". An element of an array is "[]", any member of a map
	// is "{}". "<type=MESSAGE>" limits the objects before it to those with this value of a member.
	Path string `json:"path"`
	// Kinds lists the JSON kinds that are read, or the kind that is sent.
	Kinds []string `json:"kinds"`
	// Tag names the members whose values together define the type of an object, such as "domain/aggregate".
	Tag string `json:"tag,omitempty"`
	// Values lists the known values of an enum, or of Tag without regard to case. Nil means that any value is read.
	Values []string `json:"values,omitempty"`
	// Fields lists the coordinates in the GraphQL schema that the value is shown in.
	Fields []string `json:"fields,omitempty"`
	// Notes lists the names by which the client reports that the value is absent or cannot be read.
	Notes []string `json:"notes,omitempty"`
	// Absent describes the result for clients if the value is absent.
	Absent string `json:"absent,omitempty"`
	// Optional reports whether requests may lack the value.
	Optional bool `json:"optional,omitempty"`
	// MaxLength is the maximum length of a text that is sent, 0 without a maximum.
	MaxLength int `json:"maxLength,omitempty"`
}

// ReadManifest returns the manifest of this program.
func ReadManifest() (Manifest, error) {
	var manifest Manifest
	err := json.Unmarshal(manifestFile, &manifest)
	return manifest, err
}

// place is a place in the documents of a route, and what of it is known.
type place struct {
	member   Member
	members  map[string]*place
	variants map[string]*place // by the value of tag
	tag      string
}

// The names of the members of a place that stand for the elements of an array and for the values of a map.
const (
	element = "[]"
	anyName = "{}"
)

// places returns the tree of the members' paths.
func places(members []Member) *place {
	root := &place{}
	for _, member := range members {
		at := root
		for _, step := range steps(member.Path) {
			at = at.child(step)
		}
		at.member = member
	}
	return root
}

// steps splits a path: "[]<type=MESSAGE>.files[]" is "[]", "<type=MESSAGE>", "files", "[]".
func steps(path string) []string {
	path = strings.NewReplacer(element, "\x00"+element, anyName, "\x00"+anyName, "<", "\x00<", ">.", ">\x00", ">[", ">\x00[").Replace(path)
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == 0 })
}

// child returns the place one step below, and creates it if necessary.
func (p *place) child(step string) *place {
	in, name := &p.members, step
	if tag, isVariant := strings.CutPrefix(step, "<"); isVariant {
		p.tag, name, _ = strings.Cut(strings.TrimSuffix(tag, ">"), "=")
		in = &p.variants
	}
	if *in == nil {
		*in = map[string]*place{}
	}
	if (*in)[name] == nil {
		(*in)[name] = &place{}
	}
	return (*in)[name]
}

// owner returns the GraphQL type that most members of an object belong to, "" without one.
func (p *place) owner() string {
	count, owner := map[string]int{}, ""
	for _, name := range slices.Sorted(maps.Keys(p.members)) {
		for _, field := range p.members[name].member.Fields {
			of, _, _ := strings.Cut(field, ".")
			count[of]++
			if count[of] > count[owner] {
				owner = of
			}
		}
	}
	return owner
}

// below appends a step to a path.
func below(path, step string) string {
	if path == "" || step == element || step == anyName || strings.HasPrefix(step, "<") {
		return path + step
	}
	return path + "." + step
}
