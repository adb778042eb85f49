package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const fileID = "4d2e8b63-7e1f-4c9b-8a64-1b8f3d5eac22"

func TestFileAccess(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusOK, `{"expiresAt":"2026-08-01T12:00:00Z","accessToken":"a.b.c","more":{}}`))
	got, err := u.client(t, Config{}).FileAccess(t.Context(), conversationID, strings.ToUpper(fileID))
	if err != nil {
		t.Fatal(err)
	}
	if got.Token.Reveal() != "a.b.c" || !got.ExpiresAt.Equal(time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("got token %q, valid until %v", got.Token.Reveal(), got.ExpiresAt)
	}
	if path, want := u.requests()[0].RequestURI, "/v2/conversations/"+conversationID+"/files/"+fileID+"/access-token"; path != want {
		t.Errorf("path: want %s, got %s", want, path)
	}
}

func TestFileAccess_RequiresOnlyTheToken(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"accessToken":"a"}`: true, `{"accessToken":"a","expiresAt":"soon"}`: true,
		`{}`: false, `[]`: false, `{"accessToken":""}`: false, `{"accessToken":"a\nb"}`: false,
	} {
		got, err := newPipeUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).FileAccess(t.Context(), conversationID, fileID)
		switch {
		case ok && (err != nil || !got.ExpiresAt.IsZero()):
			t.Errorf("%s: got %v, %v", body, got, err)
		case !ok:
			wantCode(t, err, BadResponse)
		}
	}
}

func fileToken(t *testing.T) FileToken {
	t.Helper()
	token, err := NewFileToken("token-of-the-file")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func download(t *testing.T, client *Client, options DownloadOptions) (*Download, string, error) {
	t.Helper()
	got, err := client.Download(t.Context(), fileID, fileToken(t), options)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	return got, string(body), err
}

// A download sends no access token, because anyone with the link may use it.
func TestDownload_SendsOnlyTheFileToken(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusPartialContent, "part"))
	client := u.client(t, Config{UserAgent: "test"}).WithRequestID("id-1")
	got, body, err := download(t, client, DownloadOptions{Range: "bytes=0-3", IfRange: `"a"`})
	if err != nil || got.Status != http.StatusPartialContent || body != "part" {
		t.Fatalf("got %+v, %q, %v", got, body, err)
	}
	want := http.Header{
		"Accept": {"application/octet-stream"}, "Accept-Encoding": {"identity"}, "User-Agent": {"test"},
		"Token": {"token-of-the-file"}, "Range": {"bytes=0-3"}, "If-Range": {`"a"`}, "X-Request-Id": {"id-1"},
	}
	wantEqual(t, "headers", want, u.requests()[0].Header)
	if uri := u.requests()[0].RequestURI; uri != "/v2/files/"+fileID {
		t.Errorf("path: %s", uri)
	}
}

func TestDownload_DoesNotRetry(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]Code{
		http.StatusForbidden: Forbidden, http.StatusNotFound: NotFound, http.StatusInternalServerError: Unavailable, http.StatusFound: BadResponse,
	} {
		u := newPipeUpstream(t, respond(status, "secret"))
		_, _, err := download(t, u.client(t, Config{}), DownloadOptions{})
		wantCode(t, err, code)
		u.wantCalls(t, 1)
	}
	u := newPipeUpstream(t, hang)
	_, _, err := download(t, u.client(t, Config{AttemptTimeout: 20 * time.Millisecond}), DownloadOptions{})
	wantCode(t, err, TimedOut)
	client := u.client(t, Config{})
	_, err = client.Download(t.Context(), "../users/self", FileToken{}, DownloadOptions{})
	wantCode(t, err, BadInput)
}

// openDownload returns the body of a download after its first byte.
func openDownload(t *testing.T, handle http.HandlerFunc) io.Reader {
	t.Helper()
	client := newPipeUpstream(t, handle).client(t, Config{AttemptTimeout: 2 * time.Second})
	got, err := client.Download(t.Context(), fileID, fileToken(t), DownloadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Body.Close() })
	time.Sleep(time.Minute) // the timeout does not run outside of Read
	if _, err := io.ReadFull(got.Body, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return got.Body
}

func TestDownload_WaitsForSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 4 << 20 // more than all buffers hold
		body := openDownload(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) })
		time.Sleep(time.Minute)
		if n, err := io.Copy(io.Discard, body); err != nil || n != size-1 {
			t.Errorf("remaining bytes: want %d, got %d, %v", size-1, n, err)
		}
	})
}

func TestDownload_StopsWhenUpstreamStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := openDownload(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		})
		start := time.Now()
		n, err := io.Copy(io.Discard, body)
		wantElapsed(t, start, 2*time.Second)
		if n != 3 || !errors.Is(err, context.Canceled) {
			t.Errorf("want 3 more bytes and a cancellation, got %d, %v", n, err)
		}
	})
}
