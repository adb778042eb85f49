package uploads

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// maxPartHeader is the maximum size of a part's header and the text before it, in bytes.
const maxPartHeader = 8 << 10

// file is a file of a form.
type file struct {
	form  *Form
	index int
	name  string // name of its part
}

// Open waits for the start of the file and skips the files before it.
func (f *file) Open(ctx context.Context) (*model.OpenFile, error) {
	if f.index < f.form.reached {
		return nil, model.BadInput(fileOrderMessage)
	}
	f.form.body.ctx, f.form.body.idleTimeout = ctx, f.form.limits.Idle
	for {
		part, err := f.form.nextFile()
		if err != nil {
			return nil, err
		}
		if f.form.reached > f.index {
			return &model.OpenFile{
				Name: part.FileName(), MimeType: part.Header.Get("Content-Type"),
				Content: fileReader{f.form, part}, MaxBytes: f.form.limits.FileBytes,
			}, nil
		}
	}
}

// next returns the next part and discards the rest of the current one.
func (f *Form) next() (*multipart.Part, error) {
	if f.current != nil {
		if _, err := io.Copy(io.Discard, f.current); err != nil {
			return nil, f.presentError(err)
		}
	}
	f.bounded.left = maxPartHeader
	part, err := f.parts.NextRawPart()
	f.bounded.left = -1
	if err != nil {
		return nil, f.presentError(err)
	}
	f.current = part
	return part, nil
}

// nextFile returns the part of the next file in the map.
func (f *Form) nextFile() (*multipart.Part, error) {
	part, err := f.next()
	if err != nil {
		return nil, err
	}
	switch {
	case part.FormName() != f.files[f.reached].name:
		return nil, model.BadInput("The files must be sent in the order of `map`, without other parts.")
	case part.FileName() == "":
		return nil, model.BadInput("A part named in `map` is not a file.")
	}
	f.reached++
	return part, nil
}

// field reads a part that is not a file.
func (f *Form) field(name string, limit int) ([]byte, *httpapi.Error) {
	part, err := f.next()
	if err != nil {
		return nil, &httpapi.Error{Status: http.StatusBadRequest, Err: err}
	}
	if part.FormName() != name {
		return nil, httpapi.BadRequest("The first part must be `operations` and the second `map`.")
	}
	text, err := io.ReadAll(io.LimitReader(part, int64(limit)+1)) //nolint:forbidigo // bounded
	if err != nil {
		return nil, &httpapi.Error{Status: http.StatusBadRequest, Err: f.presentError(err)}
	}
	if len(text) > limit {
		return nil, httpapi.BodyTooLarge(limit, len(text))
	}
	return text, nil
}

// presentError returns an error that is safe to return to the client.
func (f *Form) presentError(err error) error {
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

// fileReader reads the content of a file. Its errors are safe to return to the client.
type fileReader struct {
	form *Form
	part io.Reader
}

// Read waits for the next bytes and adds what is already buffered: the parser returns at most 4 KiB at once, and each
// read becomes one write to mStudio.
func (r fileReader) Read(p []byte) (int, error) {
	n, err := r.part.Read(p)
	for n < len(p) && err == nil && r.form.buffered.Buffered() > 0 {
		var more int
		more, err = r.part.Read(p[n:])
		n += more
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.form.presentError(err)
	}
	return n, err
}

var errPartHeader = errors.New("part header is too long")

// boundedReader limits the header of a part. The standard library accepts 10 MiB.
type boundedReader struct {
	from io.Reader
	left int64 // negative means no limit
}

// Read returns errPartHeader at the limit.
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
