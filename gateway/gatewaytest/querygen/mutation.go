package querygen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Mutations returns the names of the mutations that Mutation generates.
func Mutations() []string {
	return []string{
		"createConversation", "updateConversation", "setConversationStatus", "closeConversations", "markConversationsRead", "sendMessage", "editMessage",
	}
}

// Mutation generates a document with one or more mutations and random selections on their payloads.
func (g *Generator) Mutation(seed uint64) *Case {
	rng := random(seed, 0)
	d := &document{
		generator: g, rng: rng, keyword: "mutation", budget: pick(rng, 100, 200, 400, 700), selected: map[string]bool{}, rich: chance(rng, 60),
	}
	for range pick(rng, 0, 1, 2, 3) {
		d.addFragment()
	}
	b := newBlock()
	b.text.WriteString("{ ")
	fields := pick(rng, 1, 2, 2, 3)
	for i := range fields {
		field := g.schema.Mutation.Fields.ForName(pick(rng, Mutations()...))
		d.selected["Mutation."+field.Name] = true
		fmt.Fprintf(&b.text, "m%d: %s(input: %s) ", i, field.Name, d.input(field.Name))
		left := d.budget
		d.budget /= fields - i
		share := d.budget
		d.selections(b, place{on: d.typeOf(field), scope: scope{}, depth: 1})
		d.budget += left - share
	}
	b.text.WriteString("} ")
	name := pick(rng, "", "Change")
	c := &Case{seed: seed, Selected: d.selected, Operations: []string{name}}
	c.Query = d.print(c.Operations, []*block{b})
	c.variables = d.variables
	return c
}

// input writes the input of a mutation, usually valid.
func (d *document) input(mutation string) string {
	id := func(known []string) string { return d.ids(known)(d.rng).literal }
	conversation := id(d.generator.pools.Conversations)
	switch mutation {
	case "createConversation":
		return object(d.rng,
			"title: "+texts(d.rng),
			"message: "+texts(d.rng),
			"idempotencyKey: "+texts(d.rng),
			"notificationRoles: "+pick(d.rng, "[]", "[PROJECT_EMAIL_ADMIN, CUSTOMER_OWNER]"),
			"categoryId: "+id(d.generator.pools.Categories),
			"relatedTo: {type: "+pick(d.rng, "USER", "PROJECT", "CONTAINER")+", id: "+id(d.generator.pools.Customers)+"}",
			"sharedWith: {type: CUSTOMER, id: "+id(d.generator.pools.Customers)+"}")
	case "updateConversation":
		return object(d.rng, "conversationId: "+conversation, "title: "+texts(d.rng), "categoryId: "+id(d.generator.pools.Categories))
	case "setConversationStatus":
		return object(d.rng, "conversationId: "+conversation+", status: "+pick(d.rng, "OPEN", "ANSWERED", "CLOSED"))
	case "closeConversations", "markConversationsRead":
		// Concurrent writes have no fixed order.
		return "{conversationIds: [" + strings.Join([]string{conversation, `"no id"`, conversation}[:1+d.rng.IntN(3)], ", ") + "]}"
	case "editMessage":
		return object(d.rng, "conversationId: "+conversation+", content: "+texts(d.rng)+", messageId: "+id(d.generator.pools.Messages))
	default:
		return object(d.rng, "conversationId: "+conversation, "content: "+texts(d.rng), "fileIds: "+pick(d.rng, "null", "[]", `["x"]`), "idempotencyKey: "+texts(d.rng))
	}
}

func texts(rng *rand.Rand) string {
	return strconv.Quote(pick(rng, "Danke!", "zweite Zeile\nund 👍", `<b>"fett"</b>`, " ", strings.Repeat("x", 30)))
}

// object writes an input object with the first field and some of the others.
func object(rng *rand.Rand, fields ...string) string {
	chosen := fields[:1:1]
	for _, field := range fields[1:] {
		if chance(rng, 65) {
			chosen = append(chosen, field)
		}
	}
	return "{" + strings.Join(chosen, ", ") + "}"
}
