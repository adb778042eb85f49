package rest

import (
	"errors"
)

// The causes of the [*Error] for a rejected file.
var (
	// ErrFileTooLarge means that the file exceeds the maximum size.
	ErrFileTooLarge = errors.New("file is too large")
	// ErrFileType means that the API does not accept the file's type.
	ErrFileType = errors.New("file type is not accepted")
	// ErrFileContent means that the content of an image or a PDF contradicts its type, so that no program could open it.
	ErrFileContent = errors.New("file content contradicts its type")
	// ErrFileRejected means that the API rejected the file for another reason, such as its name.
	ErrFileRejected = errors.New("file is rejected")
	// ErrUploadToken means that the token is unknown, expired or used.
	ErrUploadToken = errors.New("invalid upload token")
)
