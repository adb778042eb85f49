package drift

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// request compares the gateway's requests with an operation.
func (c *comparison) request(route Route, o *operation) {
	c.parameters(route, o)
	var body content
	c.document.into(o.RequestBody, &body)
	accepted := body.json()
	if accepted == nil {
		if len(route.Sends) > 0 {
			c.add(Request, "", "", "the endpoint accepts no JSON", "the mutation fails")
		}
		return
	}
	c.send(places(route.Sends), "", c.document.shapes([]*schema{accepted}))
}

// parameters compares the parameters in the query and in headers.
func (c *comparison) parameters(route Route, o *operation) {
	accepted := c.document.parameters(o)
	sent := map[string]bool{}
	for _, parameter := range route.Parameters {
		name := strings.ToLower(parameter.Path)
		sent[name] = true
		path := "parameter " + parameter.Path
		found, ok := accepted[name]
		if !ok {
			c.add(Request, path, "", "the parameter is gone", "mStudio ignores or rejects it")
			continue
		}
		if found.Deprecated {
			c.add(Deprecated, path, "", "the parameter is deprecated", "")
		}
		c.accepts(parameter, path, c.document.parameterShapes(found))
	}
	for _, name := range slices.Sorted(maps.Keys(accepted)) {
		switch path := "parameter " + accepted[name].Name; {
		case sent[name]:
		case accepted[name].Required:
			c.add(Request, path, "", "a required parameter that the gateway does not send", "mStudio rejects the call")
		default:
			c.add(New, path, "", "a parameter that the gateway does not send", "")
		}
	}
}

// parameterShapes returns the alternatives of the values of a parameter: the elements, if it is a list.
func (d *Document) parameterShapes(p parameter) []shape {
	shapes := d.shapes([]*schema{p.Schema})
	if elements, ok := d.below(shapes, element); ok {
		return elements
	}
	return shapes
}

// accepts adds what mStudio no longer accepts of a value.
func (c *comparison) accepts(member Member, path string, shapes []shape) {
	if values := valuesOf(shapes); values != nil {
		for _, value := range difference(member.Values, values, strings.Clone) {
			c.add(Request, path, c.route+" "+path+"="+value, "the value is no longer accepted", "mStudio rejects the call", member.Fields...)
		}
	}
	for _, s := range shapes {
		if s.maxLength != 0 && s.maxLength < member.MaxLength {
			c.add(Request, path, "", fmt.Sprintf("at most %d characters instead of %d", s.maxLength, member.MaxLength), "mStudio rejects longer texts", member.Fields...)
		}
		for _, value := range member.Values {
			if number, err := strconv.ParseFloat(value, 64); err == nil && s.maximum != nil && number > *s.maximum {
				c.add(Request, path, "", fmt.Sprintf("at most %v instead of %s", *s.maximum, value), "mStudio rejects the call", member.Fields...)
			}
		}
	}
}

// send compares a place of a request.
func (c *comparison) send(at *place, path string, shapes []shape) {
	kinds := kindsOf(shapes)
	for _, kind := range at.member.Kinds {
		if kinds != nil && !slices.Contains(kinds, kind) {
			c.add(Request, path, "", strings.Join(kinds, " or ")+" instead of "+kind, "mStudio rejects the call", at.member.Fields...)
			return
		}
	}
	if at.member.Tag != "" {
		if tags := c.tags(at, shapes); tags != nil {
			for _, value := range difference(at.member.Values, tags, strings.ToLower) {
				c.add(Request, path, c.route+" "+path+"="+value, "the type is no longer accepted", "mStudio rejects the call", at.member.Fields...)
			}
		}
	} else {
		c.accepts(at.member, path, shapes)
	}
	for _, name := range slices.Sorted(maps.Keys(at.members)) {
		child := at.members[name]
		found, ok := c.document.below(shapes, name)
		switch {
		case ok:
			c.send(child, below(path, name), found)
		case len(kinds) > 0 && name != element:
			c.add(Request, below(path, name), "", "the member is no longer accepted", "mStudio ignores or rejects it", child.member.Fields...)
		}
	}
	c.required(at, path, shapes)
	for _, name := range newMembers(at, shapes) {
		if !slices.Contains(requiredBy(shapes), name) {
			c.add(New, below(path, name), "", "a member that the gateway does not send", "")
		}
	}
}

// required adds members that all alternatives of a request require, and that the gateway does not send or may omit.
func (c *comparison) required(at *place, path string, shapes []shape) {
	for _, name := range requiredBy(shapes) {
		switch child, ok := at.members[name]; {
		case !ok:
			c.add(Request, below(path, name), "", "a required member that the gateway does not send", "mStudio rejects the call")
		case child.member.Optional:
			c.add(Request, below(path, name), "", "the member is required", "mStudio rejects the call without it", child.member.Fields...)
		}
	}
}

// requiredBy returns the members that all alternatives require.
func requiredBy(shapes []shape) []string {
	var names []string
	for i, s := range shapes {
		if i == 0 {
			names = slices.Sorted(slices.Values(s.required))
			continue
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(s.required, name) })
	}
	return slices.Compact(names)
}
