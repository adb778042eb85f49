package rest

import (
	"bytes"
	stdgzip "compress/gzip"
	"io"
	"net/http"
	"testing"
)

// BenchmarkUnzip compares our gzip reader with the one that net/http would use.
func BenchmarkUnzip(b *testing.B) {
	list := sandboxBody(b, "/v2/conversations?limit=50")
	compressed := compress([]string{string(list)})
	b.Run("unzip", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			response := &http.Response{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: io.NopCloser(bytes.NewReader(compressed))}
			unzip(response)
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				b.Fatal(err)
			}
			_ = response.Body.Close()
		}
	})
	b.Run("standard library", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		reader := new(stdgzip.Reader)
		for b.Loop() {
			if err := reader.Reset(bytes.NewReader(compressed)); err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}
