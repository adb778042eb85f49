package gateway_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/rest"
)

const downloads = `{ conversations(first: 50) { nodes { messages { nodes { ... on TextMessage { files { ... on UploadedFile { id name mimeType shown: download { url expiresAt } saved: download(disposition: ATTACHMENT) { url } } } } } } } } }`

// manyFiles allows queries for more files than the estimate of 50 conversations.
func manyFiles() gateway.Config {
	return gateway.Config{Limits: limits.Limits{Cost: 1 << 20, Nodes: 1 << 30}}
}

type fileLinks struct {
	ID, Name, MimeType string
	Shown              struct {
		URL       string
		ExpiresAt time.Time
	}
	Saved struct{ URL string }
}

// linksOf returns the agency's links to all files of its first 50 conversations.
func linksOf(t *testing.T, server *gatewaytest.Server) []fileLinks {
	t.Helper()
	return linksOfCaller(t, server, gatewaytest.Token())
}

func linksOfCaller(t *testing.T, server *gatewaytest.Server, token string) []fileLinks {
	t.Helper()
	response := server.Query(t, token, downloads, nil)
	checkErrors(t, response)
	data := decode[struct {
		Data struct {
			Conversations struct {
				Nodes []struct {
					Messages struct{ Nodes []struct{ Files []fileLinks } }
				}
			}
		}
	}](t, response.Body)
	var all []fileLinks
	for _, conversation := range data.Data.Conversations.Nodes {
		for _, message := range conversation.Messages.Nodes {
			for _, file := range message.Files {
				if file.ID != "" {
					all = append(all, file)
				}
			}
		}
	}
	return all
}

// newFileRequest returns a request of a browser for a link, without a token.
func newFileRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// follow requests a link like a browser, without a token.
func follow(t *testing.T, server *gatewaytest.Server, url string, header ...string) gatewaytest.Response {
	t.Helper()
	request := newFileRequest(t, url)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return server.Do(t, request)
}

// Behind a proxy that terminates TLS, links have the wrong scheme without a public URL. The gateway says so once.
func TestDownloads_BehindProxyWithoutPublicURL(t *testing.T) {
	t.Parallel()
	for publicURL, want := range map[string]int{"": 1, "https://api.example.com": 0} {
		book, config := &logBook{}, manyFiles()
		config.Log, config.PublicURL = book.logger(), publicURL
		server, _ := start(t, config)
		for range 2 {
			checkErrors(t, call{header: http.Header{"X-Forwarded-Proto": {"https"}}, body: asking(downloads)}.send(t, server))
		}
		server.Close()
		if got := strings.Count(book.String(), "set --public-url"); got != want {
			t.Errorf("%q: want %d warnings, got %d", publicURL, want, got)
		}
	}
}

// The access token of each file is fetched once for both of its links, and every link returns the file.
func TestDownloads(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, manyFiles())
	files := linksOf(t, server)
	if len(files) < 20 {
		t.Fatalf("only %d files", len(files))
	}
	if calls := upstream.TakeCalls(); len(calls) != 51+len(files) {
		t.Errorf("want 51 calls and one for each of %d files, got %d", len(files), len(calls))
	}
	seen := map[string]bool{}
	for _, file := range files {
		if file.Name == "protokoll.txt" {
			continue // from the future: mStudio has no content for it
		}
		seen[file.MimeType] = true
		left := time.Until(file.Shown.ExpiresAt)
		if left < 4*time.Minute || left > 15*time.Minute {
			t.Errorf("the link works for %v", left)
		}
		wantFile(t, follow(t, server, file.Shown.URL), file, false)
		wantFile(t, follow(t, server, file.Saved.URL), file, true)
	}
	for _, mimeType := range []string{"image/png", "image/jpeg", "text/plain", "application/pdf", "message/rfc822"} {
		if !seen[mimeType] {
			t.Errorf("no file of type %s was tried", mimeType)
		}
	}
	for _, call := range upstream.TakeCalls() {
		if strings.Contains(call, "?") {
			t.Errorf("a token in an address: %s", call)
		}
	}
}

