package config

import (
	"time"

	"mstudio-graphql/gateway/uploads"
)

// Uploads is what clients may send along with an operation. They are those of uploads.Limits.
type Uploads struct {
	FileBytes  int64         `group:"Files" name:"max-upload-bytes" default:"104857600" min:"1" env:"MAX_UPLOAD_BYTES" help:"How large a file may be that a client sends, in bytes. mStudio may take less."`
	TotalBytes int64         `group:"Files" name:"max-upload-total-bytes" default:"262144000" min:"1" env:"MAX_UPLOAD_TOTAL_BYTES" help:"How large all files of a request may be together, in bytes."`
	Files      int           `group:"Files" name:"max-upload-files" default:"10" min:"1" env:"MAX_UPLOAD_FILES" help:"How many files a request may have."`
	AtOnce     int           `group:"Files" name:"max-uploads" default:"32" min:"1" env:"MAX_UPLOADS" help:"How many operations with files may run at once, of one caller a quarter of them."`
	Idle       time.Duration `group:"Files" name:"upload-idle-timeout" default:"30s" min:"1" env:"UPLOAD_IDLE_TIMEOUT" help:"How long a client may take for the next piece of a file."`
	Timeout    time.Duration `group:"Files" name:"upload-timeout" default:"10m" min:"1" env:"UPLOAD_TIMEOUT" help:"How long the files of an operation may take to arrive, in addition to --operation-timeout."`
}

// limits is the gateway's part of the settings.
func (s Uploads) limits() uploads.Limits {
	return uploads.Limits{
		FileBytes: s.FileBytes, TotalBytes: s.TotalBytes, Files: s.Files, MaxConcurrent: s.AtOnce, Idle: s.Idle, Timeout: s.Timeout,
	}
}
