package downloads

import (
	"bufio"
	"bytes"
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/rest"
)

// contentType returns the type and the disposition of a file. The type is the one in its message, unless a browser could run
// the file as a script or a page of the gateway's origin: <script> ignores the disposition.
func contentType(link filelink.Link, download *rest.Download, body *bufio.Reader) (contentType, disposition string) {
	mediaType, parameters, err := mime.ParseMediaType(link.MimeType)
	if err != nil || !isPassive(mediaType) {
		return "application/octet-stream", "attachment"
	}
	if strings.HasPrefix(mediaType, "text/") && parameters["charset"] == "" {
		if charset := charsetOf(mediaType, download, body); charset != "" {
			parameters["charset"] = charset
		}
	}
	disposition = "attachment"
	if !link.Attachment && isDisplayed(mediaType) {
		disposition = "inline"
	}
	return cmp.Or(mime.FormatMediaType(mediaType, parameters), mediaType), disposition
}

// isDisplayed reports whether browsers may display files of this type.
func isDisplayed(mediaType string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"}, mediaType)
}

// isPassive reports whether browsers never run files of this type, unlike HTML, JavaScript, and XML such as SVG.
func isPassive(mediaType string) bool {
	major, minor, _ := strings.Cut(mediaType, "/")
	switch {
	case strings.HasSuffix(minor, "xml"):
		return false
	case slices.Contains([]string{"image", "video", "audio"}, major), strings.HasPrefix(mediaType, "application/vnd."):
		return true
	}
	return slices.Contains([]string{
		"application/gzip", "application/json", "application/msword", "application/pdf", "application/rtf", "application/zip",
		"message/rfc822", "text/calendar", "text/csv", "text/markdown", "text/plain",
	}, mediaType)
}

// charsetOf returns the charset of a text whose message does not have one: that of mStudio's response, or UTF-8 if the text
// begins with characters of UTF-8. Browsers guess another one for it. They guess better than we do for all others.
func charsetOf(mediaType string, download *rest.Download, body *bufio.Reader) string {
	sent, parameters, err := mime.ParseMediaType(download.Header.Get("Content-Type"))
	if charset := parameters["charset"]; err == nil && sent == mediaType && charset != "" {
		return charset
	}
	if download.Status != http.StatusOK { // a part may begin within a character
		return ""
	}
	head, _ := body.Peek(maxHead) // shorter with an error, which the next read returns
	for range utf8.UTFMax - 1 {   // the last character may be cut
		if r, size := utf8.DecodeLastRune(head); r == utf8.RuneError && size == 1 {
			head = head[:len(head)-1]
		}
	}
	isASCII := !slices.ContainsFunc(head, func(b byte) bool { return b >= utf8.RuneSelf })
	if isASCII || !utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0 {
		return ""
	}
	return "utf-8"
}

// contentDisposition encodes any name, so that it cannot end the header. A name that is not ASCII has two forms, because some
// programs know only the plain one, and so has a name with a percent sign, which browsers would decode (RFC 6266, appendix D).
func contentDisposition(disposition, name string) string {
	if name == "" {
		return disposition
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '%' {
			return '_'
		}
		return r
	}, name)
	header := mime.FormatMediaType(disposition, map[string]string{"filename": plain})
	if plain != name {
		header += "; filename*=utf-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}
