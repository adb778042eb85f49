// Package markdown renders the texts of messages, which mStudio's clients treat as Markdown. Texts are untrusted: the HTML is
// safe to insert into a page, and neither time nor output grows faster than the text.
package markdown

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The limits of texts that are read as Markdown. Texts beyond them are shown as they are, because the parser takes quadratic time for
// some of them.
const (
	maxLength  = 16 << 10 // in bytes; mStudio accepts 8,000 characters from its users
	maxMarks   = 500      // of links and emphasis; a text with more is a log or the like
	maxNesting = 20       // of quotes and lists that begin in one line
)

// Renderer renders texts. It is safe for concurrent use.
type Renderer struct {
	parser     parser.Parser
	withLinks  htmlRenderer // in place of images
	withImages htmlRenderer
	lines      lines
}

// New returns a Renderer.
func New() *Renderer {
	links, images := newPolicy(), newPolicy()
	images.AllowAttrs("src", "alt").OnElements("img")
	return &Renderer{
		parser:     newParser(),
		withLinks:  htmlRenderer{newNodeRenderer(util.Prioritized(imageLinks{}, 100)), links},
		withImages: htmlRenderer{newNodeRenderer(), images},
		lines:      newLines(),
	}
}

// document returns the nodes of a text, or nil if it exceeds a limit.
func (r *Renderer) document(source []byte) ast.Node {
	if len(source) > maxLength || countMarks(source) > maxMarks {
		return nil
	}
	for line := range bytes.Lines(source) {
		if nesting(line) > maxNesting {
			return nil
		}
	}
	return r.parser.Parse(text.NewReader(source))
}

func countMarks(source []byte) (count int) {
	for _, mark := range []string{"[", "*", "_", "~"} {
		count += bytes.Count(source, []byte(mark))
	}
	return count
}

// nesting returns the number of quotes and list items that a line begins.
func nesting(line []byte) (count int) {
	for i, char := range line {
		isBeforeSpace := i+1 == len(line) || unicode.IsSpace(rune(line[i+1]))
		switch {
		case char == '>', isBeforeSpace && strings.ContainsRune("-*+.)", rune(char)):
			count++
		case char != ' ' && char != '\t' && (char < '0' || char > '9'):
			return count
		}
	}
	return count
}

// newParser returns a parser of CommonMark with strikethrough and bare URLs. It lacks what does harm in a ticket: HTML, which
// would hide pasted code; headings by underlining, which would make one of the line above a signature; and definitions of
// links and tables, with which a short text can become a very long one.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
		),
	)
}