func wantFile(t *testing.T, response gatewaytest.Response, file fileLinks, saved bool) {
	t.Helper()
	disposition := "attachment"
	if shown := strings.HasPrefix(file.MimeType, "image/") || file.MimeType == "text/plain"; shown && !saved {
		disposition = "inline"
	}
	got := response.Header
	if response.Status != http.StatusOK || len(response.Body) == 0 || got.Get("Content-Type") != file.MimeType ||
		!strings.HasPrefix(got.Get("Content-Disposition"), disposition+"; filename") {
		t.Errorf("%s, saved %v: %d, %d bytes, %v", file.MimeType, saved, response.Status, len(response.Body), got)
	}
	for name, want := range map[string]string{
		"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Length": strconv.Itoa(len(response.Body)),
	} {
		if got.Get(name) != want {
			t.Errorf("%s: want %q, got %q", name, want, got.Get(name))
		}
	}
}

func TestPartOfAFile(t *testing.T) {
	t.Parallel()
	server, _ := start(t, manyFiles())
	link := linksOf(t, server)[0].Shown.URL
	whole := follow(t, server, link)
	part := follow(t, server, link, "Range", "bytes=10-19")
	if part.Status != http.StatusPartialContent || !bytes.Equal(part.Body, whole.Body[10:20]) ||
		part.Header.Get("Content-Range") != fmt.Sprintf("bytes 10-19/%d", len(whole.Body)) {
		t.Errorf("got %d, %q, %v", part.Status, part.Body, part.Header)
	}
	beyond := follow(t, server, link, "Range", "bytes=99999999-")
	if beyond.Status != http.StatusRequestedRangeNotSatisfiable || string(beyond.Body) != "The file does not have this range.\n" ||
		beyond.Header.Get("Content-Range") != fmt.Sprintf("bytes */%d", len(whole.Body)) {
		t.Errorf("beyond the end: %d, %s, %v", beyond.Status, beyond.Body, beyond.Header)
	}
	for _, odd := range []string{"bytes=" + strings.Repeat("0-0,", 100), "bytes=0-1,5-6", "pages=1-2", "bytes=" + strings.Repeat("0", 100) + "-1"} {
		response := follow(t, server, link, "Range", odd)
		if response.Status != http.StatusOK || !bytes.Equal(response.Body, whole.Body) {
			t.Errorf("%.20s: want the whole file, got %d, %d bytes", odd, response.Status, len(response.Body))
		}
	}
}

// An invalid link is rejected without a reason and without a call.
func TestInvalidLinks(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, manyFiles())
	link := linksOf(t, server)[0].Shown.URL
	upstream.TakeCalls()
	other, _ := start(t, gateway.Config{LinkKeys: [][]byte{}}) // a random key
	foreign := strings.Replace(link, server.Base, other.Base, 1)
	for _, url := range []string{server.Base + "/files/x", link[:len(link)-1], link + "A", link + "%0a", link + "%0D", strings.Replace(link, "/files/", "/files/%0A", 1), link + "%00", link + "%20", link + "=", foreign} {
		response := follow(t, server, url)
		if response.Status != http.StatusNotFound || string(response.Body) != "Invalid link.\n" {
			t.Errorf("%d: %s", response.Status, response.Body)
		}
	}
	if calls := upstream.TakeCalls(); len(calls) != 0 {
		t.Errorf("want no calls, got %v", calls)
	}
}

