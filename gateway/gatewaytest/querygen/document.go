package querygen

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxDepth exceeds the deepest field of the schema by two levels.
const maxDepth = 11

// document is a document under construction.
type document struct {
	generator *Generator
	rng       *rand.Rand
	keyword   string // of the operations
	budget    int    // remaining tokens
	rich      bool   // whether to use many conditions, aliases and fragments
	roots     roots
	aliases   int
	fragments []*block
	variables []*variable
	selected  map[string]bool
}

// block is the text of an operation or a fragment, with the fragments and variables that it uses.
type block struct {
	name, on string // of a fragment
	text     strings.Builder
	scope    scope
	uses     map[*variable]bool
	spreads  map[*block]bool
}

func newBlock() *block {
	return &block{scope: scope{}, uses: map[*variable]bool{}, spreads: map[*block]bool{}}
}

func (b *block) use(uses []*variable) {
	for _, v := range uses {
		b.uses[v] = true
	}
}

// place is the position of a selection set.
type place struct {
	on           *ast.Definition
	scope        scope
	depth        int
	conversation string // the ID of the conversation around it, if known
}

func (p place) within(on *ast.Definition) place {
	p.on = on
	p.depth++
	return p
}

// addFragment adds a fragment, which may spread existing fragments.
func (d *document) addFragment() {
	b := newBlock()
	b.name = fmt.Sprintf("F%d", len(d.fragments))
	// Half of the fragments are on the most frequent types.
	on := pick(d.rng, d.generator.composites...)
	if common := d.generator.schema.Types[pick(d.rng, "Conversation", "User", "Message", "MessageItem", "Node", "Query", "Reference")]; common != nil && chance(d.rng, 50) {
		on = common
	}
	b.on = on.Name
	outer := d.budget
	d.budget = min(d.budget/3, 90)
	limit := d.budget
	d.selections(b, place{on: on, scope: b.scope, depth: 3})
	d.budget = outer - (limit - d.budget)
	d.fragments = append(d.fragments, b)
}

func (d *document) operation(budget int) *block {
	b := newBlock()
	outer := d.budget
	d.budget = budget
	d.selections(b, place{on: d.generator.schema.Query, scope: b.scope})
	d.budget = outer - (budget - d.budget)
	return b
}

// selections writes a nonempty selection set.
func (d *document) selections(b *block, at place) {
	b.text.WriteString("{ ")
	d.budget -= 2
	written := 0
	for range 1 + d.rng.IntN(6) {
		if d.budget < 4 && written > 0 {
			break
		}
		if d.selection(b, at) {
			written++
		}
	}
	if written == 0 {
		d.typename(b, at)
	}
	b.text.WriteString("} ")
}

// roots decides whether a document lists conversations or looks them up. A lookup after a list needs no call, and the
// order of two root fields is random, so few documents have both.
type roots int

const (
	listed roots = iota
	lookedUp
	both
)

func (d *document) selectable(on *ast.Definition) []*ast.FieldDefinition {
	fields := selectable(on)
	if on != d.generator.schema.Query {
		return fields
	}
	return slices.DeleteFunc(fields, func(field *ast.FieldDefinition) bool {
		switch field.Name {
		case "conversations":
			return d.roots == lookedUp
		case "conversation", "node", "nodes":
			return d.roots == listed
		}
		return false
	})
}

// selection writes one selection if it can.
func (d *document) selection(b *block, at place) bool {
	fields := d.selectable(at.on)
	dice := d.rng.IntN(100)
	switch {
	case dice < 8:
		return d.typename(b, at)
	case at.on == d.generator.schema.Query && dice < 11:
		return d.introspection(b, at)
	case dice < 20 || at.on.IsAbstractType() && dice < 60 || len(fields) == 0:
		if d.spread(b, at) {
			return true
		}
		return d.inline(b, at)
	}
	return d.field(b, at, d.pickField(fields, at.depth >= maxDepth || d.budget < 12))
}

