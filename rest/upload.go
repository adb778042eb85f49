package rest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"sync"
	"time"
)

// UploadToken is the permission to upload one file. It cannot be printed, logged or encoded; only [UploadToken.Reveal]
// returns it.
type UploadToken struct{ redacted }

// NewUploadToken wraps text if it is valid in a header, or returns [ErrTokenMalformed].
func NewUploadToken(text string) (UploadToken, error) {
	token, err := NewToken(text)
	return UploadToken(token), err
}

// Reveal returns the token. The caller is responsible for where it goes.
func (t UploadToken) Reveal() string { return t.reveal() }

// NewFile is a file to upload.
type NewFile struct {
	// Name is the file name without a path. Default: "file".
	Name string
	// MimeType is the declared media type. mStudio may accept or reject the file by it.
	MimeType string
	// Content is read once, while it is sent, and is never held in memory. Reads must not block forever, because the end
	// of the context does not interrupt them.
	Content io.Reader
	// MaxBytes is the maximum size of Content; a larger upload is aborted. Zero means no limit.
	MaxBytes int64
}

// FileMeta is mStudio's description of an uploaded file.
type FileMeta struct {
	ID       string
	Name     string
	MimeType string
}

const filesRoute route = "/files"

// Upload sends a file and returns its metadata. Its ID attaches the file to a message. Content is no longer read when
// Upload returns.
//
// Upload does not retry, because the content is gone. An unknown outcome does no harm: a file without a message is
// visible to no one. The timeout of an attempt limits the time mStudio takes for each piece and for the response, not
// the whole transfer and not the reads of Content.
//
// The error has [BadInput] for a rejected file, with the cause [ErrFileTooLarge], [ErrFileType], [ErrFileRefused] or the
// error of Content, and [Conflict] with the cause [ErrUploadToken] for an invalid token.
func (c *Client) Upload(ctx context.Context, token UploadToken, file NewFile) (*FileMeta, error) {
	target := &call{client: c, method: http.MethodPost, route: string(filesRoute), path: string(filesRoute)}
	target.upload = newFileBody(token, file)
	got, err := c.do(ctx, target)
	target.upload.finish()
	if err != nil {
		return nil, target.uploadError(err)
	}
	meta, err := decode(got.body, c.fileURL, (*decoder).fileMeta)
	if err != nil {
		return nil, target.fail(BadResponse, err)
	}
	return meta, nil
}

// uploadError returns the reason why an upload failed. A failure to read the content wins over the errors that it
// caused.
func (c *call) uploadError(err error) error {
	failure, ok := errors.AsType[*Error](err)
	if !ok || failure.Code == Canceled || failure.Code == Expired {
		return err
	}
	if cause := c.upload.failure(); cause != nil {
		return c.fail(BadInput, cause)
	}
	switch failure.Status {
	case http.StatusRequestEntityTooLarge:
		failure.Code, failure.cause = BadInput, ErrFileTooLarge
	case http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		failure.Code, failure.cause = BadInput, ErrFileType
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		failure.cause = ErrFileRefused
	case http.StatusUnauthorized, http.StatusConflict:
		failure.Code, failure.cause = Conflict, ErrUploadToken
	}
	return failure
}

func (d *decoder) fileMeta() *FileMeta {
	meta := &FileMeta{}
	d.object(func(name []byte) {
		switch string(name) {
		case "id":
			meta.ID = d.string()
		case "name":
			meta.Name = d.string()
		case "mimeType":
			meta.MimeType = d.string()
		default:
			d.Skip()
		}
	})
	_, err := ParseID(meta.ID)
	d.require(err == nil)
	return meta
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

	// turn holds one value. Each Read takes it and returns it; finish keeps it.
	turn chan struct{}

	mu    sync.Mutex
	cause error // why reading the content failed
}

func newFileBody(token UploadToken, file NewFile) *fileBody {
	var head bytes.Buffer
	writer := multipart.NewWriter(&head)
	_, _ = writer.CreatePart(textproto.MIMEHeader{ // a buffer never fails
		"Content-Disposition": {multipart.FileContentDisposition("file", cmp.Or(file.Name, "file"))},
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

// idleTimer cancels a transfer that the other side has stalled.
type idleTimer struct {
	timer *time.Timer
	limit time.Duration
}

func newIdleTimer(limit time.Duration, end func()) *idleTimer {
	return &idleTimer{time.AfterFunc(limit, end), limit}
}

func (p *idleTimer) pause()  { p.timer.Stop() }
func (p *idleTimer) resume() { p.timer.Reset(p.limit) }
func (p *idleTimer) stop()   { p.timer.Stop() }