// Replicas that share a key serve each other's links.
func TestLinksOfAnotherReplica(t *testing.T) {
	t.Parallel()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	config := manyFiles()
	config.LinkKeys = [][]byte{key}
	one, upstream := start(t, config)
	two := gatewaytest.NewServer(t, upstream, gateway.Config{LinkKeys: [][]byte{key}})
	link := linksOf(t, one)[0].Shown.URL
	if response := follow(t, two, strings.Replace(link, one.Base, two.Base, 1)); response.Status != http.StatusOK {
		t.Errorf("got %d: %s", response.Status, response.Body)
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	config := manyFiles()
	config.PublicURL = "https://api.example.com/"
	server, _ := start(t, config)
	if link := linksOf(t, server)[0].Shown.URL; !strings.HasPrefix(link, "https://api.example.com/files/") {
		t.Errorf("got %.60s", link)
	}
}

// oneFile is an upstream with one conversation and one file, whose content serve writes.
func oneFile(t *testing.T, name, mimeType string, serve http.HandlerFunc) *gatewaytest.Server {
	t.Helper()
	return oneFileOf(t, "token-of-the-file", name, mimeType, serve)
}

// oneFileOf is oneFile with the given access token.
func oneFileOf(t *testing.T, token, name, mimeType string, serve http.HandlerFunc) *gatewaytest.Server {
	t.Helper()
	mux := http.NewServeMux()
	const fileID = "22222222-6d0e-4b8a-9f53-0a7e2c4d9b11"
	mux.Handle("GET /v2/conversations/"+shortID, jsonResponse(`{"conversationId":"`+shortID+`"}`))
	mux.Handle("GET /v2/conversations/"+shortID+"/messages", jsonResponse(fmt.Sprintf(
		`[{"type":"MESSAGE","messageId":"m","createdAt":"2026-07-01T09:00:00Z","files":[{"id":%q,"status":"uploaded","name":%s,"type":%s}]}]`, fileID, inJSON(t, name), inJSON(t, mimeType))))
	mux.Handle("GET /v2/conversations/"+shortID+"/files/"+fileID+"/access-token",
		jsonResponse(`{"accessToken":"`+token+`","expiresAt":"2100-01-01T00:00:00Z"}`))
	mux.HandleFunc("GET /v2/files/"+fileID, serve)
	upstream := httptest.NewServer(mux)
	t.Cleanup(upstream.Close)
	client, err := rest.New(rest.Config{BaseURL: upstream.URL, AttemptTimeout: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return gatewaytest.NewServer(t, nil, gateway.Config{Client: client, MaxDownloads: 1})
}

func inJSON(t *testing.T, text string) []byte {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return quoted
}

// linkToOneFile returns the link in a field, by default download.
func linkToOneFile(t *testing.T, server *gatewaytest.Server, field ...string) string {
	t.Helper()
	selected := append(field, "download")[0]
	response := ask(t, server, `{ conversation(id: "`+shortID+`") { messages { nodes { ... on TextMessage { files { ... on UploadedFile { link: `+selected+` { url } } } } } } } }`)
	checkErrors(t, response)
	_, behind, _ := strings.Cut(string(response.Body), `"url":"`)
	link, _, _ := strings.Cut(behind, `"`)
	return link
}

// A type that can contain a script is sent as an attachment of no type, however it is requested and spelled.
func TestScriptsAreNotDisplayed(t *testing.T) {
	t.Parallel()
	for _, mimeType := range []string{
		"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "application/ecmascript", "text/css",
		"application/atom+xml", "application/vnd.mozilla.xul+xml", "multipart/related", "application/x-shockwave-flash", "text/unknown",
		"IMAGE/SVG+XML", "text/html; charset=utf-8", "", "nonsense", "image/png\r\nX-Evil: 1", "image/png; a=\"\r\nb\"",
	} {
		server := oneFile(t, "a.html", mimeType, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Disposition", "inline")
			w.Header().Set("Set-Cookie", "a=b")
			_, _ = io.WriteString(w, "<script>alert(1)</script>")
		})
		response := follow(t, server, linkToOneFile(t, server))
		got := response.Header
		if got.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(got.Get("Content-Disposition"), "attachment") ||
			got.Get("Set-Cookie") != "" || got.Get("X-Evil") != "" {
			t.Errorf("%q: %v", mimeType, got)
		}
	}
}

// Other types are sent as they are. Browsers display images and plain text, unless the link is for saving.
func TestTypesOfFiles(t *testing.T) {
	t.Parallel()
	for mimeType, disposition := range map[string]string{
		"image/png": "inline", "image/jpeg": "inline", "image/gif": "inline", "image/webp": "inline", "image/avif": "inline", "text/plain": "inline",
		"application/pdf": "attachment", "video/mp4": "attachment", "video/quicktime": "attachment", "audio/mpeg": "attachment", "image/heic": "attachment",
		"application/zip": "attachment", "message/rfc822": "attachment", "text/csv": "attachment", "video/mp4; codecs=avc1": "attachment",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "attachment",
	} {
		server := oneFile(t, "a", mimeType, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = io.WriteString(w, "x")
		})
		for field, want := range map[string]string{"download": disposition, "download(disposition: ATTACHMENT)": "attachment"} {
			got := follow(t, server, linkToOneFile(t, server, field)).Header
			diff(t, mimeType, []string{mimeType, want + "; filename=a"}, []string{got.Get("Content-Type"), got.Get("Content-Disposition")})
		}
	}
}

// The charset of a text is mStudio's. Without one, only UTF-8 is recognized, because a browser would guess it wrong.
func TestCharsetsOfFiles(t *testing.T) {
	t.Parallel()
	const german = "Übersicht über größere Dateien"
	utf16 := func(text string) string {
		var encoded []byte
		for _, r := range text {
			encoded = append(encoded, byte(r), byte(r>>8))
		}
		return string(encoded)
	}
	const latin1 = "gr\xf6\xdfer"
	for _, test := range []struct{ inMessage, inResponse, content, want string }{
		{"text/plain; charset=utf-16le", "application/octet-stream", utf16(german), "text/plain; charset=utf-16le"},
		{"text/plain; charset=ISO-8859-15", "", latin1, "text/plain; charset=ISO-8859-15"},
		{"text/plain; charset=shift_jis", "text/plain; charset=utf-8", "\x93\xfa", "text/plain; charset=shift_jis"},
		{"text/plain", "text/plain; charset=koi8-r", latin1, "text/plain; charset=koi8-r"},
		{"text/plain", "text/html; charset=koi8-r", latin1, "text/plain"},
		{"text/plain", "text/plain", latin1, "text/plain"},
		{"text/plain", "application/octet-stream", latin1, "text/plain"},
		{"text/plain", "", utf16(german), "text/plain"},
		{"text/plain", "", utf16("日本語"), "text/plain"},
		{"text/plain", "", "\x1b$BF|K\\", "text/plain"},
		{"text/plain", "", "ASCII", "text/plain"},
		{"text/plain", "", "", "text/plain"},
		{"text/plain", "", german, "text/plain; charset=utf-8"},
		{"text/plain", "", strings.Repeat("日", 4000), "text/plain; charset=utf-8"},
		{"text/csv", "", german, "text/csv; charset=utf-8"},
		{"image/png", "image/png; charset=a", german, "image/png"},
	} {
		server := oneFile(t, "a.txt", test.inMessage, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{test.inResponse}
			_, _ = io.WriteString(w, test.content)
		})
		response := follow(t, server, linkToOneFile(t, server))
		diff(t, fmt.Sprintf("%.200q", test), test.want, response.Header.Get("Content-Type"))
		diff(t, "content", test.content, string(response.Body))
	}
}

