package uploads

import "time"

// Limits limits the files of an operation. The tags declare each limit as a flag.
type Limits struct {
	FileBytes  int64 `name:"max-upload-bytes" default:"104857600" min:"1" env:"MAX_UPLOAD_BYTES" help:"Maximum size of an uploaded file, in bytes. mStudio may accept less."`
	TotalBytes int64 `name:"max-upload-total-bytes" default:"262144000" min:"1" env:"MAX_UPLOAD_TOTAL_BYTES" help:"Maximum total size of the files of a request, in bytes."`
	Files      int   `name:"max-upload-files" default:"10" min:"1" env:"MAX_UPLOAD_FILES" help:"Maximum number of files in a request."`
	// Operations with files have separate slots, because they wait for the client and not for mStudio.
	MaxConcurrent int           `name:"max-uploads" default:"32" min:"1" env:"MAX_UPLOADS" help:"Maximum concurrent operations with files. One caller may use at most a quarter of them."`
	Idle          time.Duration `name:"upload-idle-timeout" default:"30s" min:"1" env:"UPLOAD_IDLE_TIMEOUT" help:"Timeout for the next bytes of a file."`
	Timeout       time.Duration `name:"upload-timeout" default:"10m" min:"1" env:"UPLOAD_TIMEOUT" help:"Timeout for receiving the files of an operation, in addition to --operation-timeout."`
}
