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

// UploadToken is the permission to upload one file. It does not print, log or encode: only [UploadToken.Reveal] gives
// it away.
type UploadToken struct{ redacted }

// NewUploadToken checks that text can travel in a header as it is and wraps it. It returns [ErrTokenMalformed].
func NewUploadToken(text string) (UploadToken, error) {
	token, err := NewToken(text)
	return UploadToken(token), err
}

// Reveal returns the token itself. Whoever calls it answers for where it goes.
func (t UploadToken) Reveal() string { return t.reveal() }

// NewFile is a file that is to be uploaded.
type NewFile struct {
	// Name is its name, without a path. Default: "file".
	Name string
	// MimeType is what is said of it. mStudio may decide by it whether it takes the file.
	MimeType string
	// Content is read once, while it is sent: it is never held in memory. A read must not block for ever, because the
	// end of the context does not interrupt it.
	Content io.Reader
	// MaxBytes is how much of Content is sent before the upload is given up; 0: no limit.
	MaxBytes int64
}

// FileMeta is what mStudio says of a file that it has received.
type FileMeta struct {
	ID       string
	Name     string
	MimeType string
}

const filesRoute route = "/files"

// Upload sends a file, and returns what mStudio has made of it: its id is what a message is sent with. Content is not
// read any more when it returns.
//
// It is never tried again, because the content is gone. If its outcome is unknown, no harm is done: a file that no
// message has is seen by nobody. The time that bounds an attempt bounds how long mStudio may take for each piece, and
// for the answer, not the whole file and not the reads of Content.
//
// The error has [BadInput] for a file that is not taken, with [ErrFileTooLarge], [ErrFileType] or [ErrFileRefused] as its
// reason, or with the error of Content; and [Conflict] with [ErrUploadToken] for a token that does not serve.
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

// uploadError says why an upload failed. The content's own failure is behind whatever it has led to.
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
	if _, err := ParseID(meta.ID); err != nil && d.Err == nil {
		d.Err = errShape
	}
	return meta
}

// fileBody is the body of an upload: a form with one part. It is read by the transport, in a goroutine that may go on
// after the answer, and over HTTP/2 after Close too.
type fileBody struct {
	token       UploadToken
	contentType string
	form        io.Reader
	content     io.Reader
	left        int64     // of the content that may be sent; below 0 without a limit
	patience    *patience // nil until it is sent

	// turn holds one value: each Read takes it and gives it back, and finish keeps it.
	turn chan struct{}

	mu    sync.Mutex
	cause error // why the content could not be read to its end
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

// begin makes the body ready to be sent, and returns when that has to end: when ctx does, or when the API takes too long
// for a piece.
func (b *fileBody) begin(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	sending, cancel := context.WithCancel(ctx)
	b.patience = newPatience(limit, cancel)
	return sending, cancel
}

// addTo makes the body that of a request.
func (b *fileBody) addTo(request *http.Request) {
	request.Header = request.Header.Clone()
	request.Header.Set("Content-Type", b.contentType)
	request.Header.Set("Token", b.token.reveal())
	request.Body, request.ContentLength = b, -1
}

// Read gives the transport the next piece. While it waits for the content, the API is not the one that is slow.
func (b *fileBody) Read(p []byte) (int, error) {
	select {
	case <-b.turn:
		defer func() { b.turn <- struct{}{} }()
	default:
		return 0, io.ErrClosedPipe
	}
	b.patience.pause()
	defer b.patience.resume()
	return b.form.Read(p)
}

// Close does nothing: the end of the transport's interest is not that of a Read, for which finish waits.
func (*fileBody) Close() error { return nil }

// finish returns when nothing reads the content any more.
func (b *fileBody) finish() {
	<-b.turn
	if b.patience != nil {
		b.patience.stop()
	}
}

// failure returns why the content could not be read to its end, nil if it could, or was never tried.
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

// contentReader is the content as the form sees it: with a limit, and with its failure remembered.
type contentReader struct{ *fileBody }

// Read fails, once more has come than may, before any of that is sent.
func (r contentReader) Read(p []byte) (int, error) {
	n, err := r.content.Read(p)
	if r.left >= 0 {
		if int64(n) > r.left {
			return 0, r.fail(ErrFileTooLarge)
		}
		r.left -= int64(n)
	}
	if err != nil && err != io.EOF { // a wrapped one is a failure
		return n, r.fail(err)
	}
	return n, err
}

// patience ends a transfer that the other side has brought to a halt.
type patience struct {
	timer *time.Timer
	limit time.Duration
}

func newPatience(limit time.Duration, end func()) *patience {
	return &patience{time.AfterFunc(limit, end), limit}
}

func (p *patience) pause()  { p.timer.Stop() }
func (p *patience) resume() { p.timer.Reset(p.limit) }
func (p *patience) stop()   { p.timer.Stop() }