func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.png":                            `inline; filename=a.png`,
		`a "b".png`:                        `inline; filename="a \"b\".png"`,
		"größer.png":                       `inline; filename=gr__er.png; filename*=utf-8''gr%C3%B6%C3%9Fer.png`,
		"a\r\nX-Evil: 1":                   `inline; filename="a__X-Evil: 1"`,
		"":                                 `inline`,
		"100% + 5%20.png":                  `inline; filename="100_ + 5_20.png"; filename*=utf-8''100%25%20%2B%205%2520.png`,
		"../../etc/passwd":                 `inline; filename=passwd`,
		"..":                               `inline`,
		"\u202egnp.exe":                    `inline; filename=_gnp.exe`,
		"a\x00b.txt":                       `inline; filename=a_b.txt`,
		`C:\a\b.png`:                       `inline; filename=b.png`,
		strings.Repeat("a", 250) + ".png":  `inline; filename=` + strings.Repeat("a", 250) + `.png`,
		strings.Repeat("a", 255) + ".png":  `inline; filename=` + strings.Repeat("a", 251) + `.png`,
		strings.Repeat("日", 90) + ".txt":   `inline; filename=` + strings.Repeat("_", 90) + `.txt; filename*=utf-8''` + strings.Repeat("%E6%97%A5", 90) + `.txt`,
		strings.Repeat("日", 255):           `inline; filename=` + strings.Repeat("_", 255) + `; filename*=utf-8''` + strings.Repeat("%E6%97%A5", 255),
		strings.Repeat("日", 256) + ".txt":  `inline; filename=` + strings.Repeat("_", 251) + `.txt; filename*=utf-8''` + strings.Repeat("%E6%97%A5", 251) + `.txt`,
		strings.Repeat("😀", 300) + ".jpeg": `inline; filename=` + strings.Repeat("_", 250) + `.jpeg; filename*=utf-8''` + strings.Repeat("%F0%9F%98%80", 250) + `.jpeg`,
		"." + strings.Repeat("a", 300):     `inline; filename=.` + strings.Repeat("a", 254),
	} {
		server := oneFile(t, name, "image/png", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") })
		if got := follow(t, server, linkToOneFile(t, server)).Header.Get("Content-Disposition"); got != want {
			t.Errorf("%q: want %s, got %s", name, want, got)
		}
	}
}

