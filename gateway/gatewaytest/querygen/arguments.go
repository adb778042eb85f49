package querygen

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// value is the value of an argument, as a literal and as JSON.
type value struct {
	literal string
	json    any
}

func textValue(text string) value { return value{literal: strconv.Quote(text), json: text} }

func nameValue(name string) value { return value{literal: name, json: name} }

func numberValue(number string) value { return value{literal: number, json: json.Number(number)} }

// chooser chooses a value for an argument.
type chooser func(rng *rand.Rand) value

// variable is a variable of a document.
type variable struct {
	name, of string
	fallback string // default value as a literal, if any
	choose   chooser
}

// variable returns a new variable, or an existing one if the document has many of the kind.
func (d *document) variable(of string, most int, choose chooser) *variable {
	var alike []*variable
	for _, v := range d.variables {
		if v.of == of {
			alike = append(alike, v)
		}
	}
	if len(alike) > 0 && (len(alike) >= most || chance(d.rng, 40)) {
		return pick(d.rng, alike...)
	}
	v := &variable{name: fmt.Sprintf("v%d", len(d.variables)), of: of, choose: choose}
	if chance(d.rng, 30) {
		v.fallback = choose(d.rng).literal
	}
	d.variables = append(d.variables, v)
	return v
}

// argument is a value or a variable, with its text in the query.
func (d *document) argument(of string, choose chooser) (text string, uses []*variable) {
	if !chance(d.rng, 35) {
		return choose(d.rng).literal, nil
	}
	return d.asVariable(of, choose)
}

// asVariable needs one kind per pool, because a variable has values of one pool. Kinds with the same type are not
// shared.
func (d *document) asVariable(of string, choose chooser) (text string, uses []*variable) {
	if of == "Boolean!" {
		v := d.variable(of, 6, choose)
		return "$" + v.name, []*variable{v}
	}
	v := &variable{name: fmt.Sprintf("v%d", len(d.variables)), of: of, choose: choose}
	if chance(d.rng, 25) {
		v.fallback = choose(d.rng).literal
	}
	d.variables = append(d.variables, v)
	return "$" + v.name, []*variable{v}
}

func booleans(rng *rand.Rand) value { return nameOf(chance(rng, 60)) }

func nameOf(truth bool) value { return value{literal: strconv.FormatBool(truth), json: truth} }

// call returns a field's name with its arguments. inside is the ID of the conversation that the field's
// value belongs to, "" if there is none.
func (d *document) call(field *ast.FieldDefinition, at place) (text string, uses []*variable, inside string) {
	inside = at.conversation
	arguments := map[string]string{}
	set := func(name, text string, used []*variable) {
		arguments[name] = text
		uses = append(uses, used...)
	}
	one := func(name, of string, choose chooser) {
		text, used := d.argument(of, choose)
		set(name, text, used)
	}
	switch field.Name {
	case "node", "conversation", "conversationCategory":
		if at.on == d.generator.schema.Query {
			inside = d.lookUp(field.Name, one, set)
		}
	case "nodes":
		if at.on == d.generator.schema.Query {
			one("ids", "[ID!]!", d.idLists)
		}
	case "conversationPreferences":
		one("customerId", "ID!", d.ids(d.generator.pools.Customers))
	case "conversationCounts":
		if chance(d.rng, 50) {
			one("filter", "ConversationFilter", d.filters)
		}
	case "customers", "projects":
		if field.Arguments.ForName("first") != nil {
			d.page(one, nil, 40)
		}
	case "conversations":
		inside = ""
		d.page(one, d.generator.pools.ListCursors, 5)
		d.list(set)
		if at.on != d.generator.schema.Query && chance(d.rng, 40) {
			one("includeDescendants", "Boolean!", booleans)
		}
	case "contentText":
		d.text(one)
	case "contentHtml":
		one("includeImages", "Boolean!", booleans)
	case "messages":
		d.page(one, d.generator.pools.MessageCursors[at.conversation], 40)
		if chance(d.rng, 40) {
			one("includeInternal", "Boolean!", booleans)
		}
		if chance(d.rng, 20) {
			one("kinds", "[MessageKind!]", func(rng *rand.Rand) value {
				return listValue(rng, names("TEXT", "STATUS_UPDATE", "SERVICE_REQUEST"), 0, 1, 1, 2)
			})
		}
	}
	return field.Name + d.printArguments(arguments), uses, inside
}

func (d *document) printArguments(arguments map[string]string) string {
	if len(arguments) == 0 {
		return ""
	}
	var parts []string
	for name, text := range arguments {
		parts = append(parts, name+": "+text)
	}
	slices.Sort(parts)
	d.rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return "(" + strings.Join(parts, ", ") + ")"
}

