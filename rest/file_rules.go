package rest

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// The reasons for which a file is not taken, by us or by the API. An [*Error] has them as its reason.
var (
	// ErrFileTooLarge says that it is longer than it may be.
	ErrFileTooLarge = errors.New("file is too large")
	// ErrFileType says that its type is not taken, or that it is of another one than it says.
	ErrFileType = errors.New("file type is not taken")
	// ErrFileRefused says that the API does not accept it for another reason, such as its name.
	ErrFileRefused = errors.New("file is not accepted")
	// ErrUploadToken says that its token is unknown, has expired or has been used.
	ErrUploadToken = errors.New("upload token is not valid")
)

// FileRules is what a file must be like to be taken. The zero value takes any.
type FileRules struct {
	// MimeTypes are those that are taken; none if the API does not say it, and then any is.
	MimeTypes []string
	// MaxSizeInKB is how large a file may be, in units of 1024 bytes; nil if the API does not say it.
	MaxSizeInKB *int
}

// MaxBytes is how large a file may be; 0 if the API does not say it.
func (r FileRules) MaxBytes() int64 {
	if r.MaxSizeInKB == nil {
		return 0
	}
	return int64(*r.MaxSizeInKB) << 10
}

// sniffed is how much of a file says of which type it is, in bytes.
const sniffed = 512

// TypeOf returns the type that a file is to be sent as: the one it is declared to be, or the one that it looks like if
// that says nothing. Head is its first 512 bytes, or all of it. The error is [ErrFileType] for a type that is not taken,
// and for a picture or a PDF that is none: whoever opens it would see nothing.
func (r FileRules) TypeOf(declared string, head []byte) (string, error) {
	looksLike, _, _ := mime.ParseMediaType(http.DetectContentType(head[:min(len(head), sniffed)])) // it makes valid ones
	mimeType, _, err := mime.ParseMediaType(declared)
	switch {
	case err != nil, !strings.Contains(mimeType, "/"), mimeType == "application/octet-stream" && r.take(looksLike):
		mimeType = looksLike
	case hasSignature(mimeType) && mimeType != looksLike:
		return "", ErrFileType
	}
	if !r.take(mimeType) {
		return "", ErrFileType
	}
	return mimeType, nil
}

func (r FileRules) take(mimeType string) bool {
	return len(r.MimeTypes) == 0 || slices.ContainsFunc(r.MimeTypes, func(taken string) bool {
		major, isRange := strings.CutSuffix(taken, "*")
		return strings.EqualFold(taken, mimeType) || isRange && strings.HasPrefix(mimeType, strings.TrimPrefix(major, "*/"))
	})
}

// hasSignature reports whether each file of a type begins in a way that is known.
func hasSignature(mimeType string) bool {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf":
		return true
	}
	return false
}
