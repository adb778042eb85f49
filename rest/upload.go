package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// FileMeta is mStudio's description of an uploaded file.
type FileMeta struct {
	ID       string `api:"id,required"`
	Name     string `api:"name,required"`
	MimeType string `api:"mimeType,required"`
	// Size is in bytes; nil if the API omits it, or if it exceeds an integer of GraphQL.
	Size *int `api:"sizeInBytes,required"`
}

func (FileMeta) schemaType() string { return "File" }

const (
	filesRoute    route = "/files"
	fileMetaRoute route = "/files/{fileId}/meta"
)

// FileMeta fetches the metadata of a file that the token permits to read. The error has [Forbidden] for an invalid token.
func (c *Client) FileMeta(ctx context.Context, fileID string, token FileToken) (*FileMeta, error) {
	target, err := c.newCall(http.MethodGet, fileMetaRoute, []string{fileID})
	if err != nil {
		return nil, err
	}
	target.fileToken = token
	meta, _, err := fetch(ctx, c, target, func(d *decoder) *FileMeta {
		meta := readFileMeta(d)
		d.require(meta != nil && strings.EqualFold(meta.ID, fileID))
		return meta
	})
	if failure, ok := errors.AsType[*Error](err); ok && failure.Code == Unauthorized {
		failure.Code = Forbidden
	}
	return meta, err
}

// Upload sends a file and returns its metadata. Its ID attaches the file to a message. Content is no longer read when
// Upload returns.
//
// Upload does not retry, because the content is gone. An unknown outcome does no harm: a file without a message is
// visible to no one. The timeout of an attempt limits the time mStudio takes for each piece and for the response, not
// the whole transfer and not the reads of Content.
//
// The error has [BadInput] for a rejected file, with the cause [ErrFileTooLarge], [ErrFileType], [ErrFileRejected] or the
// error of Content, and [Conflict] with the cause [ErrUploadToken] for an invalid token.
func (c *Client) Upload(ctx context.Context, token UploadToken, file NewFile) (*FileMeta, error) {
	target := &call{session: &c.session, method: http.MethodPost, route: string(filesRoute), path: string(filesRoute)}
	target.upload = newFileBody(token, file)
	got, err := c.do(ctx, target)
	target.upload.finish()
	if err != nil {
		return nil, target.uploadError(err)
	}
	meta, failure := decodeResponse(ctx, c, target, got, readFileMeta)
	if failure != nil {
		return nil, failure
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
		if failure.Code == BadInput {
			failure.cause = ErrFileRejected
		}
	case http.StatusUnauthorized, http.StatusConflict:
		failure.Code, failure.cause = Conflict, ErrUploadToken
	}
	return failure
}

func readFileMeta(d *decoder) *FileMeta {
	meta := object[FileMeta](d)
	d.require(meta != nil && isID(meta.ID))
	return meta
}