// lookUp chooses the ID of a single object. It returns the ID if it is a conversation's literal ID.
func (d *document) lookUp(field string, one func(string, string, chooser), set func(string, string, []*variable)) string {
	pools := d.generator.pools
	switch {
	case field == "conversation" && chance(d.rng, 6):
		one("shortId", "String", func(rng *rand.Rand) value { return textValue(pick(rng, "c-r0162e", "C-84R11V", "c-000000", "no id")) })
	case field == "conversationCategory":
		one("id", "ID!", d.ids(pools.Categories))
	case chance(d.rng, 65) && len(pools.Conversations) > 0:
		id := pick(d.rng, pools.Conversations...)
		set("id", strconv.Quote(id), nil)
		return id
	case field == "node":
		one("id", "ID!", d.ids(slices.Concat(pools.Conversations, pools.Categories)))
	default:
		one("id", "ID!", d.ids(pools.Conversations))
	}
	return ""
}

// ids chooses known IDs, and sometimes an unknown or invalid one.
func (d *document) ids(known []string) chooser {
	return func(rng *rand.Rand) value {
		if chance(rng, 92) && len(known) > 0 {
			return textValue(pick(rng, known...))
		}
		if chance(rng, 15) {
			return numberValue("7")
		}
		return textValue(pick(rng, "00000000-0000-4000-8000-000000000000", "", "no id", "../users/self",
			"F0700E00-2027-4E27-9A11-5AFE00000001", "e75fead9213f5585aeb359327a7b3b59"))
	}
}

func (d *document) idLists(rng *rand.Rand) value {
	choose := d.ids(slices.Concat(d.generator.pools.Conversations, d.generator.pools.Categories))
	return listValue(rng, choose, 0, 1, 2, 3, 4, 6)
}

// page chooses the arguments of a page. without is the percentage of pages without arguments.
func (d *document) page(one func(string, string, chooser), cursors []string, without int) {
	if chance(d.rng, without) {
		return
	}
	size, cursor := "first", "after"
	if chance(d.rng, 35) {
		size, cursor = "last", "before"
	}
	one(size, "Int", sizes)
	if chance(d.rng, 35) {
		one(cursor, "String", d.cursors(cursors))
	}
	if chance(d.rng, 4) {
		one(map[string]string{"first": "last", "last": "first"}[size], "Int", sizes)
	}
	if chance(d.rng, 8) {
		one(map[string]string{"after": "before", "before": "after"}[cursor], "String", d.cursors(cursors))
	}
}

// text chooses the arguments of a plain text.
func (d *document) text(one func(string, string, chooser)) {
	if chance(d.rng, 60) {
		one("maxLength", "Int", sizes)
	}
	for _, name := range []string{"includeQuotes", "includeSignature"} {
		if chance(d.rng, 30) {
			one(name, "Boolean!", booleans)
		}
	}
}

func sizes(rng *rand.Rand) value {
	if chance(rng, 88) {
		return numberValue(strconv.Itoa(1 + rng.IntN(5)))
	}
	if chance(rng, 10) {
		return value{literal: "null", json: nil}
	}
	return numberValue(pick(rng, "0", "-1", "101", "1001", "12", "1"))
}

func (d *document) cursors(known []string) chooser {
	return func(rng *rand.Rand) value {
		if len(known) > 0 && chance(rng, 85) {
			return textValue(pick(rng, known...))
		}
		if pools := d.generator.pools.ListCursors; len(pools) > 0 && chance(rng, 30) {
			return textValue(pick(rng, pools...))
		}
		return pick(rng, textValue(""), textValue("garbage"), textValue("bXN0dWRpbw"), value{literal: "null"})
	}
}

// list adds a filter and an order to some queries. Most have neither, because a cursor is valid only for the filter and
// order of its list.
func (d *document) list(set func(string, string, []*variable)) {
	if chance(d.rng, 25) {
		text, uses := d.argument("ConversationFilter", d.filters)
		if chance(d.rng, 25) {
			text, uses = d.asVariable("String", searches)
			text = "{search: " + text + "}"
		}
		set("filter", text, uses)
	}
	if chance(d.rng, 20) {
		text, uses := d.argument("[ConversationOrder!]", orders)
		if chance(d.rng, 25) {
			text, uses = d.asVariable("ConversationOrderField!", orderFields)
			text = "[{field: " + text + "}]"
		}
		set("orderBy", text, uses)
	}
}

func searches(rng *rand.Rand) value {
	return textValue(pick(rng, "", "Umzug", "\\\"ssl", "domain mail", strings.Repeat("x", 501), "c-r0162e", "c-000000"))
}

