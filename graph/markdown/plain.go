package markdown

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// Plain returns a text without markup. Links are their texts, and
// images their descriptions or addresses. Lines of quotes begin with "> ".
func (r *Renderer) Plain(source string) string {
	source = printable(source)
	input := []byte(source)
	if document := r.document(input); document != nil {
		plain := plainWriter{source: input, items: map[ast.Node]int{}}
		_ = ast.Walk(document, plain.visit) // visit returns no errors
		source = plain.String()
	}
	return strings.TrimSpace(strings.Map(visible, source)) // entities may be control characters
}

// plainWriter writes the nodes of a document as plain text.
type plainWriter struct {
	strings.Builder

	source []byte
	lines  int              // line feeds to write before the next text
	marker string           // of the list item that the next text begins
	items  map[ast.Node]int // of ordered lists, so far
	quotes int              // around the node; however many, a line gets one mark, so that the output cannot explode
}

// visit implements [ast.Walker].
func (p *plainWriter) visit(node ast.Node, isEntering bool) (ast.WalkStatus, error) {
	if node.Kind() == ast.KindBlockquote {
		p.quotes++
		if !isEntering {
			p.quotes -= 2
		}
	}
	if !isEntering {
		return ast.WalkContinue, nil
	}
	if node.Type() == ast.TypeBlock {
		p.block(node)
	}
	switch node := node.(type) {
	case *ast.Text:
		p.text(node)
	case *ast.AutoLink:
		p.write(string(node.Label(p.source)))
	case *ast.Image:
		if !node.HasChildren() {
			p.write(string(node.Destination))
		}
	}
	return ast.WalkContinue, nil
}

// block begins a block. Blocks are apart by as many lines as in the source, at most by an empty one.
func (p *plainWriter) block(node ast.Node) {
	p.lines = max(p.lines, 1)
	if node.HasBlankPreviousLines() {
		p.lines = 2
	}
	switch node := node.(type) {
	case *ast.ListItem:
		p.marker += p.markerOf(node.Parent())
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for _, line := range node.Lines().Sliced(0, node.Lines().Len()) {
			p.write(strings.TrimRight(string(line.Value(p.source)), "\r\n"))
			p.lines++
		}
	}
}

// markerOf returns the marker of a list's next item.
func (p *plainWriter) markerOf(list ast.Node) string {
	ordered, ok := list.(*ast.List)
	if !ok || !ordered.IsOrdered() {
		return "- "
	}
	number := ordered.Start + p.items[list]
	p.items[list]++
	return strconv.Itoa(number) + ". "
}

func (p *plainWriter) text(node *ast.Text) {
	value := node.Value(p.source)
	if !node.IsRaw() && node.Parent().Kind() != ast.KindCodeSpan {
		value = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(value)))
	}
	p.write(string(value))
	if node.SoftLineBreak() || node.HardLineBreak() {
		p.lines++
	}
}

// write writes text behind the line feeds, the mark of a quote and the marker of a list item that are due.
func (p *plainWriter) write(text string) {
	if p.lines > 0 {
		p.WriteString(strings.Repeat("\n", p.lines))
		p.WriteString(strings.Repeat("> ", min(p.quotes, 1)))
		p.lines = 0
	}
	p.WriteString(p.marker)
	p.WriteString(text)
	p.marker = ""
}
