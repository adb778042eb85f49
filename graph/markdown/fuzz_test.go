package markdown

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// No text leads to HTML with a script, a style, an event handler, or a link that runs code, as a browser parses it.
func FuzzHTML(f *testing.F) {
	for _, source := range []string{
		"<script>alert(1)</script>", "[a](javascript:alert(1))", "![a](https://a.example/\"onerror=alert(1))", "<a href=x onclick=y>", "`<b>`",
		"- a\n  1. b\n> c\n\n    d", "[![a](b)](https://c.example)", "<https://a.example> a@b.example &#x3C;script>", "```\n</code><script>\n```",
		"On Monday, a wrote:\n> b\n-- \nc", "~~a~~ **b** *c* \\<d\\> \xff\x00",
	} {
		f.Add(source, true)
		f.Add(source, false)
	}
	r := New()
	f.Fuzz(func(t *testing.T, source string, withImages bool) {
		rendered := r.HTML(source, withImages)
		if len(rendered) > 100*len(source)+100 || !utf8.ValidString(rendered) {
			t.Errorf("%d bytes become %d, valid %t", len(source), len(rendered), utf8.ValidString(rendered))
		}
		nodes, err := html.ParseFragment(strings.NewReader(rendered), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
		if err != nil {
			t.Fatal(err)
		}
		for _, top := range nodes {
			checkNode(t, top, withImages)
			for node := range top.Descendants() {
				checkNode(t, node, withImages)
			}
		}
	})
}

func checkNode(t *testing.T, node *html.Node, withImages bool) {
	t.Helper()
	if node.Type == html.TextNode {
		return
	}
	allowed := []string{"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong", "del", "ul", "ol", "li", "a"}
	isImage := withImages && node.Data == "img"
	if node.Type != html.ElementNode || !slices.Contains(allowed, node.Data) && !isImage {
		t.Errorf("a node of type %d: %q", node.Type, node.Data)
	}
	for _, attribute := range node.Attr {
		switch attribute.Key {
		case "href", "src":
			address, err := url.Parse(attribute.Val)
			if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, address.Scheme) || address.Scheme != "mailto" && address.Host == "" {
				t.Errorf("%s=%q", attribute.Key, attribute.Val)
			}
		case "rel":
			if !strings.Contains(attribute.Val, "nofollow") {
				t.Errorf("rel=%q", attribute.Val)
			}
		case "target", "start", "alt":
		default:
			t.Errorf("attribute %q of %s", attribute.Key, node.Data)
		}
	}
}

// Plain texts have no control characters, are hardly longer than their source, and keep within their maximum length.
func FuzzPlain(f *testing.F) {
	f.Add("**a** [b](c)\n\n> d\n-- \ne", 5)
	f.Add("On Monday, a wrote:\n> b\n```\n1. c\x1b", 1)
	r := New()
	f.Fuzz(func(t *testing.T, source string, maxLength int) {
		plain := r.Plain(WithoutSignature(r.WithoutQuotes(source)))
		if len(plain) > 6*len(source)+10 || !utf8.ValidString(plain) {
			t.Errorf("%d bytes become %d, valid %t", len(source), len(plain), utf8.ValidString(plain))
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Errorf("control characters in %q", plain)
		}
		if cut := Cut(plain, max(maxLength, 1)); utf8.RuneCountInString(cut) > max(maxLength, 1) {
			t.Errorf("%q is longer than %d", cut, maxLength)
		}
	})
}
