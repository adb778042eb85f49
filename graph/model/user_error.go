package model

// UserErrorCode says what is wrong with a mutation's input.
type UserErrorCode string

// The codes of user errors.
const (
	UserErrorRequired  UserErrorCode = "REQUIRED"
	UserErrorTooLong   UserErrorCode = "TOO_LONG"
	UserErrorInvalid   UserErrorCode = "INVALID"
	UserErrorNotFound  UserErrorCode = "NOT_FOUND"
	UserErrorForbidden UserErrorCode = "FORBIDDEN"
	UserErrorConflict  UserErrorCode = "CONFLICT"
	UserErrorFileSize  UserErrorCode = "FILE_TOO_LARGE"
	UserErrorFileType  UserErrorCode = "FILE_TYPE_NOT_ALLOWED"
)

// UserError is something that the caller of a mutation can put right.
type UserError struct {
	Code UserErrorCode
	// Message is written for the client: it never repeats what the client or mStudio sent.
	Message string
	// Field is the way to the value, from the argument on; nil if it is about none in particular.
	Field []string
}
