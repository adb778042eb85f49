package rest

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// The causes of the [*Error] for a rejected file.
var (
	// ErrFileTooLarge means that the file exceeds the maximum size.
	ErrFileTooLarge = errors.New("file is too large")
	// ErrFileType means that the API does not accept the file's type, or that its content contradicts the declared type.
	ErrFileType = errors.New("file type is not accepted")
	// ErrFileRejected means that the API rejected the file for another reason, such as its name.
	ErrFileRejected = errors.New("file is rejected")
	// ErrUploadToken means that the token is unknown, expired or used.
	ErrUploadToken = errors.New("invalid upload token")
)

// FileRules limits type and size of a file. The zero value accepts any file.
type FileRules struct {
	// MimeTypes lists the accepted types. Empty means any.
	MimeTypes []string
	// MaxSizeInKB is the maximum size in units of 1024 bytes, nil if the API omits it.
	MaxSizeInKB *int
}

// MaxBytes returns the maximum size in bytes, 0 if the API omits it.
func (r FileRules) MaxBytes() int64 {
	if r.MaxSizeInKB == nil {
		return 0
	}
	return int64(*r.MaxSizeInKB) << 10
}

// sniffLength is the number of bytes from which the type of a file is detected.
const sniffLength = 512

// TypeOf returns the type to send a file with: the declared type, or the detected one if the declared one is missing or
// generic. head is the first 512 bytes of the file, or all of a shorter one. The error is [ErrFileType] if the type is
// not accepted, or if an image or PDF does not have the declared type, because no program could open it.
func (r FileRules) TypeOf(declared string, head []byte) (string, error) {
	detected, _, _ := mime.ParseMediaType(http.DetectContentType(head[:min(len(head), sniffLength)])) // always valid
	mimeType, _, err := mime.ParseMediaType(declared)
	switch {
	case err != nil, !strings.Contains(mimeType, "/"), mimeType == "application/octet-stream" && r.accepts(detected):
		mimeType = detected
	case hasSignature(mimeType) && mimeType != detected:
		return "", ErrFileType
	}
	if !r.accepts(mimeType) {
		return "", ErrFileType
	}
	return mimeType, nil
}

func (r FileRules) accepts(mimeType string) bool {
	return len(r.MimeTypes) == 0 || slices.ContainsFunc(r.MimeTypes, func(accepted string) bool {
		major, isRange := strings.CutSuffix(accepted, "*")
		return strings.EqualFold(accepted, mimeType) || isRange && strings.HasPrefix(mimeType, strings.TrimPrefix(major, "*/"))
	})
}

// hasSignature reports whether http.DetectContentType recognizes every file of this type.
func hasSignature(mimeType string) bool {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf":
		return true
	}
	return false
}
