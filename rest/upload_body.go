package rest

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"sync"
	"time"
)

// NewFile is a file to upload.
type NewFile struct {
	// Name is the file name, which is sent as [FileName] returns it. Default: "file".
	Name string
	// MimeType is the declared media type. mStudio may accept or reject the file by it.
	MimeType string
	// Content is read once, while it is sent, and is never held in memory. Reads must not block forever, because the end
	// of the context does not interrupt them.
	Content io.Reader
	// MaxBytes is the maximum size of Content; a larger upload is aborted. Zero means no limit.
	MaxBytes int64
}

// fileBody is the body of an upload: a form with one part. The transport reads it in a goroutine that may continue after
// the response and, over HTTP/2, after Close.
type fileBody struct {
	token       UploadToken
	contentType string
	form        io.Reader
	content     io.Reader
	left        int64      // remaining bytes of content; negative without a limit
	idle        *idleTimer // nil until the body is sent

	// turn is a mutex with one value. A Read takes the value and returns it. finish keeps it, so that no Read follows.
	turn chan struct{}

	mu    sync.Mutex
	cause error // why reading the content failed
}

func newFileBody(token UploadToken, file NewFile) *fileBody {
	var head bytes.Buffer
	writer := multipart.NewWriter(&head)
	_, _ = writer.CreatePart(textproto.MIMEHeader{ // a buffer never fails
		"Content-Disposition": {multipart.FileContentDisposition("file", cmp.Or(FileName(file.Name), "file"))},
		"Content-Type":        {file.MimeType},
	})
	body := &fileBody{
		token: token, contentType: writer.FormDataContentType(), content: file.Content, left: file.MaxBytes,
		turn: make(chan struct{}, 1),
	}
	body.turn <- struct{}{}
	if file.MaxBytes <= 0 {
		body.left = -1
	}
	body.form = io.MultiReader(bytes.NewReader(head.Bytes()), contentReader{body}, bytes.NewReader([]byte("\r\n--"+writer.Boundary()+"--\r\n")))
	return body
}

// begin prepares the body for sending. The returned context ends with ctx, or if the API stalls for longer than limit.
func (b *fileBody) begin(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	sending, cancel := context.WithCancel(ctx)
	b.idle = newIdleTimer(limit, cancel)
	return sending, cancel
}

// addTo sets the body and headers of a request.
func (b *fileBody) addTo(request *http.Request) {
	request.Header = request.Header.Clone()
	request.Header.Set("Content-Type", b.contentType)
	request.Header.Set("Token", b.token.reveal())
	request.Body, request.ContentLength = b, -1
}

// Read returns the next piece. The idle timeout pauses meanwhile, because the content is the slow side.
func (b *fileBody) Read(p []byte) (int, error) {
	select {
	case <-b.turn:
		defer func() { b.turn <- struct{}{} }()
	default:
		return 0, io.ErrClosedPipe
	}
	b.idle.pause()
	defer b.idle.resume()
	return b.form.Read(p)
}

// Close does nothing: the transport may still be in a Read, for which finish waits.
func (*fileBody) Close() error { return nil }

// finish returns when nothing reads the content anymore.
func (b *fileBody) finish() {
	<-b.turn
	if b.idle != nil {
		b.idle.stop()
	}
}

// failure returns why reading the content failed, nil if it did not.
func (b *fileBody) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cause
}

func (b *fileBody) fail(cause error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cause = cause
	return cause
}

// contentReader is the content of the form's part. It enforces the limit and records the failure.
type contentReader struct{ *fileBody }

// Read fails before it returns any byte beyond the limit.
func (r contentReader) Read(p []byte) (int, error) {
	n, err := r.content.Read(p)
	if r.left >= 0 {
		if int64(n) > r.left {
			return 0, r.fail(ErrFileTooLarge)
		}
		r.left -= int64(n)
	}
	if err != nil && err != io.EOF { // a wrapped EOF is a failure
		return n, r.fail(err)
	}
	return n, err
}
