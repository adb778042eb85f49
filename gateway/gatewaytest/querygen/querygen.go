// Package querygen generates random valid queries. Selections work for any schema, arguments only for ours. The same
// seed generates the same query.
package querygen

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Pools holds values for arguments. The generator adds invalid values.
type Pools struct {
	// Conversations, Customers and Categories hold IDs, References the IDs of objects that conversations refer to.
	Conversations, Customers, Categories, References []string
	// Messages holds IDs of messages.
	Messages []string
	// ListCursors holds cursors of the conversation list in the default order.
	ListCursors []string
	// MessageCursors holds cursors of messages by conversation ID.
	MessageCursors map[string][]string
}

// Generator generates queries for one schema.
type Generator struct {
	schema *ast.Schema
	pools  Pools
	// composites holds the possible types of fragments by name.
	composites []*ast.Definition
	// overlapping holds, for each type, the types of valid fragments on it.
	overlapping map[string][]*ast.Definition
	// heights holds the maximum number of object levels below a type.
	heights map[string]int
}

// New returns a generator.
func New(schema *ast.Schema, pools Pools) *Generator {
	g := &Generator{schema: schema, pools: pools, overlapping: map[string][]*ast.Definition{}, heights: map[string]int{}}
	reachable := map[*ast.Definition]bool{}
	g.reach(schema.Query, reachable)
	var all []*ast.Definition
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		of := schema.Types[name]
		if of.IsCompositeType() && !strings.HasPrefix(name, "__") {
			all = append(all, of)
		}
		if reachable[of] && of.IsCompositeType() {
			g.composites = append(g.composites, of)
		}
	}
	for _, of := range all {
		g.height(of)
		for _, other := range all {
			if g.overlap(of, other) {
				g.overlapping[of.Name] = append(g.overlapping[of.Name], other)
			}
		}
	}
	return g
}

// reach records every type that queries can reach. Fragments on other types, such as payloads of mutations, are
// invalid.
func (g *Generator) reach(of *ast.Definition, seen map[*ast.Definition]bool) {
	if seen[of] {
		return
	}
	seen[of] = true
	for _, possible := range g.schema.GetPossibleTypes(of) {
		g.reach(possible, seen)
		for _, abstract := range g.schema.GetImplements(possible) {
			g.reach(abstract, seen)
		}
	}
	for _, field := range selectable(of) {
		g.reach(g.schema.Types[field.Type.Name()], seen)
	}
}

func (g *Generator) overlap(a, b *ast.Definition) bool {
	possible := g.schema.GetPossibleTypes(b)
	return slices.ContainsFunc(g.schema.GetPossibleTypes(a), func(of *ast.Definition) bool {
		return slices.Contains(possible, of)
	})
}

// height returns the height of a type. Recursion counts once.
func (g *Generator) height(of *ast.Definition) int {
	if known, found := g.heights[of.Name]; found || !of.IsCompositeType() {
		return known
	}
	g.heights[of.Name] = 1
	highest := 0
	for _, possible := range g.schema.GetPossibleTypes(of) {
		if possible != of {
			highest = max(highest, g.height(possible)-1)
		}
	}
	for _, field := range selectable(of) {
		highest = max(highest, g.height(g.schema.Types[field.Type.Name()]))
	}
	g.heights[of.Name] = highest + 1
	return highest + 1
}

// Fields returns all fields that queries can select, as "Type.field".
func (g *Generator) Fields() []string {
	var names []string
	for _, of := range g.composites {
		for _, field := range selectable(of) {
			names = append(names, of.Name+"."+field.Name)
		}
	}
	return names
}

func selectable(of *ast.Definition) []*ast.FieldDefinition {
	return slices.DeleteFunc(slices.Clone(of.Fields), func(field *ast.FieldDefinition) bool {
		return strings.HasPrefix(field.Name, "__")
	})
}

// Case is a generated document.
type Case struct {
	Query string
	// Operations holds the names of its operations. The name of a single operation may be empty.
	Operations []string
	// Selected holds the fields in operations and fragments, as "Type.field".
	Selected map[string]bool

	seed      uint64
	variables []*variable
}

// Variables returns the variables for a round. Variables with a default are sometimes omitted.
func (c *Case) Variables(round uint64) map[string]any {
	rng := random(c.seed, round+1)
	values := map[string]any{}
	for _, v := range c.variables {
		if v.fallback != "" && chance(rng, 25) {
			continue
		}
		values[v.name] = v.choose(rng).json
	}
	return values
}

// Racing reports whether the query lists conversations and also looks some up by ID. Whether listed conversations are
// fetched again depends on timing. A lookup of a short ID, which a filter can contain as well, may list conversations.
func (c *Case) Racing() bool {
	byID := c.Selected["Query.node"] || c.Selected["Query.nodes"]
	if c.lists() {
		return byID || c.Selected["Query.conversation"]
	}
	return strings.Contains(c.Query, "shortId:") && (byID || strings.Contains(c.Query, "conversation(id:"))
}

// SharesRows reports whether several lists can have the same conversation, and a message refers back to it. Which list's row
// the message refers to depends on timing.
func (c *Case) SharesRows() bool {
	lists := strings.Count(c.Query, "conversations(") + strings.Count(c.Query, "conversations {") + strings.Count(c.Query, "conversationCounts")
	return lists > 1 && strings.Contains(c.Query, " conversation {")
}

func (c *Case) lists() bool {
	if c.Selected["Query.conversationCounts"] {
		return true
	}
	for field := range c.Selected {
		if strings.HasSuffix(field, ".conversations") {
			return true
		}
	}
	return false
}

// SearchesShortID reports whether a list is searched for a short ID in a round: the conversation is looked up as well, so
// which of its two forms the rest of the operation uses depends on timing.
func (c *Case) SearchesShortID(round uint64) bool {
	return c.lists() && strings.Contains(fmt.Sprintf("%s %q", c.Query, c.Variables(round)), `"c-`)
}

// Operation returns the name of the operation for a round, or "" if it has no name.
func (c *Case) Operation(round uint64) string { return c.Operations[round%uint64(len(c.Operations))] }

// Case generates the query for a seed.
func (g *Generator) Case(seed uint64) *Case {
	rng := random(seed, 0)
	d := &document{
		generator: g, rng: rng, keyword: "query", budget: pick(rng, 60, 150, 300, 500, 750),
		selected: map[string]bool{}, rich: chance(rng, 60),
		roots: pick(rng, listed, listed, lookedUp, lookedUp, both),
	}
	for range pick(rng, 0, 0, 1, 2, 3, 4) {
		d.addFragment()
	}
	operations := pick(rng, 1, 1, 1, 1, 2, 3)
	c := &Case{seed: seed, Selected: d.selected}
	var blocks []*block
	for i := range operations {
		name := ""
		if operations > 1 || chance(rng, 30) {
			name = fmt.Sprintf("Op%d", i)
		}
		c.Operations = append(c.Operations, name)
		blocks = append(blocks, d.operation(d.budget/(operations-i)))
	}
	c.Query = d.print(c.Operations, blocks)
	c.variables = d.variables
	return c
}

func random(seed, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream)) //nolint:gosec // the same seed must generate the same query
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// weighted returns a random element by weight.
func weighted[T any](rng *rand.Rand, from []T, weight func(T) int) T {
	sum := 0
	for _, one := range from {
		sum += weight(one)
	}
	at := rng.IntN(sum)
	for _, one := range from {
		if at -= weight(one); at < 0 {
			return one
		}
	}
	return from[0]
}

// chance returns true with a probability in percent.
func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }
