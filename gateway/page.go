package gateway

import (
	"io"
	"net/http"
)

// endpointPage is for a person who has opened the endpoint's address in a browser. It needs nothing else.
const endpointPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>GraphQL endpoint</title>
<h1>This is a GraphQL endpoint</h1>
<p>Programs send their queries here, by POST, as <code>application/json</code>, with an mStudio API token.
<p>For people there is <a href="/">the start page</a>.
</html>
`

// writeEndpointPage answers with that page. Nothing in it may be loaded, run or framed.
func writeEndpointPage(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept, Authorization, X-Access-Token, Origin")
	_, _ = io.WriteString(w, endpointPage)
}
