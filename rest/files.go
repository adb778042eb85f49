package rest

import "time"

// FileState is the state of an attachment, as mStudio spells it.
type FileState string

// The known file states.
const (
	FileRequested FileState = "requested"
	FileUploaded  FileState = "uploaded"
	FileDeleted   FileState = "deleted"
)

// File is an attachment of a message: a [*RequestedFile], [*UploadedFile], [*DeletedFile] or [*UnknownFile].
type File interface {
	IsFile()
	// State returns the state as mStudio sent it.
	State() FileState
}

// RequestedFile is announced but not uploaded yet.
type RequestedFile struct{ ID string }

// UploadedFile can be downloaded.
type UploadedFile struct {
	ID string
	// HasDerivedID reports whether mStudio sent no ID, so that the file cannot be downloaded.
	HasDerivedID bool

	Name     string
	MimeType string
	// ConversationID is the conversation of its message. Access to the file needs both IDs.
	ConversationID string
}

// DeletedFile is deleted. mStudio still sends name and type.
type DeletedFile struct {
	ID       string
	Name     string
	MimeType string
	// DeletedAt is nil if mStudio omits it.
	DeletedAt *time.Time
}

// UnknownFile is in an unknown state.
type UnknownFile struct {
	ID       string
	RawState string
	Name     string
	MimeType string
}

// State returns FileRequested.
func (RequestedFile) State() FileState { return FileRequested }

// State returns FileUploaded.
func (UploadedFile) State() FileState { return FileUploaded }

// State returns FileDeleted.
func (DeletedFile) State() FileState { return FileDeleted }

// State returns the state as mStudio sent it.
func (f UnknownFile) State() FileState { return FileState(f.RawState) }

// files reads attachments. An element that is not an object becomes an UnknownFile.
func (d *decoder) files() []File {
	return list(d, d.file)
}

// attachedFile is a file in any state, as mStudio sends it.
type attachedFile struct {
	ID        string     `api:"id,required"`
	Name      string     `api:"name"`
	MimeType  string     `api:"type"`
	State     string     `api:"status,required"`
	DeletedAt *time.Time `api:"deletionDate"`
}

func (attachedFile) schemaType() string { return "File" }

func (d *decoder) file() File {
	start := d.start()
	f := object[attachedFile](d)
	if f == nil {
		f = &attachedFile{}
	}
	id, isDerived := d.idOr(f.ID, start)
	state := FileState(f.State)
	reportUnknown(d, "File.state", state)
	switch state {
	case FileRequested:
		return &RequestedFile{ID: id}
	case FileUploaded:
		return &UploadedFile{ID: id, HasDerivedID: isDerived, Name: f.Name, MimeType: f.MimeType}
	case FileDeleted:
		return &DeletedFile{ID: id, Name: f.Name, MimeType: f.MimeType, DeletedAt: f.DeletedAt}
	default:
		return &UnknownFile{ID: id, RawState: f.State, Name: f.Name, MimeType: f.MimeType}
	}
}
