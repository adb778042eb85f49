package config

import (
	"errors"
	"fmt"
	"time"

	"mstudio-graphql/gateway"
)

// Uploads is what clients may send along with an operation. They are those of gateway.UploadLimits.
type Uploads struct {
	FileBytes  int64         `group:"Files" name:"max-upload-bytes" default:"104857600" env:"MAX_UPLOAD_BYTES" help:"How large a file may be that a client sends, in bytes. mStudio may take less."`
	TotalBytes int64         `group:"Files" name:"max-upload-total-bytes" default:"262144000" env:"MAX_UPLOAD_TOTAL_BYTES" help:"How large all files of a request may be together, in bytes."`
	Files      int           `group:"Files" name:"max-upload-files" default:"10" env:"MAX_UPLOAD_FILES" help:"How many files a request may have."`
	AtOnce     int           `group:"Files" name:"max-uploads" default:"32" env:"MAX_UPLOADS" help:"How many operations with files may run at once, of one caller a quarter of them."`
	Idle       time.Duration `group:"Files" name:"upload-idle-timeout" default:"30s" env:"UPLOAD_IDLE_TIMEOUT" help:"How long a client may take for the next piece of a file."`
	Timeout    time.Duration `group:"Files" name:"upload-timeout" default:"10m" env:"UPLOAD_TIMEOUT" help:"How long the files of an operation may take to arrive, in addition to --operation-timeout."`
}

// Validate reports what would refuse everything.
func (s Uploads) Validate() error {
	var mistakes []error
	for _, number := range []struct {
		flag  string
		value int64
	}{
		{"--max-upload-bytes", s.FileBytes},
		{"--max-upload-total-bytes", s.TotalBytes},
		{"--max-upload-files", int64(s.Files)},
		{"--max-uploads", int64(s.AtOnce)},
	} {
		if number.value < 1 {
			mistakes = append(mistakes, fmt.Errorf("%s must be at least 1", number.flag))
		}
	}
	if s.Timeout <= 0 || s.Idle <= 0 {
		mistakes = append(mistakes, errors.New("--upload-timeout and --upload-idle-timeout must be more than zero"))
	}
	return errors.Join(mistakes...)
}

// limits is the gateway's part of the settings.
func (s Uploads) limits() gateway.UploadLimits {
	return gateway.UploadLimits{
		FileBytes: s.FileBytes, TotalBytes: s.TotalBytes, Files: s.Files, AtOnce: s.AtOnce, Idle: s.Idle, Timeout: s.Timeout,
	}
}