func (d *document) typeOf(field *ast.FieldDefinition) *ast.Definition {
	return d.generator.schema.Types[field.Type.Name()]
}

// pickField prefers fields with selections, so that responses are deep.
func (d *document) pickField(fields []*ast.FieldDefinition, leaf bool) *ast.FieldDefinition {
	var leaves, branches []*ast.FieldDefinition
	for _, field := range fields {
		if d.typeOf(field).IsLeafType() {
			leaves = append(leaves, field)
		} else {
			branches = append(branches, field)
		}
	}
	if len(leaves) > 0 && (leaf || len(branches) == 0 || chance(d.rng, 45)) {
		return pick(d.rng, leaves...)
	}
	return weighted(d.rng, branches, func(field *ast.FieldDefinition) int { return d.generator.height(d.typeOf(field)) })
}

func (d *document) typename(b *block, at place) bool {
	as := meaning{parent: at.on.Name, object: at.on.Kind == ast.Object, name: "__typename", call: "__typename"}
	key := "__typename"
	if chance(d.rng, 30) {
		key = pick(d.rng, "kind", "type", "t", "id")
	}
	// The validator does not merge __typename with a String field.
	if !at.scope.accepts(key, "__typename", as) {
		key = "__typename"
	}
	at.scope.add(key, "__typename", as)
	d.write(b, key, as, "")
	return true
}

// introspection writes an introspection field, which has no writer.
func (d *document) introspection(b *block, at place) bool {
	call, below := "__schema", "{ queryType { name } } "
	shape := "__Schema!"
	if chance(d.rng, 50) {
		call, below, shape = `__type(name: "User")`, "{ name kind } ", "__Type"
	}
	as := meaning{parent: at.on.Name, object: true, name: call, call: call}
	d.aliases++
	key := fmt.Sprintf("i%d", d.aliases)
	at.scope.add(key, shape, as)
	d.budget -= 8
	d.write(b, key, as, "")
	b.text.WriteString(below)
	return true
}

// field writes a field with its arguments, with or without an alias, or again under a key that already selects it.
func (d *document) field(b *block, at place, field *ast.FieldDefinition) bool {
	key, as, known := d.repeated(at, field)
	inside := at.conversation
	if !known {
		as = meaning{parent: at.on.Name, object: at.on.Kind == ast.Object, name: field.Name}
		as.call, as.uses, inside = d.call(field, at)
		key = d.key(at, field, as)
	}
	b.use(as.uses)
	d.selected[at.on.Name+"."+field.Name] = true
	below := at.scope.add(key, field.Type.String(), as)
	d.write(b, key, as, d.conditions(b))
	of := d.typeOf(field)
	if of.IsLeafType() {
		return true
	}
	d.selections(b, place{on: of, scope: below, depth: at.depth + 1, conversation: inside})
	return true
}

// repeated returns a key that already selects the field.
func (d *document) repeated(at place, field *ast.FieldDefinition) (key string, as meaning, found bool) {
	if chance(d.rng, 60) {
		return "", meaning{}, false
	}
	for _, key := range slices.Sorted(maps.Keys(at.scope)) {
		for _, as := range at.scope[key].meanings {
			if as.name != field.Name {
				continue
			}
			as.parent, as.object = at.on.Name, at.on.Kind == ast.Object
			if at.scope.accepts(key, field.Type.String(), as) {
				return key, as, true
			}
		}
	}
	return "", meaning{}, false
}

// key chooses an unused response key, also among the names of other fields.
func (d *document) key(at place, field *ast.FieldDefinition, as meaning) string {
	candidates := []string{field.Name}
	if d.rich && chance(d.rng, 35) {
		candidates = []string{pick(d.rng, "a", "b", "_x1", "id", "name", "node", "nodes", "messages", "edges", "__t", field.Name+"2"), field.Name}
	}
	for _, key := range candidates {
		if at.scope.accepts(key, field.Type.String(), as) {
			return key
		}
	}
	d.aliases++
	return fmt.Sprintf("k%d", d.aliases)
}

