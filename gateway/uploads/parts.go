package uploads

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// maxPartHeader is the maximum size of a part's header and the text before it, in bytes.
const maxPartHeader = 8 << 10

const firstPartsMessage = "The first part must be `operations` and the second `map`."

// file is a file of a form.
type file struct {
	form *Form
	name string // name of its part
}

// Open waits for the start of the file and skips the files before it.
func (f *file) Open(ctx context.Context) (*model.OpenFile, error) {
	form := f.form
	index := slices.Index(form.files, f)
	if index < form.passed {
		return nil, model.BadInput(fileOrderMessage)
	}
	form.body.ctx, form.body.idleTimeout = ctx, form.limits.Idle
	for form.begun <= index {
		if err := form.advance(); err != nil {
			return nil, err
		}
	}
	form.passed = index + 1
	return &model.OpenFile{
		Name: form.current.FileName(), MimeType: form.current.Header.Get("Content-Type"),
		Content: &fileReader{form: form, part: form.current}, MaxBytes: form.limits.FileBytes,
	}, nil
}

// next returns the next part and discards the rest of the current one.
func (f *Form) next() (part *multipart.Part, err error) {
	if f.current != nil {
		if _, err := io.Copy(io.Discard, f.current); err != nil {
			return nil, err
		}
	}
	f.bounded.left = maxPartHeader
	f.current, err = f.parts.NextRawPart()
	f.bounded.left = -1
	return f.current, err
}

// advance begins the part of the next file. After the last file, no part may follow: it would be a file that `map` does
// not name.
func (f *Form) advance() error {
	part, err := f.next()
	isEnd := f.begun == len(f.files)
	switch {
	case isEnd && errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return f.presentError(err)
	case isEnd, part.FormName() != f.files[f.begun].name:
		return model.BadInput(fileOrderMessage)
	case part.FileName() == "":
		return model.BadInput("A part named in `map` is not a file.")
	}
	f.begun++
	return nil
}

// field reads a part that is not a file.
func (f *Form) field(name string, limit int) ([]byte, *httpapi.Error) {
	part, err := f.next()
	if err != nil {
		return nil, &httpapi.Error{Status: http.StatusBadRequest, Err: f.presentError(err)}
	}
	if part.FormName() != name {
		return nil, httpapi.BadRequest(firstPartsMessage)
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
	case errors.Is(err, io.EOF) && len(f.files) == 0:
		return model.BadInput(firstPartsMessage)
	case errors.Is(err, io.EOF):
		return model.BadInput(fmt.Sprintf("The request ended after %d of the %d files in `map`.", f.begun, len(f.files)))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return model.BadInput("The request ended before it was complete.")
	}
	return model.BadInput("The form is malformed.")
}

// fileReader reads the content of a file. Its errors are safe to return to the client.
type fileReader struct {
	form *Form
	part io.Reader
	end  error // io.EOF, or why reading failed
}

// Read waits for the next bytes and adds what is already buffered: the parser returns at most 4 KiB at once, and each
// read becomes one write to mStudio. At the end of the last file, Read fails if another part follows, so that no message is
// sent without it.
func (r *fileReader) Read(p []byte) (int, error) {
	if r.end != nil {
		return 0, r.end
	}
	n, err := r.part.Read(p)
	for n < len(p) && err == nil && r.form.buffered.Buffered() > 0 {
		var more int
		more, err = r.part.Read(p[n:])
		n += more
	}
	switch isEnd := errors.Is(err, io.EOF); {
	case isEnd && r.form.begun == len(r.form.files):
		err = cmp.Or(r.form.advance(), err)
	case err != nil && !isEnd:
		err = r.form.presentError(err)
	}
	r.end = err
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
