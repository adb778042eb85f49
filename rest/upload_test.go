package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

const uploadedFile = `{"id":"` + fileID + `","shortId":"file-1","name":"a.png","mimeType":"image/png","type":"image/png","sizeInBytes":5,"more":[]}`

func uploadToken(t *testing.T) UploadToken {
	t.Helper()
	token, err := NewUploadToken("token-of-the-upload")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// readFile returns a handler that reads the whole file before it responds. It stores a description of the file in into.
func readFile(status int, into *string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("file")
		if err != nil {
			*into = "not read: " + err.Error()
			respond(http.StatusTeapot, "{}")(w, r)
			return
		}
		content, _ := io.ReadAll(file)
		*into = header.Filename + "|" + header.Header.Get("Content-Type") + "|" + string(content)
		respond(status, uploadedFile)(w, r)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	client := u.client(t, Config{UserAgent: "test"}).WithRequestID("id-1").WithLimits(Limits{Calls: 1})
	// Read returns one byte at a time, and EOF together with the last one.
	content := iotest.DataErrReader(iotest.OneByteReader(strings.NewReader("bytes")))
	meta, err := client.Upload(t.Context(), uploadToken(t), NewFile{Name: `größer "a".png`, MimeType: "image/png", Content: content, MaxBytes: 5})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "file", &FileMeta{ID: fileID, Name: "a.png", MimeType: "image/png", Size: new(5)}, meta)
	if want := `größer "a".png|image/png|bytes`; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	request := u.requests()[0]
	contentType := request.Header.Get("Content-Type")
	request.Header.Del("Content-Type")
	want := http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"test"}, "X-Request-Id": {"id-1"},
		"X-Access-Token": {"token-of-the-test"}, "Token": {"token-of-the-upload"},
	}
	wantEqual(t, "headers", want, request.Header)
	if request.RequestURI != "/v2/files" || !strings.HasPrefix(contentType, "multipart/form-data; boundary=") {
		t.Errorf("unexpected path or content type: %s %s", request.RequestURI, contentType)
	}
	if _, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("x")}); err == nil || client.Calls() != 1 {
		t.Errorf("second upload: want an exceeded budget after 1 call, got %v after %d", err, client.Calls())
	}
}

func TestUpload_DoesNotRetry(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		code   Code
		reason error
	}{
		http.StatusBadRequest: {BadInput, ErrFileRejected}, http.StatusUnprocessableEntity: {BadInput, ErrFileRejected},
		http.StatusNotAcceptable: {BadInput, ErrFileType}, http.StatusUnsupportedMediaType: {BadInput, ErrFileType},
		http.StatusRequestEntityTooLarge: {BadInput, ErrFileTooLarge}, http.StatusUnauthorized: {Conflict, ErrUploadToken},
		http.StatusConflict: {Conflict, ErrUploadToken}, http.StatusTooManyRequests: {RateLimited, nil},
		http.StatusServiceUnavailable: {Unavailable, nil}, http.StatusFound: {BadResponse, nil},
	} {
		var got string
		u := newPipeUpstream(t, readFile(status, &got))
		_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("x")})
		wantCode(t, err, want.code)
		if !errors.Is(err, want.reason) && want.reason != nil {
			t.Errorf("status %d: want the cause %v, got %v", status, want.reason, errors.Unwrap(err))
		}
		u.wantCalls(t, 1)
	}
}

func TestUpload_RejectsInvalidResponse(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"{}", "[]", `{"id":"../users/self"}`, "not JSON"} {
		_, err := newPipeUpstream(t, respond(http.StatusCreated, body)).client(t, Config{}).
			Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("x")})
		wantCode(t, err, BadResponse)
	}
}

func TestUpload_StopsAtMaxBytes(t *testing.T) {
	t.Parallel()
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("123456"), MaxBytes: 5})
	wantCode(t, err, BadInput)
	if !errors.Is(err, ErrFileTooLarge) {
		t.Errorf("want the cause %v, got %v", ErrFileTooLarge, errors.Unwrap(err))
	}
	u.wantCalls(t, 1)
}

// The upload fails with the content's error, not with mStudio's response to half a file.
func TestUpload_ReturnsErrorOfContent(t *testing.T) {
	t.Parallel()
	gone := errors.New("the client is gone")
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	content := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone))
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
	if !errors.Is(err, gone) || strings.Contains(err.Error(), "gone") {
		t.Errorf("want the content's error as hidden cause, got %v", err)
	}
}

// endlessReader is infinite content. A Read after done is closed fails the test.
type endlessReader struct {
	t    *testing.T
	done chan struct{}
}

func (e endlessReader) Read(p []byte) (int, error) {
	select {
	case <-e.done:
		e.t.Error("Read after Upload returned")
	default:
	}
	return len(p), nil
}

func TestUpload_EndsAtEarlyResponse(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusUnprocessableEntity, "{}"))
	content := endlessReader{t, make(chan struct{})}
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
	close(content.done)
	if failure, ok := errors.AsType[*Error](err); !ok || failure.Code != BadInput && failure.Code != Unavailable {
		t.Errorf("got %v", err) // the connection may close before the response is read
	}
}

