package rest

import (
	"io"
	"net/http"
	"strings"
)

// InvalidField is something in the body of a write that the API does not accept.
type InvalidField struct {
	// Path is the names and positions that lead to it, from the outside in; none for the body as a whole. The API wrote
	// it: compare it with what is known, and show it to nobody.
	Path []string
	// Rule is what is wrong.
	Rule Rule
}

// Rule is what a field breaks. The API's own list is open; what is not here is RuleOther.
type Rule int

// The rules that can be told apart.
const (
	RuleOther    Rule = iota
	RuleRequired      // it is missing or empty
	RuleTooLong       // it has too many characters or elements
)

const (
	maxInvalid     = 20       // fields that are reported
	maxInvalidBody = 64 << 10 // bytes that are read
)

// readInvalid reads which fields are not accepted, as far as it can be understood.
func readInvalid(response *http.Response) []InvalidField {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxInvalidBody)) //nolint:forbidigo // bounded
	if err != nil || !isJSON(response.Header) {
		return nil
	}
	fields, err := decode(body, "", (*decoder).validationErrors)
	if err != nil {
		return nil
	}
	return fields
}

func (d *decoder) validationErrors() (fields []InvalidField) {
	d.object(func(name []byte) {
		if string(name) != "validationErrors" {
			d.Skip()
			return
		}
		d.array(func() {
			field, ok := d.invalidField()
			if ok && len(fields) < maxInvalid {
				fields = append(fields, field)
			}
		})
	})
	return fields
}

func (d *decoder) invalidField() (field InvalidField, ok bool) {
	ok = d.object(func(name []byte) {
		switch string(name) {
		case "path":
			field.Path = splitPath(d.string())
		case "type":
			field.Rule = ruleOf(d.string())
		default:
			d.Skip()
		}
	})
	return field, ok
}

// splitPath takes ".a[1].b" apart, and "/a/1/b", which other validators write.
func splitPath(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(`./[]'"`, r) })
}

// ruleOf knows the keywords of JSON Schema.
func ruleOf(keyword string) Rule {
	switch keyword {
	case "required", "minLength", "minItems", "minProperties":
		return RuleRequired
	case "maxLength", "maxItems":
		return RuleTooLong
	}
	return RuleOther
}
