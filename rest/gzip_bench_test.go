package rest

import (
	"bytes"
	stdgzip "compress/gzip"
	"io"
	"net/http"
	"testing"
)

// BenchmarkUnzip reads a compressed list with our reader, and with the one that net/http would use.
func BenchmarkUnzip(b *testing.B) {
	list := sandboxBody(b, "/v2/conversations?limit=50")
	packed := compress([]string{string(list)})
	b.Run("unzip", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			response := &http.Response{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: io.NopCloser(bytes.NewReader(packed))}
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
		kept := new(stdgzip.Reader)
		for b.Loop() {
			if err := kept.Reset(bytes.NewReader(packed)); err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, kept); err != nil {
				b.Fatal(err)
			}
		}
	})
}
