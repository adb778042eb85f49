package httpapi

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"

	"mstudio-graphql/graph/model"
)

// RejectCoding returns an Error for a body with a content coding.
func RejectCoding(w http.ResponseWriter, r *http.Request, supported string) *Error {
	if coding := contentCoding(r); coding == "" || coding == "identity" {
		return nil
	}
	w.Header().Set("Accept-Encoding", supported)
	return NewError(http.StatusUnsupportedMediaType, model.CodeBadUserInput, "Send the body with a Content-Encoding of: "+supported+".")
}

func contentCoding(r *http.Request) string {
	return strings.ToLower(strings.Join(r.Header["Content-Encoding"], ","))
}

// decompress returns the decompressed body of at most maxBody bytes. Zstandard is not supported, because a small body can
// demand a window of megabytes.
func decompress(w http.ResponseWriter, r *http.Request, body []byte, maxBody int) ([]byte, *Error) {
	var plain io.Reader
	var err error
	switch contentCoding(r) {
	case "gzip", "x-gzip":
		plain, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		plain, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return body, RejectCoding(w, r, "gzip, deflate, identity")
	}
	if err != nil {
		return nil, BadRequest("The request body does not have its Content-Encoding.")
	}
	return readAll(plain, maxBody)
}
