package markdown

import (
	"bytes"
	"html"
	"net/url"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	goldmark "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// htmlRenderer writes nodes as HTML that has only the elements and attributes of its policy.
type htmlRenderer struct {
	nodes  renderer.Renderer
	policy *bluemonday.Policy
}

// HTML returns a text as HTML. Images are links unless withImages is true, because a browser that loads an image tells its
// server who reads the text.
func (r *Renderer) HTML(source string, withImages bool) string {
	input := []byte(printable(source))
	document := r.document(input)
	if document == nil {
		return "<pre>" + html.EscapeString(string(input)) + "</pre>"
	}
	chosen := r.withLinks
	if withImages {
		chosen = r.withImages
	}
	var output bytes.Buffer
	_ = chosen.nodes.Render(&output, input, document) // a buffer does not fail
	return strings.TrimSpace(strings.Map(visible, chosen.policy.SanitizeReader(&output).String()))
}

// newPolicy returns what HTML may have. Links open in another tab, so that they do not replace the ticket.
func newPolicy() *bluemonday.Policy {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong", "del", "ul", "ol", "li")
	policy.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	policy.AllowAttrs("href").OnElements("a")
	// Browsers read https:/path as a path of the page's own server.
	policy.AllowURLSchemeWithCustomPolicy("http", hasHost)
	policy.AllowURLSchemeWithCustomPolicy("https", hasHost)
	policy.AllowURLSchemeWithCustomPolicy("mailto", func(address *url.URL) bool { return address.Opaque != "" })
	policy.RequireParseableURLs(true)
	policy.AllowRelativeURLs(false)
	policy.RequireNoFollowOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return policy
}

func hasHost(address *url.URL) bool { return address.Host != "" }

// newNodeRenderer returns a renderer that keeps line breaks, because a message is not wrapped like a document.
func newNodeRenderer(others ...util.PrioritizedValue) renderer.Renderer {
	standard := goldmark.NewRenderer(goldmark.WithHardWraps())
	return renderer.NewRenderer(renderer.WithNodeRenderers(append(others,
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500), util.Prioritized(standard, 1000))...))
}

// imageLinks renders images as links to them.
type imageLinks struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (imageLinks) RegisterFuncs(registerer renderer.NodeRendererFuncRegisterer) {
	registerer.Register(ast.KindImage, func(w util.BufWriter, _ []byte, node ast.Node, isEntering bool) (ast.WalkStatus, error) {
		image, _ := node.(*ast.Image)
		switch destination := util.EscapeHTML(util.URLEscape(image.Destination, true)); {
		case isWithinLink(node): // only its description
		case !isEntering:
			_, _ = w.WriteString("</a>")
		default:
			_, _ = w.WriteString(`<a href="` + string(destination) + `">`)
			if !image.HasChildren() {
				_, _ = w.Write(destination)
			}
		}
		return ast.WalkContinue, nil
	})
}

func isWithinLink(node ast.Node) bool {
	for above := node.Parent(); above != nil && above.Type() == ast.TypeInline; above = above.Parent() {
		if above.Kind() == ast.KindLink || above.Kind() == ast.KindImage {
			return true
		}
	}
	return false
}
