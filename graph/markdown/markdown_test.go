package markdown

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const link = ` rel="nofollow noopener" target="_blank">`

func TestRenderer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ source, html, plain string }{
		"empty":               {"", "", ""},
		"paragraphs":          {"Hallo **Anna**,\nes *geht* ~~nicht~~.\n\nGruß", "<p>Hallo <strong>Anna</strong>,<br>\nes <em>geht</em> <del>nicht</del>.</p>\n<p>Gruß</p>", "Hallo Anna,\nes geht nicht.\n\nGruß"},
		"windows line breaks": {"a\r\nb\r\n\r\nc", "<p>a<br>\nb</p>\n<p>c</p>", "a\nb\n\nc"},
		"lists":               {"- a\n- b\n\n  5. x\n  6. y\n\nz", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n<ol start=\"5\">\n<li>x</li>\n<li>y</li>\n</ol>\n</li>\n</ul>\n<p>z</p>", "- a\n- b\n\n5. x\n6. y\n\nz"},
		"quotes":              {"> a\n> b\n>\n> > c\n\nd", "<blockquote>\n<p>a<br>\nb</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n<p>d</p>", "> a\n> b\n\n> c\n\nd"},
		"code":                {"Run `<b> \\*`:\n```sh\na\n\n  <b>\n```\nend", "<p>Run <code>&lt;b&gt; \\*</code>:</p>\n<pre><code>a\n\n  &lt;b&gt;\n</code></pre>\n<p>end</p>", "Run <b> \\*:\na\n\n  <b>\n\nend"},
		"headings and a line": {"# A\nb\n***\nc", "<h1>A</h1>\n<p>b</p>\n<hr>\n<p>c</p>", "A\nb\nc"},
		"a signature":         {"Grüße\nAnna\n-- \nAgentur", "<p>Grüße<br>\nAnna<br>\n--<br>\nAgentur</p>", "Grüße\nAnna\n--\nAgentur"},
		"an underline":        {"Grüße\n---\nAnna", "<p>Grüße</p>\n<hr>\n<p>Anna</p>", "Grüße\nAnna"},
		"pasted HTML":         {"<VirtualHost *:80>\n<div class=\"x\">a</div>", "<p>&lt;VirtualHost *:80&gt;<br>\n&lt;div class=&#34;x&#34;&gt;a&lt;/div&gt;</p>", "<VirtualHost *:80>\n<div class=\"x\">a</div>"},
		"escapes":             {`\*a\* &lt;b&gt; &#106; &amp;`, "<p>*a* &lt;b&gt; j &amp;</p>", "*a* <b> j &"},
		"links":               {"[a](https://a.example/?b=1&c=\"2) <https://b.example> www.c.example", `<p><a href="https://a.example/?b=1&amp;c=%222"` + link + `a</a> <a href="https://b.example"` + link + `https://b.example</a> <a href="http://www.c.example"` + link + `www.c.example</a></p>`, "a https://b.example www.c.example"},
		"an address":          {"a.b@c.example", `<p><a href="mailto:a.b@c.example" rel="nofollow">a.b@c.example</a></p>`, "a.b@c.example"},
		"a title":             {"[a](https://a.example \"title\")", `<p><a href="https://a.example"` + link + `a</a></p>`, "a"},
		"an image":            {"![plan](https://a.example/a.png)", `<p><a href="https://a.example/a.png"` + link + `plan</a></p>`, "plan"},
		"an undescribed one":  {"![](https://a.example/a.png)", `<p><a href="https://a.example/a.png"` + link + `https://a.example/a.png</a></p>`, "https://a.example/a.png"},
		"an image in a link":  {"[![plan](https://a.example/a.png)](https://b.example)", `<p><a href="https://b.example"` + link + `plan</a></p>`, "plan"},
		"relative links":      {"[a](/admin) [b](//b.example) [c](?x) ![d](/d.png)", "<p>a b c d</p>", "a b c d"},
		"other schemes":       {"[a](javascript:alert(1)) [b](vbscript:x) [c](data:text/html,x) [d](file:///x) <javascript:alert(1)> ftp://x.example", "<p>a b c d javascript:alert(1) ftp://x.example</p>", "a b c d javascript:alert(1) ftp://x.example"},
		"hidden schemes":      {"[a](JaVaScRiPt:alert(1)) [b](&#106;avascript:x) [c](java\nscript:x) [d](\tjavascript:x)", "<p>a b [c](java<br>\nscript:x) d</p>", "a b [c](java\nscript:x) d"},
		"scripts":             {"<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;svg/onload=alert(1)&gt;</p>", "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"},
		"attributes":          {"[a](https://a.example\"onclick=alert(1))", "<p>a</p>", "a"},
		"link definitions":    {"[a]: https://a.example\n[a]", "<p>[a]: <a href=\"https://a.example\"" + link + "https://a.example</a><br>\n[a]</p>", "[a]: https://a.example\n[a]"},
		"control characters":  {"a\x1b[31mb\u009bc\x7f", "<p>a[31mbc</p>", "a[31mbc"},
		"directions":          {"a\u202eb&#x202e;c\u2067d", "<p>abcd</p>", "abcd"},
		"line ends":           {"a\rb\r\nc", "<p>a<br>\nb<br>\nc</p>", "a\nb\nc"},
		"same server":         {"[a](https:/logout) [b](http:c) [d](https:///e) [f](mailto:)", "<p>a b d f</p>", "a b d f"},
		"lone surrogates":     {"a\xed\xa0\x80b", "<p>a\ufffdb</p>", "a\ufffdb"},
		"too long":            {strings.Repeat("*a* ", 5000), "<pre>" + strings.Repeat("*a* ", 5000) + "</pre>", strings.TrimSpace(strings.Repeat("*a* ", 5000))},
		"too deep":            {strings.Repeat("> ", 21) + "<b>", "<pre>" + strings.Repeat("&gt; ", 21) + "&lt;b&gt;</pre>", strings.Repeat("> ", 21) + "<b>"},
	}
	r := New()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.html, r.HTML(test.source, false)); diff != "" {
				t.Errorf("HTML (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.plain, r.Plain(test.source)); diff != "" {
				t.Errorf("plain text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderer_Images(t *testing.T) {
	t.Parallel()
	source := "![p\"l](https://a.example/a.png \"t\") ![](javascript:x) [![in](http://b.example/b.png)](https://c.example)"
	want := `<p><img src="https://a.example/a.png" alt="p&#34;l"> <img alt=""> <a href="https://c.example"` + link + `<img src="http://b.example/b.png" alt="in"></a></p>`
	if diff := cmp.Diff(want, New().HTML(source, true)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// No text takes long or becomes much longer. Each of these is of a kind that takes quadratic time in some parser of Markdown.
func TestRenderer_Bounds(t *testing.T) {
	t.Parallel()
	r := New()
	for _, part := range []string{
		">", "> ", "> - ", "- ", "1. ", "* a\n", "[", "![", "[a](", "[a](<b", "[a](b \"", "[a](b)", "*a_ ", "**a ", "*_", "~~a ", "`", "` ``", "<", "<a:", "&lt;", "\"",
		"(www.a.b", " www.a.b", "http://a.b ", "a@b.c ", "a.", "\n", "a\n", "# a\n", "```\n", "\\<", "| a ", "a\n> b\n", ">a\n", "\t- a\n",
	} {
		marks := countMarks([]byte(part))
		source := strings.Repeat(part, min(maxLength/len(part), maxMarks/max(marks, 1)))
		if part == "[" {
			source += strings.Repeat("]", maxMarks)
		}
		source += strings.Repeat("a", maxLength-len(source))
		if r.document([]byte(source)) == nil && strings.Trim(part, "->1. ") != "" {
			t.Errorf("%q exceeds a limit", part)
		}
		start := time.Now()
		html, plain := r.HTML(source, false), r.Plain(source)
		if took := time.Since(start); took > time.Minute { // usually at most 20 ms, on however busy a machine
			t.Errorf("%q takes %s", part, took)
		}
		if len(html) > 20*len(source) || len(plain) > 4*len(source) {
			t.Errorf("%q: %d bytes become %d bytes of HTML and %d of text", part, len(source), len(html), len(plain))
		}
	}
}

func TestWithoutQuotes(t *testing.T) {
	t.Parallel()
	r := New()
	for source, want := range map[string]string{
		"":                          "",
		"a\nb":                      "a\nb",
		"Danke!\n\n> alt\n>> älter": "Danke!\n\n",
		"a\n> b\nc\n  > d\ne":       "a\nc\ne",
		"Ja.\n\nAm 1.2. schrieb Anna:\n\n> alt\n":                    "Ja.\n\n",
		"Yes.\r\n\r\nOn Monday, Anna <a@b.c>\r\nwrote:\r\n> old\r\n": "Yes.\r\n\r\n",
		"She wrote:\n> old":                               "She wrote:\n",
		"ok\n-----Original Message-----\nFrom: x":         "ok\n",
		"ok\n----- Ursprüngliche Nachricht -----\nVon: x": "ok\n",
		"```\n> npm start\n```\n> x":                      "```\n> npm start\n```\n",
		"> only":                                          "",
		"```\n~~~\n> npm\n```` \n> x":                     "```\n~~~\n> npm\n```` \n",
		"Am 1.2. schrieb Anna:\n> x\n\n> y\n":             "\n",
	} {
		if diff := cmp.Diff(want, r.WithoutQuotes(source)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", source, diff)
		}
	}
}

func TestWithoutSignature(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"":                    "",
		"a -- b\n--- \nc":     "a -- b\n--- \nc",
		"a\n-- \nAnna\nFirma": "a\n",
		"a\r\n-- \r\nAnna":    "a\r\n",
		"Preise:\n--\nKosten": "Preise:\n--\nKosten",
		"a\n--\nb\n-- \nAnna": "a\n--\nb\n",
		"-- \nAnna":           "-- \nAnna",
	} {
		if diff := cmp.Diff(want, WithoutSignature(source)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", source, diff)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text      string
		maxLength int
		want      string
	}{
		{"", 1, ""},
		{"a", 1, "a"},
		{"ab", 1, "…"},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"ab cd", 4, "ab…"},
		{"äöü", 2, "ä…"},
		{"a👩‍👩‍👧b", 5, "a…"},
		{"a👩‍👩‍👧b", 7, "a👩‍👩‍👧b"},
		{"a👩‍👩‍👧bc", 7, "a👩‍👩‍👧…"}, // a family is 5 code points
		{"ae\u0301x", 3, "a…"},
		{"🇩🇪🇫🇷", 3, "🇩🇪…"},
		{"\xff\xff", 1, "…"},
	}
	for _, test := range tests {
		if got := Cut(test.text, test.maxLength); got != test.want {
			t.Errorf("%q, %d: want %q, got %q", test.text, test.maxLength, test.want, got)
		}
	}
}

// The time grows like the text: a text of 2 MB took hours with quadratic time.
func TestWithoutQuotes_ManyQuotes(t *testing.T) {
	t.Parallel()
	r := New()
	count := 500_000
	if testing.Short() { // half a minute of CPU with the race detector
		count = 50_000
	}
	if diff := cmp.Diff(strings.Repeat("\n\n", count), r.WithoutQuotes(strings.Repeat(">\n\n\n", count))); diff != "" {
		t.Error("other lines than quotes were removed")
	}
	long := strings.Repeat("a", count) + "\n"
	if got := r.WithoutQuotes(long + strings.Repeat("> b\n", count)); got != long {
		t.Errorf("got %d bytes", len(got))
	}
}