func TestUpload_EndsWithContext(t *testing.T) {
	t.Parallel()
	arrived, done := make(chan struct{}), make(chan struct{})
	defer close(done)
	u := newPipeUpstream(t, func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-done
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	content := endlessReader{t, make(chan struct{})}
	_, err := u.client(t, Config{}).Upload(ctx, uploadToken(t), NewFile{Content: content})
	close(content.done)
	wantCode(t, err, Canceled)
}

// blockingReader is content whose Read closes reading and then waits for release.
type blockingReader struct{ reading, release chan struct{} }

func (b blockingReader) Read([]byte) (int, error) {
	close(b.reading)
	<-b.release
	return 0, io.EOF
}

// Over HTTP/2 the transport does not wait for a pending Read, but the caller may close the content after Upload.
func TestUpload_WaitsForPendingRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handle http.HandlerFunc
		code   Code
	}{
		"canceled": {hang, Canceled},
		"rejected": {respond(http.StatusUnprocessableEntity, "{}"), BadInput},
		"accepted": {respond(http.StatusCreated, uploadedFile), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				content, result := blockingReader{make(chan struct{}), make(chan struct{})}, make(chan error, 1)
				client := newHTTP2Upstream(t, func(w http.ResponseWriter, r *http.Request) {
					<-content.reading
					test.handle(w, r)
				}).client(t, Config{})
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					_, err := client.Upload(ctx, uploadToken(t), NewFile{Content: content})
					result <- err
				}()
				synctest.Wait() // for the response, if there is one
				cancel()
				synctest.Wait()
				if len(result) > 0 {
					t.Error("Upload returned during a Read of its content")
				}
				close(content.release)
				if err := <-result; test.code != "" {
					wantCode(t, err, test.code)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// slowReader is content that yields one piece every 10s.
type slowReader struct{ pieces int }

func (s *slowReader) Read(p []byte) (int, error) {
	if s.pieces == 0 {
		return 0, io.EOF
	}
	s.pieces--
	time.Sleep(10 * time.Second)
	return copy(p, "piece"), nil
}

// The idle timeout covers neither the reads of the content nor the upload as a whole.
func TestUpload_AcceptsSlowContent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got string
		u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
		_, err := u.client(t, Config{AttemptTimeout: 2 * time.Second}).Upload(t.Context(), uploadToken(t), NewFile{Content: &slowReader{6}})
		if err != nil || strings.Count(got, "piece") != 6 {
			t.Errorf("want 6 pieces, got %q, %v", got, err)
		}
	})
}

func TestUpload_StopsWhenUpstreamStalls(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(io.Reader){
		"reads nothing": func(io.Reader) {},
		"sends nothing": func(body io.Reader) { _, _ = io.Copy(io.Discard, body) },
	} {
		synctest.Test(t, func(t *testing.T) {
			start, done := time.Now(), make(chan struct{})
			defer close(done)
			u := newPipeUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
				read(r.Body)
				<-done
			})
			content := strings.NewReader(strings.Repeat("x", 1<<20))
			_, err := u.client(t, Config{AttemptTimeout: 2 * time.Second}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
			wantCode(t, err, TimedOut)
			if elapsed := time.Since(start); elapsed != 2*time.Second {
				t.Errorf("%s: elapsed: want 2s, got %s", name, elapsed)
			}
		})
	}
}

func TestFileMetaMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "FileMeta", "", object, map[string]member[FileMeta]{
		"id":          {`"x"`, func(f *FileMeta) { f.ID = "x" }},
		"name":        {`"x"`, func(f *FileMeta) { f.Name = "x" }},
		"mimeType":    {`"x"`, func(f *FileMeta) { f.MimeType = "x" }},
		"sizeInBytes": {`7`, func(f *FileMeta) { f.Size = new(7) }},
	})
}

// The file's token permits the read. Its failure says nothing about the caller's token.
func TestFileMeta(t *testing.T) {
	t.Parallel()
	token, err := NewFileToken("token-of-the-file")
	if err != nil {
		t.Fatal(err)
	}
	u := newPipeUpstream(t, respond(http.StatusOK, uploadedFile))
	meta, err := u.client(t, Config{}).FileMeta(t.Context(), strings.ToUpper(fileID), token)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "file", &FileMeta{ID: fileID, Name: "a.png", MimeType: "image/png", Size: new(5)}, meta)
	request := u.requests()[0]
	wantEqual(t, "request", []string{"/v2/files/" + fileID + "/meta", "token-of-the-file"}, []string{request.RequestURI, request.Header.Get("Token")})
	for _, test := range []struct {
		status int
		body   string
		code   Code
	}{
		{http.StatusOK, strings.ReplaceAll(uploadedFile, fileID, conversationID), BadResponse},
		{http.StatusUnauthorized, `{}`, Forbidden},
		{http.StatusForbidden, `{}`, Forbidden},
		{http.StatusNotFound, `{}`, NotFound},
	} {
		u := newPipeUpstream(t, respond(test.status, test.body))
		client := u.client(t, Config{})
		for range 2 {
			_, err := client.FileMeta(t.Context(), fileID, token)
			wantCode(t, err, test.code)
		}
		u.wantCalls(t, 2)
	}
}