func (d *document) write(b *block, key string, as meaning, conditions string) {
	d.budget -= 1 + 4*strings.Count(as.call, ":")
	if key != as.name {
		d.budget -= 2
		b.text.WriteString(key + ": ")
	}
	b.text.WriteString(as.call + " " + conditions)
}

// inline writes an inline fragment on a possible type, or without a type.
func (d *document) inline(b *block, at place) bool {
	if at.depth >= maxDepth+3 || d.budget < 8 {
		return false
	}
	on := at.on
	condition := ""
	if at.on.IsAbstractType() || chance(d.rng, 75) {
		on = pick(d.rng, d.generator.overlapping[at.on.Name]...)
		if possible := d.generator.schema.GetPossibleTypes(at.on); chance(d.rng, 65) {
			on = weighted(d.rng, possible, func(of *ast.Definition) int { return d.generator.height(of) })
		}
		condition = "on " + on.Name + " "
	}
	d.budget -= 3
	b.text.WriteString("... " + condition + d.conditions(b))
	d.selections(b, at.within(on))
	return true
}

// spread writes a named fragment with a possible type.
func (d *document) spread(b *block, at place) bool {
	var fitting []*block
	for _, fragment := range d.fragments {
		if d.generator.overlap(at.on, d.generator.schema.Types[fragment.on]) && at.scope.acceptsAll(fragment.scope) {
			fitting = append(fitting, fragment)
		}
	}
	if len(fitting) == 0 {
		return false
	}
	fragment := pick(d.rng, fitting...)
	at.scope.addAll(fragment.scope)
	b.spreads[fragment] = true
	d.budget -= 2
	b.text.WriteString("..." + fragment.name + " " + d.conditions(b))
	return true
}

// conditions writes @include, @skip or both, but usually nothing.
func (d *document) conditions(b *block) string {
	if !d.rich || !chance(d.rng, 14) {
		return ""
	}
	var text strings.Builder
	for _, name := range pick(d.rng, []string{"include"}, []string{"skip"}, []string{"skip"}, []string{"skip", "include"}) {
		d.budget -= 6
		if chance(d.rng, 30) {
			// Usually the values keep the field.
			fmt.Fprintf(&text, "@%s(if: %t) ", name, (name == "include") == chance(d.rng, 75))
			continue
		}
		v := d.variable("Boolean!", 6, booleans)
		b.uses[v] = true
		fmt.Fprintf(&text, "@%s(if: $%s) ", name, v.name)
	}
	return text.String()
}

// print returns the operations and, in any position, their fragments.
func (d *document) print(names []string, blocks []*block) string {
	var parts []string
	reached := map[*block]bool{}
	for i, b := range blocks {
		uses := map[*variable]bool{}
		collect(b, uses, reached, map[*block]bool{})
		head := ""
		if names[i] != "" || len(uses) > 0 || d.keyword != "query" {
			head = d.keyword + " " + names[i] + d.declare(uses) + " "
		}
		parts = append(parts, head+b.text.String())
	}
	for _, fragment := range d.fragments {
		if reached[fragment] {
			parts = append(parts, "fragment "+fragment.name+" on "+fragment.on+" "+fragment.text.String())
		}
	}
	d.rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, "\n")
}

func collect(b *block, uses map[*variable]bool, reached, seen map[*block]bool) {
	maps.Copy(uses, b.uses)
	for fragment := range b.spreads {
		if !seen[fragment] {
			seen[fragment], reached[fragment] = true, true
			collect(fragment, uses, reached, seen)
		}
	}
}

// declare declares variables in the order of their creation.
func (d *document) declare(uses map[*variable]bool) string {
	var declared []string
	for _, v := range d.variables {
		if !uses[v] {
			continue
		}
		text := "$" + v.name + ": " + v.of
		if v.fallback != "" {
			text += " = " + v.fallback
		}
		declared = append(declared, text)
	}
	if len(declared) == 0 {
		return ""
	}
	return "(" + strings.Join(declared, ", ") + ")"
}
