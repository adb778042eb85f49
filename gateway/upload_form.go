package gateway

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

const (
	// maxFileMap is how long the part "map" may be, in bytes.
	maxFileMap = 16 << 10
	// maxPartHeader is how long the header of a part may be, with what stands before it, in bytes.
	maxPartHeader = 8 << 10
	// uploadBuffer is how much of a body is read at once, in bytes.
	uploadBuffer = 64 << 10
	// drainPatience and drainTime are how long a client may take for the next piece, and for all, of what nobody wants.
	drainPatience = 5 * time.Second
	drainTime     = 30 * time.Second
)

// uploadForm is a request as the GraphQL multipart request specification has it: the operation, where its files belong,
// and the files. They are read while the operation runs, each when it is wanted, and none is ever held.
type uploadForm struct {
	body    *patientBody
	arrived *bufio.Reader
	bounded *boundedReader
	parts   *multipart.Reader
	// files are in the order of the map, which is that of their parts.
	files   []*incomingFile
	reached int // how many of the files have begun or were passed over
	current io.Reader

	limits        UploadLimits
	maxOperations int
}

// incomingFile is a file by its place in the form.
type incomingFile struct {
	form  *uploadForm
	index int
	name  string // of its part
}

// Open waits until the file begins.
func (f *incomingFile) Open(ctx context.Context) (*model.OpenFile, error) {
	if f.index < f.form.reached {
		return nil, model.BadInput(fileOrderMessage)
	}
	f.form.body.ctx, f.form.body.patience = ctx, f.form.limits.Idle
	for {
		part, err := f.form.nextFile()
		if err != nil {
			return nil, err
		}
		if f.form.reached > f.index {
			return &model.OpenFile{
				Name: part.FileName(), MimeType: part.Header.Get("Content-Type"),
				Content: formReader{f.form, part}, MaxBytes: f.form.limits.FileBytes,
			}, nil
		}
	}
}

// newUploadForm starts to read a request.
func (g *Gateway) newUploadForm(w http.ResponseWriter, r *http.Request) (*uploadForm, *httpapi.Error) {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || parameters["boundary"] == "" {
		return nil, httpapi.BadRequest("Send multipart/form-data with a boundary.")
	}
	limits, operations := g.config.Uploads, g.config.MaxBody
	body := &patientBody{
		body: r.Body, controller: http.NewResponseController(w), ctx: r.Context(),
		most: limits.TotalBytes, left: limits.TotalBytes + int64(operations) + maxFileMap,
	}
	if r.ContentLength > body.left {
		return nil, &httpapi.Error{Status: http.StatusRequestEntityTooLarge, Err: body.tooMuch()}
	}
	arrived := bufio.NewReaderSize(body, uploadBuffer)
	bounded := &boundedReader{from: arrived, left: -1}
	parts := multipart.NewReader(bounded, parameters["boundary"])
	return &uploadForm{body: body, arrived: arrived, bounded: bounded, parts: parts, limits: limits, maxOperations: operations}, nil
}

// next goes on to the next part. What is left of the current one is lost.
func (f *uploadForm) next() (*multipart.Part, error) {
	if f.current != nil {
		if _, err := io.Copy(io.Discard, f.current); err != nil {
			return nil, f.explain(err)
		}
	}
	f.bounded.left = maxPartHeader
	part, err := f.parts.NextRawPart()
	f.bounded.left = -1
	if err != nil {
		return nil, f.explain(err)
	}
	f.current = part
	return part, nil
}

// nextFile goes on to the next file of the map.
func (f *uploadForm) nextFile() (*multipart.Part, error) {
	part, err := f.next()
	if err != nil {
		return nil, err
	}
	switch {
	case part.FormName() != f.files[f.reached].name:
		return nil, model.BadInput("The files must come in the order in which map names them, and no others.")
	case part.FileName() == "":
		return nil, model.BadInput("A part that map names is not a file.")
	}
	f.reached++
	return part, nil
}

// field reads a part that is not a file.
func (f *uploadForm) field(name string, limit int) ([]byte, *httpapi.Error) {
	part, err := f.next()
	if err != nil {
		return nil, &httpapi.Error{Status: http.StatusBadRequest, Err: err}
	}
	if part.FormName() != name {
		return nil, httpapi.BadRequest("The first part must be operations, the second one map.")
	}
	text, err := io.ReadAll(io.LimitReader(part, int64(limit)+1)) //nolint:forbidigo // bounded
	if err != nil {
		return nil, &httpapi.Error{Status: http.StatusBadRequest, Err: f.explain(err)}
	}
	if len(text) > limit {
		return nil, httpapi.BodyTooLarge(limit, len(text))
	}
	return text, nil
}

// explain says what is wrong with the form in a way that is fit for the client.
func (f *uploadForm) explain(err error) error {
	switch {
	case f.body.failed != nil:
		return f.body.failed
	case errors.Is(err, errPartHeader):
		return model.BadInput("The header of a part is too long.")
	case errors.Is(err, io.EOF):
		return model.BadInput("A part is missing.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return model.BadInput("The request ended before it was complete.")
	}
	return model.BadInput("The form is malformed.")
}

// drain reads what nobody has wanted, within limits: a client that is still sending would not see the answer.
func (f *uploadForm) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	f.body.ctx, f.body.patience = ctx, drainPatience
	_, _ = io.Copy(io.Discard, f.body)
}

// formReader is the content of a file with errors that are fit for the client.
type formReader struct {
	form *uploadForm
	part io.Reader
}

// Read waits for the next piece, and takes what else has arrived: the parser gives no more than 4 KiB at once, and each
// piece is written to mStudio on its own.
func (r formReader) Read(p []byte) (int, error) {
	n, err := r.part.Read(p)
	for n < len(p) && err == nil && r.form.arrived.Buffered() > 0 {
		var more int
		more, err = r.part.Read(p[n:])
		n += more
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.form.explain(err)
	}
	return n, err
}

var errPartHeader = errors.New("part header is too long")

// boundedReader bounds what is read as the header of a part, which the standard library lets be 10 MiB long.
type boundedReader struct {
	from io.Reader
	left int64 // below 0: no bound
}

// Read fails when the bound is reached.
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left < 0 {
		return b.from.Read(p)
	}
	if b.left == 0 {
		return 0, errPartHeader
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
