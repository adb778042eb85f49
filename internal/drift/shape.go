package drift

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxDepth limits references within references, maxShapes the alternatives of one value. mStudio's document needs 6 and 7.
const (
	maxDepth  = 32
	maxShapes = 256
)

// schema is a JSON schema. Only what is compared is decoded.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"` // a string or a list of strings
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	AllOf      []*schema          `json:"allOf"`
	OneOf      []*schema          `json:"oneOf"`
	AnyOf      []*schema          `json:"anyOf"`
	Enum       []any              `json:"enum"`
	Const      any                `json:"const"`
	Deprecated bool               `json:"deprecated"`
	MaxLength  *int               `json:"maxLength"`
	Maximum    *float64           `json:"maximum"`
	Additional *schema            `json:"additionalProperties"`
}

// UnmarshalJSON accepts anything. A schema that is not an object, such as true, describes any value.
func (s *schema) UnmarshalJSON(text []byte) error {
	type plain schema
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	return json.Unmarshal(text, (*plain)(s))
}

// shape is one alternative of a value, with all references resolved and all parts merged.
type shape struct {
	kinds      []string // nil means any
	members    map[string][]*schema
	required   []string
	element    []*schema
	additional []*schema
	values     []string // of an enum; nil means any
	maxLength  int      // 0 means none
	maximum    *float64
	deprecated bool
}

// shapes returns the alternatives of a value for which all schemas hold. Nil stands for a value of any shape.
func (d *Document) shapes(schemas []*schema) []shape {
	merged := []shape{{}}
	for _, s := range schemas {
		merged = product(merged, d.alternatives(s, 0))
	}
	return merged
}

// alternatives returns the alternatives of a schema. A reference within itself may have any shape.
func (d *Document) alternatives(s *schema, depth int) []shape {
	if s == nil || depth > maxDepth {
		return []shape{{}}
	}
	found := []shape{s.own()}
	if s.Ref != "" {
		found = product(found, d.referenced(s.Ref, depth+1))
	}
	for _, part := range s.AllOf {
		found = product(found, d.alternatives(part, depth+1))
	}
	for _, choices := range [][]*schema{s.OneOf, s.AnyOf} {
		var either []shape
		for _, choice := range choices {
			either = append(either, d.alternatives(choice, depth+1)...)
		}
		if len(either) > 0 {
			found = product(found, either)
		}
	}
	return found
}

// referenced returns the alternatives of the schema that a reference points to. It keeps them, because otherwise schemas that
// repeat each other would take exponential time.
func (d *Document) referenced(ref string, depth int) []shape {
	if known, ok := d.known[ref]; ok {
		return known
	}
	d.known[ref] = []shape{{}}
	found := &schema{}
	if raw := d.find(ref); raw != nil {
		_ = json.Unmarshal(raw, found) // what cannot be decoded may have any shape
	}
	d.known[ref] = d.alternatives(found, depth)
	return d.known[ref]
}

// own returns the shape of a schema without its alternatives.
func (s *schema) own() shape {
	found := shape{
		kinds: s.kinds(), required: s.Required, values: s.values(),
		maximum: s.Maximum, deprecated: s.Deprecated, members: map[string][]*schema{},
	}
	for name, property := range s.Properties {
		found.members[name] = []*schema{property}
	}
	if s.Items != nil {
		found.element = []*schema{s.Items}
	}
	if s.Additional != nil {
		found.additional = []*schema{s.Additional}
	}
	if s.MaxLength != nil {
		found.maxLength = *s.MaxLength
	}
	return found
}

// kinds returns the JSON kinds of a schema, nil if it allows any. Null is no kind, because it counts as absent.
func (s *schema) kinds() []string {
	var kinds []string
	switch t := s.Type.(type) {
	case string:
		kinds = []string{t}
	case []any:
		for _, kind := range t {
			kinds = append(kinds, fmt.Sprint(kind))
		}
	default:
		if s.Properties != nil {
			kinds = []string{"object"}
		}
	}
	for i, kind := range kinds {
		if kind == "integer" {
			kinds[i] = "number"
		}
	}
	return slices.DeleteFunc(kinds, func(kind string) bool { return kind == "null" })
}

// values returns the values of an enum as texts, nil without one.
func (s *schema) values() []string {
	enum := s.Enum
	if s.Const != nil {
		enum = []any{s.Const}
	}
	var values []string
	for _, value := range enum {
		if value != nil {
			values = append(values, fmt.Sprint(value))
		}
	}
	return values
}

// product merges each shape with each other one.
func product(as, bs []shape) []shape {
	var merged []shape
	for _, a := range as {
		for _, b := range bs {
			if len(merged) < maxShapes {
				merged = append(merged, a.and(b))
			}
		}
	}
	return merged
}

// and merges two descriptions of the same value.
func (s shape) and(other shape) shape {
	merged := shape{
		kinds: both(s.kinds, other.kinds), values: both(s.values, other.values),
		members: maps.Clone(s.members), required: slices.Concat(s.required, other.required),
		element: slices.Concat(s.element, other.element), additional: slices.Concat(s.additional, other.additional),
		maxLength: s.maxLength, maximum: s.maximum, deprecated: s.deprecated || other.deprecated,
	}
	if merged.members == nil {
		merged.members = map[string][]*schema{}
	}
	for name, property := range other.members {
		merged.members[name] = slices.Concat(merged.members[name], property)
	}
	if other.maxLength != 0 && (s.maxLength == 0 || other.maxLength < s.maxLength) {
		merged.maxLength = other.maxLength
	}
	if other.maximum != nil && (s.maximum == nil || *other.maximum < *s.maximum) {
		merged.maximum = other.maximum
	}
	return merged
}

// both returns the intersection of two lists, where nil means anything.
func both(a, b []string) []string {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return slices.DeleteFunc(slices.Clone(a), func(value string) bool { return !slices.Contains(b, value) })
}

// below returns the alternatives of a value one step below, and whether any of the shapes has it.
func (d *Document) below(shapes []shape, step string) (found []shape, ok bool) {
	for _, s := range shapes {
		schemas := s.members[step]
		switch step {
		case element:
			schemas = s.element
		case anyName:
			schemas = s.additional
		}
		if len(schemas) > 0 {
			found, ok = append(found, d.shapes(schemas)...), true
		}
	}
	return found, ok
}

// kindsOf returns the kinds of all alternatives, nil if one of them allows any.
func kindsOf(shapes []shape) []string {
	var kinds []string
	for _, s := range shapes {
		if s.kinds == nil {
			return nil
		}
		kinds = append(kinds, s.kinds...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// valuesOf returns the values of all alternatives, nil if one of them allows any.
func valuesOf(shapes []shape) []string {
	var values []string
	for _, s := range shapes {
		if s.values == nil {
			return nil
		}
		values = append(values, s.values...)
	}
	slices.Sort(values)
	return slices.Compact(values)
}