// A link works with any length of access token and name, if necessary without the name.
func TestLinksOfLongNames(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("&", 4096)
	for name, want := range map[string]string{
		strings.Repeat("<", 255): `attachment; filename="` + strings.Repeat("<", 255) + `"`,
		strings.Repeat("日", 255): `attachment`,
	} {
		var sent atomic.Value
		server := oneFileOf(t, token, name, strings.Repeat("\x02", 255), func(w http.ResponseWriter, r *http.Request) {
			sent.Store(r.Header.Get("Token"))
			_, _ = io.WriteString(w, "x")
		})
		response := follow(t, server, linkToOneFile(t, server))
		diff(t, "status", http.StatusOK, response.Status)
		diff(t, "token", token, fmt.Sprint(sent.Load()))
		diff(t, "disposition", want, response.Header.Get("Content-Disposition"))
	}
}

// An error response of mStudio is not forwarded.
func TestFileThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{
		http.StatusUnauthorized: http.StatusGone, http.StatusForbidden: http.StatusGone, http.StatusNotFound: http.StatusNotFound,
		http.StatusTooManyRequests: http.StatusServiceUnavailable, http.StatusInternalServerError: http.StatusServiceUnavailable,
		http.StatusFound: http.StatusBadGateway, http.StatusNoContent: http.StatusBadGateway,
	} {
		server := oneFile(t, "a", "image/png", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(status)
			if status != http.StatusNoContent {
				_, _ = io.WriteString(w, "SECRET OF THE UPSTREAM")
			}
		})
		response := follow(t, server, linkToOneFile(t, server))
		if response.Status != want || string(response.Body) != "The file is unavailable.\n" || response.Header.Get("Location") != "" {
			t.Errorf("%d: want %d, got %d: %s", status, want, response.Status, response.Body)
		}
	}
}

// A truncated file must not look complete.
func TestFileThatEndsEarly(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]http.HandlerFunc{
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, 100_000))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"halted": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(make([]byte, 100_000))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := oneFile(t, "a", "image/png", serve)
			if response, err := server.Send(newFileRequest(t, linkToOneFile(t, server))); err == nil {
				t.Errorf("looks whole: %d, %d bytes", response.Status, len(response.Body))
			}
		})
	}
}

// With a limit of one download, another one is rejected with Retry-After.
func TestTooManyDownloads(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	server := oneFile(t, "a", "image/png", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "x")
		_ = http.NewResponseController(w).Flush()
		close(arrived)
		<-release
	})
	link := linkToOneFile(t, server)
	first := server.Start(newFileRequest(t, link))
	<-arrived
	second := follow(t, server, link)
	close(release)
	if second.Status != http.StatusServiceUnavailable || second.Header.Get("Retry-After") != "1" {
		t.Errorf("the second: %d, %v", second.Status, second.Header)
	}
	if response := <-first; response.Status != http.StatusOK || string(response.Body) != "x" {
		t.Errorf("the first: %d: %s", response.Status, response.Body)
	}
}

// TestLargeFile sends 100 MB. Files are streamed, so the allocated memory does not depend on the size.
func TestLargeFile(t *testing.T) { //nolint:paralleltest // it measures the whole process
	const megabytes = 100
	piece := make([]byte, 1<<20)
	var sent atomic.Int64
	server := oneFile(t, "a", "image/png", func(w http.ResponseWriter, _ *http.Request) {
		for range megabytes {
			n, _ := w.Write(piece)
			sent.Add(int64(n))
		}
	})
	request := newFileRequest(t, linkToOneFile(t, server))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	received, err := server.Discard(request)
	runtime.ReadMemStats(&after)
	if err != nil || received != megabytes<<20 || sent.Load() != received {
		t.Fatalf("received %d bytes, %v", received, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 4<<20 {
		t.Errorf("allocates %d bytes for a file of %d", allocated, received)
	}
}
