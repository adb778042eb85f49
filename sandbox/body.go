package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxBody is the maximum size of a JSON request, in bytes.
const maxBody = 1 << 20

// body is the JSON object that a request sends, with its validation errors.
type body struct {
	validation

	request *http.Request
	members map[string]json.RawMessage
}

// readBody reads a JSON object. An empty body counts as an empty object.
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

func (b *body) has(name string) bool { return b.members[name] != nil }

func (b *body) require(name string) {
	if !b.has(name) {
		b.reject("."+name, "required", "should have required property '"+name+"'", map[string]string{"missingProperty": name})
	}
}

// text reads a string. It returns "" if the member is missing.
func (b *body) text(name string) (text string) {
	b.read(name, &text, "string")
	return text
}

// limitedText reads a string of at most limit characters.
func (b *body) limitedText(name string, limit int) string {
	text := b.text(name)
	if utf8.RuneCountInString(text) > limit {
		b.reject("."+name, "maxLength", fmt.Sprintf("should NOT be longer than %d characters", limit),
			map[string]string{"limit": strconv.Itoa(limit)})
	}
	return text
}

// id reads a UUID. It returns "" if the member is missing.
func (b *body) id(name string) string {
	text := b.text(name)
	canonical, ok := canonicalID(text)
	if b.has(name) && !ok {
		b.problems = append(b.problems, notUUID("."+name))
	}
	return canonical
}

// ids reads a list of UUIDs.
func (b *body) ids(name string) []string {
	var ids []string
	b.read(name, &ids, "array")
	for i, id := range ids {
		canonical, ok := canonicalID(id)
		if !ok {
			b.problems = append(b.problems, notUUID(fmt.Sprintf(".%s[%d]", name, i)))
		}
		ids[i] = canonical
	}
	return ids
}

// enum reads one of the allowed strings.
func (b *body) enum(name string, allowed ...string) string {
	value := b.text(name)
	if b.has(name) {
		b.checkEnum("."+name, value, allowed)
	}
	return value
}

// enums reads a list of allowed strings.
func (b *body) enums(name string, allowed ...string) []string {
	var values []string
	b.read(name, &values, "array")
	b.checkEnums(name, values, allowed)
	return values
}

// reference reads a reference whose type is one of the allowed ones, given as "domain/aggregate".
func (b *body) reference(name string, allowed ...string) *reference {
	if !b.has(name) {
		return nil
	}
	var to reference
	b.read(name, &to, "object")
	if to.ID == "" {
		b.reject("."+name+".id", "required", "should have required property 'id'", map[string]string{"missingProperty": "id"})
	}
	if !slices.Contains(allowed, to.Domain+"/"+to.Aggregate) {
		b.reject("."+name, "oneOf", "should match exactly one schema in oneOf", nil)
	}
	return &to
}

func (b *body) read(name string, into any, kind string) {
	raw, given := b.members[name]
	if given && (string(raw) == "null" || json.Unmarshal(raw, into) != nil) {
		b.reject("."+name, "type", "should be "+kind, map[string]string{"type": kind})
	}
}
