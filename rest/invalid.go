package rest

import (
	"io"
	"net/http"
	"strings"
)

const (
	maxInvalid     = 20       // reported fields
	maxInvalidBody = 64 << 10 // bytes read from the response
)

// readInvalid returns the rejected fields, or nil if it cannot decode the response.
func readInvalid(response *http.Response) []InvalidField {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxInvalidBody)) //nolint:forbidigo // bounded
	if err != nil {
		return nil
	}
	fields, err := decode(body, "", (*decoder).invalidFields)
	if err != nil {
		return nil
	}
	return fields
}

type validationError struct {
	Path string `api:"path"`
	Type string `api:"type"`
}

func (d *decoder) invalidFields() (fields []InvalidField) {
	d.object("validation", func(name []byte) {
		if string(name) != "validationErrors" {
			d.Skip()
			return
		}
		for _, field := range list(d, func() *validationError { return object[validationError](d) }) {
			if field != nil && len(fields) < maxInvalid { // one that is not an object says nothing
				fields = append(fields, InvalidField{Path: splitPath(field.Path), Rule: ruleOf(field.Type)})
			}
		}
	})
	return fields
}

// splitPath splits a path such as ".a[1].b", or "/a/1/b" as other validators write it.
func splitPath(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(`./[]'"`, r) })
}

// ruleOf returns the rule of a JSON Schema keyword.
func ruleOf(keyword string) Rule {
	switch keyword {
	case "required", "minLength", "minItems", "minProperties":
		return RuleRequired
	case "maxLength", "maxItems":
		return RuleTooLong
	}
	return RuleOther
}