// filters returns a filter with none, some or all conditions.
func (d *document) filters(rng *rand.Rand) value {
	return objectValue(rng, func(set memberSetter) {
		set("search", 25, func() value { return searches(rng) })
		set("states", 40, func() value { return listValue(rng, names("OPEN", "CLOSED"), 0, 1, 2) })
		d.filterConditions(rng, set)
		set("not", 15, func() value {
			return listValue(rng, func(rng *rand.Rand) value {
				return objectValue(rng, func(set memberSetter) { d.filterConditions(rng, set) })
			}, 0, 1, 2)
		})
	})
}

// memberSetter sets a member of an object in some percent of all cases.
type memberSetter func(name string, percent int, choose func() value)

func objectValue(rng *rand.Rand, members func(set memberSetter)) value {
	var literals []string
	values := map[string]any{}
	members(func(name string, percent int, choose func() value) {
		if chance(rng, percent) {
			chosen := choose()
			literals, values[name] = append(literals, name+": "+chosen.literal), chosen.json
		}
	})
	return value{literal: "{" + strings.Join(literals, ", ") + "}", json: values}
}

// filterConditions sets the conditions that the gateway checks.
func (d *document) filterConditions(rng *rand.Rand, set memberSetter) {
	ids := d.ids(d.generator.pools.References)
	set("statuses", 30, func() value {
		return listValue(rng, names("OPEN", "ANSWERED", "IN_PROGRESS", "WAITING", "CLOSED"), 0, 1, 1, 2, 3)
	})
	set("categoryIds", 15, func() value { return listValue(rng, d.ids(d.generator.pools.Categories), 0, 1, 2) })
	set("relatedTo", 25, func() value { return listValue(rng, references(ids), 0, 1, 3) })
	set("sharedWith", 15, func() value { return listValue(rng, references(ids), 0, 1, 2) })
	set("lastMessageBy", 15, func() value {
		return pick(rng, nameValue("EMPLOYEE"), nameValue("CUSTOMER"), value{literal: "null", json: nil})
	})
	set("mainUserIds", 8, func() value { return listValue(rng, ids, 0, 1, 2) })
	set("createdBy", 8, func() value { return listValue(rng, ids, 0, 1, 2) })
	set("visibilities", 8, func() value { return listValue(rng, names("SHARED", "PRIVATE"), 0, 1, 2) })
	set("createdAt", 8, func() value { return periods(rng) })
	set("lastMessageAt", 8, func() value { return periods(rng) })
}

func periods(rng *rand.Rand) value {
	return objectValue(rng, func(set memberSetter) {
		for _, name := range []string{"after", "before"} {
			set(name, 50, func() value {
				return textValue(pick(rng, "2025-08-21T09:30:00Z", "2026-03-01T00:00:00.5+01:00"))
			})
		}
	})
}

func names(from ...string) chooser {
	return func(rng *rand.Rand) value { return nameValue(pick(rng, from...)) }
}

// listValue returns a list with one of these lengths.
func listValue(rng *rand.Rand, choose chooser, lengths ...int) value {
	literals, list := []string{}, []any{}
	for range pick(rng, lengths...) {
		element := choose(rng)
		literals, list = append(literals, element.literal), append(list, element.json)
	}
	return value{literal: "[" + strings.Join(literals, ", ") + "]", json: list}
}

func references(ids chooser) chooser {
	return func(rng *rand.Rand) value {
		return objectValue(rng, func(set memberSetter) {
			set("id", 85, func() value { return ids(rng) })
			set("type", 40, func() value {
				return names("NONE", "USER", "CUSTOMER", "PROJECT", "APP_INSTALLATION", "PLACEMENT_GROUP", "EXTENSION_INSTANCE", "CONTAINER")(rng)
			})
		})
	}
}

func orderFields(rng *rand.Rand) value {
	return nameValue(pick(rng, "CREATED_AT", "LAST_MESSAGE_AT", "TITLE", "SHORT_ID", "ID"))
}

func orders(rng *rand.Rand) value {
	literals, list := []string{}, []any{}
	for range pick(rng, 0, 1, 1, 2) {
		field := orderFields(rng)
		order := map[string]any{"field": field.json}
		literal := "field: " + field.literal
		if chance(rng, 50) {
			direction := pick(rng, "ASC", "DESC")
			order["direction"] = direction
			literal += ", direction: " + direction
		}
		literals, list = append(literals, "{"+literal+"}"), append(list, order)
	}
	return value{literal: "[" + strings.Join(literals, ", ") + "]", json: list}
}
