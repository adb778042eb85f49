package model

// UserErrorCode is the kind of a problem with a mutation's input.
type UserErrorCode string

// The codes of user errors.
const (
	UserErrorRequired    UserErrorCode = "REQUIRED"
	UserErrorTooLong     UserErrorCode = "TOO_LONG"
	UserErrorInvalid     UserErrorCode = "INVALID"
	UserErrorNotFound    UserErrorCode = "NOT_FOUND"
	UserErrorForbidden   UserErrorCode = "FORBIDDEN"
	UserErrorConflict    UserErrorCode = "CONFLICT"
	UserErrorFileSize    UserErrorCode = "FILE_TOO_LARGE"
	UserErrorFileType    UserErrorCode = "FILE_TYPE_NOT_ALLOWED"
	UserErrorFileContent UserErrorCode = "FILE_CONTENT_MISMATCH"
)

// UserError is a problem that the caller of a mutation can fix.
type UserError struct {
	Code UserErrorCode
	// Message is written for the client. It never repeats input of the client, and of mStudio only media types.
	Message string
	// Field is the path to the value, starting at the argument; nil if the problem concerns no single value.
	Field []string
}
