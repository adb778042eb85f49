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

const created = `{"id":"` + fileID + `","shortId":"file-1","name":"a.png","mimeType":"image/png","type":"image/png","sizeInBytes":5,"more":[]}`

func uploadToken(t *testing.T) UploadToken {
	t.Helper()
	token, err := NewUploadToken("token-of-the-upload")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// readFile is an API that reads the whole file before it answers with a status and what it has got.
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
		respond(status, created)(w, r)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	client := u.client(t, Config{UserAgent: "test"}).WithRequestID("id-1").WithLimits(Limits{Calls: 1})
	// One byte at a time, and an end that comes with the last one.
	content := iotest.DataErrReader(iotest.OneByteReader(strings.NewReader("bytes")))
	meta, err := client.Upload(t.Context(), uploadToken(t), NewFile{Name: `größer "a".png`, MimeType: "image/png", Content: content, MaxBytes: 5})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "file", &FileMeta{ID: fileID, Name: "a.png", MimeType: "image/png"}, meta)
	if want := `größer "a".png|image/png|bytes`; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	request := u.seen()[0]
	contentType := request.Header.Get("Content-Type")
	request.Header.Del("Content-Type")
	want := http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"test"}, "X-Request-Id": {"id-1"},
		"X-Access-Token": {"token-of-the-test"}, "Token": {"token-of-the-upload"},
	}
	wantEqual(t, "headers", want, request.Header)
	if request.RequestURI != "/v2/files" || !strings.HasPrefix(contentType, "multipart/form-data; boundary=") {
		t.Errorf("%s %s", request.RequestURI, contentType)
	}
	if _, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("x")}); err == nil || client.Calls() != 1 {
		t.Errorf("an upload counts as a call: %v, %d", err, client.Calls())
	}
}

// A file is sent once, whatever the answer.
func TestUploadFails(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		code   Code
		reason error
	}{
		http.StatusBadRequest: {BadInput, ErrFileRefused}, http.StatusUnprocessableEntity: {BadInput, ErrFileRefused},
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
			t.Errorf("status %d: want %v", status, want.reason)
		}
		u.wantCalls(t, 1)
	}
}

func TestUploadOfAnotherShape(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"{}", "[]", `{"id":"../users/self"}`, "not JSON"} {
		_, err := newPipeUpstream(t, respond(http.StatusCreated, body)).client(t, Config{}).
			Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("x")})
		wantCode(t, err, BadResponse)
	}
}

// What is too long is given up before the byte that is too many is sent.
func TestUploadTooLarge(t *testing.T) {
	t.Parallel()
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("123456"), MaxBytes: 5})
	wantCode(t, err, BadInput)
	if !errors.Is(err, ErrFileTooLarge) {
		t.Errorf("got %v", err)
	}
	u.wantCalls(t, 1)
}

// The client's own failure is what is reported, not that mStudio has got half a file.
func TestUploadOfWhatEndsEarly(t *testing.T) {
	t.Parallel()
	gone := errors.New("the client has gone")
	var got string
	u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
	content := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone))
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
	if !errors.Is(err, gone) || strings.Contains(err.Error(), "gone") {
		t.Errorf("got %v", err)
	}
}

// endless is content that never ends, and notices when it is read after that is over.
type endless struct {
	t    *testing.T
	over chan struct{}
}

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-e.over:
		e.t.Error("read after Upload has returned")
	default:
	}
	return len(p), nil
}

// An answer that comes before the end of the file ends the upload, and nothing is read after that.
func TestUploadRefusedEarly(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusUnprocessableEntity, "{}"))
	content := endless{t, make(chan struct{})}
	_, err := u.client(t, Config{}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
	close(content.over)
	if failure, ok := errors.AsType[*Error](err); !ok || failure.Code != BadInput && failure.Code != Unavailable {
		t.Errorf("got %v", err) // the connection may end before the answer is read
	}
}

func TestUploadCanceled(t *testing.T) {
	t.Parallel()
	arrived, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	u := newPipeUpstream(t, func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-over
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	content := endless{t, make(chan struct{})}
	_, err := u.client(t, Config{}).Upload(ctx, uploadToken(t), NewFile{Content: content})
	close(content.over)
	wantCode(t, err, Canceled)
}

// held is content of which a read has begun, and does not end before it is let go.
type held struct{ reading, release chan struct{} }

func (h held) Read([]byte) (int, error) {
	close(h.reading)
	<-h.release
	return 0, io.EOF
}

// Over HTTP/2, the transport does not wait for the end of a read, and whoever has opened the content closes it.
func TestUploadWaitsForItsContent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		code   Code
	}{
		"canceled": {hang, Canceled},
		"refused":  {respond(http.StatusUnprocessableEntity, "{}"), BadInput},
		"done":     {respond(http.StatusCreated, created), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				content, returned := held{make(chan struct{}), make(chan struct{})}, make(chan error, 1)
				client := newHTTP2Upstream(t, func(w http.ResponseWriter, r *http.Request) {
					<-content.reading
					test.answer(w, r)
				}).client(t, Config{})
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					_, err := client.Upload(ctx, uploadToken(t), NewFile{Content: content})
					returned <- err
				}()
				synctest.Wait() // until the answer is there, if there is one
				cancel()
				synctest.Wait()
				if len(returned) > 0 {
					t.Error("Upload has returned while its content is being read")
				}
				close(content.release)
				if err := <-returned; test.code != "" {
					wantCode(t, err, test.code)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// slow is content of which a piece comes every ten seconds.
type slow struct{ pieces int }

func (s *slow) Read(p []byte) (int, error) {
	if s.pieces == 0 {
		return 0, io.EOF
	}
	s.pieces--
	time.Sleep(10 * time.Second)
	return copy(p, "piece"), nil
}

// It is not mStudio that is slow when the content is, and a file may take long as a whole.
func TestUploadOfSlowContent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got string
		u := newPipeUpstream(t, readFile(http.StatusCreated, &got))
		_, err := u.client(t, Config{AttemptTimeout: 2 * time.Second}).Upload(t.Context(), uploadToken(t), NewFile{Content: &slow{6}})
		if err != nil || strings.Count(got, "piece") != 6 {
			t.Errorf("%v, %q", err, got)
		}
	})
}

// An API that takes nothing more, or does not answer, is not waited for.
func TestUploadToSlowUpstream(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(io.Reader){
		"takes nothing": func(io.Reader) {},
		"says nothing":  func(body io.Reader) { _, _ = io.Copy(io.Discard, body) },
	} {
		synctest.Test(t, func(t *testing.T) {
			start, over := time.Now(), make(chan struct{})
			defer close(over)
			u := newPipeUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
				read(r.Body)
				<-over
			})
			content := strings.NewReader(strings.Repeat("x", 1<<20))
			_, err := u.client(t, Config{AttemptTimeout: 2 * time.Second}).Upload(t.Context(), uploadToken(t), NewFile{Content: content})
			wantCode(t, err, TimedOut)
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("%s: waits for %v", name, took)
			}
		})
	}
}

func TestFileMetaMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "fileMeta", "", (*decoder).fileMeta, map[string]member[FileMeta]{
		"id":       {`"x"`, func(f *FileMeta) { f.ID = "x" }},
		"name":     {`"x"`, func(f *FileMeta) { f.Name = "x" }},
		"mimeType": {`"x"`, func(f *FileMeta) { f.MimeType = "x" }},
	})
}
