package drift

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Document is an OpenAPI document.
type Document struct {
	paths  map[string]map[string]json.RawMessage
	root   map[string]any
	known  map[string][]shape // by reference
	broken []string           // references that lead nowhere
}

var errNoPaths = errors.New("the document is not an OpenAPI document in JSON: it has no paths")

// ParseDocument parses an OpenAPI document in JSON.
func ParseDocument(text []byte) (*Document, error) {
	var outline struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if err := json.Unmarshal(text, &outline); err != nil || len(outline.Paths) == 0 {
		return nil, errors.Join(errNoPaths, err)
	}
	d := &Document{paths: outline.Paths, known: map[string][]shape{}}
	if err := json.Unmarshal(text, &d.root); err != nil {
		return nil, err
	}
	return d, nil
}

// operation is an operation of a path. Only what is compared is decoded.
type operation struct {
	Deprecated  bool                       `json:"deprecated"`
	Parameters  []json.RawMessage          `json:"parameters"`
	RequestBody json.RawMessage            `json:"requestBody"`
	Responses   map[string]json.RawMessage `json:"responses"`
}

type parameter struct {
	Name       string  `json:"name"`
	In         string  `json:"in"`
	Required   bool    `json:"required"`
	Deprecated bool    `json:"deprecated"`
	Schema     *schema `json:"schema"`
}

type content struct {
	Headers map[string]json.RawMessage `json:"headers"`
	Content map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"content"`
}

// json returns the schema of the JSON form; nil without one.
func (c content) json() *schema {
	for _, mediaType := range slices.Sorted(maps.Keys(c.Content)) {
		name, _, _ := strings.Cut(mediaType, ";")
		if name == "application/json" || strings.HasSuffix(name, "+json") {
			return c.Content[mediaType].Schema
		}
	}
	return nil
}

// operation returns an operation of a path of the document, with the parameters of the path; nil without one.
func (d *Document) operation(method, path string) *operation {
	raw, ok := d.paths[path][strings.ToLower(method)]
	if !ok {
		return nil
	}
	found := &operation{}
	_ = json.Unmarshal(raw, found) // what cannot be decoded is absent, and so a difference
	var shared []json.RawMessage
	_ = json.Unmarshal(d.paths[path]["parameters"], &shared)
	found.Parameters = append(found.Parameters, shared...)
	return found
}

// parameters returns the parameters of an operation outside of the path, by name in lower case.
func (d *Document) parameters(o *operation) map[string]parameter {
	found := map[string]parameter{}
	for _, raw := range o.Parameters {
		var p parameter
		d.into(raw, &p)
		if p.In != "path" && p.Name != "" {
			found[strings.ToLower(p.Name)] = p
		}
	}
	return found
}

// response returns the successful response of an operation.
func (d *Document) response(o *operation) (c content) {
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if strings.HasPrefix(status, "2") {
			d.into(o.Responses[status], &c)
			return c
		}
	}
	return c
}

// into decodes a value that may be a reference.
func (d *Document) into(raw json.RawMessage, value any) {
	for range maxDepth {
		var reference struct {
			Ref string `json:"$ref"`
		}
		_ = json.Unmarshal(raw, &reference)
		if reference.Ref == "" {
			break
		}
		raw = d.find(reference.Ref)
	}
	_ = json.Unmarshal(raw, value)
}

// find returns the value that a reference within the document points to; nil without one.
func (d *Document) find(ref string) json.RawMessage {
	var at any = d.root
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		object, _ := at.(map[string]any)
		at = object[strings.NewReplacer("~1", "/", "~0", "~", "%7B", "{", "%7D", "}").Replace(key)]
	}
	if at == nil || !strings.HasPrefix(ref, "#/") {
		d.broken = append(d.broken, ref)
		return nil
	}
	raw, err := json.Marshal(at)
	if err != nil {
		return nil
	}
	return raw
}

// Err returns an error that names the references that lead nowhere, after the comparison. Where one is, nothing is known.
func (d *Document) Err() error {
	if len(d.broken) == 0 {
		return nil
	}
	slices.Sort(d.broken)
	return fmt.Errorf("the document has references that lead nowhere: %s", strings.Join(slices.Compact(d.broken), ", "))
}

// match returns the path of the document that a route's path corresponds to, and "" without one. A segment in braces
// corresponds to any segment; the path with the most equal segments wins.
func (d *Document) match(method, path string) string {
	best, most := "", -1
	for _, candidate := range slices.Sorted(maps.Keys(d.paths)) {
		if _, ok := d.paths[candidate][strings.ToLower(method)]; !ok {
			continue
		}
		if equal, ok := similar(path, candidate); ok && equal > most {
			best, most = candidate, equal
		}
	}
	return best
}

// similar reports whether two paths correspond, and how many segments are equal.
func similar(path, candidate string) (equal int, ok bool) {
	ours, theirs := strings.Split(path, "/"), strings.Split(strings.TrimRight(candidate, "/"), "/")
	if len(ours) != len(theirs) {
		return 0, false
	}
	for i, segment := range ours {
		isOpen := strings.HasPrefix(theirs[i], "{")
		if segment == theirs[i] || isOpen && strings.HasPrefix(segment, "{") {
			equal++
		} else if !isOpen {
			return 0, false
		}
	}
	return equal, true
}
