package querygen

import "fmt"

// Subscription generates a document with a subscription, to changes of a conversation or of the inbox, and random selections
// on its events.
func (g *Generator) Subscription(seed uint64, conversationID string) *Case {
	rng := random(seed, 0)
	d := &document{
		generator: g, rng: rng, keyword: "subscription", budget: pick(rng, 60, 150, 300), selected: map[string]bool{}, rich: chance(rng, 60),
	}
	for range pick(rng, 0, 1, 2) {
		d.addFragment()
	}
	b := newBlock()
	field := g.schema.Subscription.Fields.ForName(pick(rng, "inboxChanged", "conversationChanged"))
	arguments := ""
	if field.Name == "conversationChanged" {
		arguments = fmt.Sprintf("(id: %q)", conversationID)
	}
	d.selected["Subscription."+field.Name] = true
	fmt.Fprintf(&b.text, "{ changed: %s%s ", field.Name, arguments)
	d.selections(b, place{on: d.typeOf(field), scope: scope{}, depth: 1})
	b.text.WriteString("} ")
	c := &Case{seed: seed, Selected: d.selected, Operations: []string{"Watch"}}
	c.Query = d.print(c.Operations, []*block{b})
	c.variables = d.variables
	return c
}
