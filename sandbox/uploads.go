package sandbox

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/google/uuid"
)

// defaultMaxFileKB is 100 MiB.
const defaultMaxFileKB = 100 << 10

// maxFileName is how long a file's name may be, in characters.
const maxFileName = 255

// mimeTypes are those that a conversation takes.
func mimeTypes() []string {
	return []string{
		"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "application/zip", "application/gzip",
		"application/octet-stream", "text/plain", "text/csv", "text/html", "image/svg+xml", "message/rfc822", "video/mp4",
	}
}

// fileRules is what a file must be like.
type fileRules struct {
	MimeTypes   []string `json:"mimeTypes"`
	MaxSizeInKB int      `json:"maxSizeInKB"`
}

// fileTicket is the permission to upload one file for a conversation.
type fileTicket struct {
	ConversationID string    `json:"conversationId"`
	UploadToken    string    `json:"uploadToken"`
	Rules          fileRules `json:"rules"`
}

// uploadedFile is a file that somebody has uploaded. It can be fetched once a message of its conversation has it.
type uploadedFile struct {
	meta           fileMeta
	conversationID string
	content        *content
}

// fileMeta is the public form of a file. Two of its members are older names for others.
type fileMeta struct {
	ID          string `json:"id"`
	ShortID     string `json:"shortId"`
	Name        string `json:"name"`
	MimeType    string `json:"mimeType"`
	Type        string `json:"type"`
	SizeInBytes int64  `json:"sizeInBytes"`
	FriendlyURL string `json:"friendlyUrl"`
	OldURL      string `json:"friendlyURL"`
}

// uploads is what was uploaded, and what may be. It has a lock of its own: an upload takes long.
type uploads struct {
	mu      sync.Mutex
	tickets map[string]*ticketState
	files   map[string]*uploadedFile
}

// ticketState is a ticket that was given. It serves for one file.
type ticketState struct {
	fileTicket
	used bool // by an upload that is running or done
}

func newUploads() *uploads {
	return &uploads{tickets: map[string]*ticketState{}, files: map[string]*uploadedFile{}}
}

// requestFileUpload gives a ticket. The documentation names no 403 and no 404 here, but a conversation that cannot be
// seen cannot be written to either.
func (s *Sandbox) requestFileUpload(c *caller, r *http.Request) (answer, error) {
	conv, err := s.conversationOf(c, r)
	if err != nil {
		return answer{}, err
	}
	ticket := fileTicket{
		ConversationID: conv.ID, UploadToken: uuid.NewString(),
		Rules: fileRules{MimeTypes: mimeTypes(), MaxSizeInKB: s.maxFileKB},
	}
	s.uploads.give(ticket)
	return answer{status: http.StatusCreated, body: ticket}, nil
}

func (u *uploads) give(ticket fileTicket) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tickets[ticket.UploadToken] = &ticketState{fileTicket: ticket}
}

// take lets one upload at a time use a ticket, until one is done.
func (u *uploads) take(token string) (fileTicket, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	ticket := u.tickets[token]
	if ticket == nil {
		return fileTicket{}, errUploadToken
	}
	if ticket.used {
		return fileTicket{}, unacceptable(http.StatusConflict, "the token has been used", "", "used")
	}
	ticket.used = true
	return ticket.fileTicket, nil
}

// giveBack lets a ticket be used again after an upload that has failed.
func (u *uploads) giveBack(token string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tickets[token].used = false
}

// keep files a file. Equal uploads to equal sandboxes get equal ids.
func (u *uploads) keep(file *uploadedFile) {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := newID("uploaded", strconv.Itoa(len(u.files)))
	file.meta.ID, file.meta.ShortID = id, "file-"+id[:6]
	file.meta.FriendlyURL = id + "/" + file.meta.Name
	file.meta.OldURL = file.meta.FriendlyURL
	u.files[id] = file
}

// file returns what was uploaded under an id, nil if nothing was.
func (u *uploads) file(id string) *uploadedFile {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.files[id]
}

// attachment makes what a message of the conversation shows of an uploaded file. It reports false if there is no such
// file, or one of another conversation.
func (u *uploads) attachment(conversationID, id string) (file, bool) {
	found := u.file(id)
	if found == nil || found.conversationID != conversationID {
		return file{}, false
	}
	return file{ID: found.meta.ID, Status: fileUploaded, Name: found.meta.Name, Type: found.meta.MimeType}, true
}

// unacceptable makes the answer to an upload that breaks a rule.
func unacceptable(status int, message, path, kind string) error {
	f := newFailure(status, "ValidationError", "Validation failed")
	f.Invalid = []invalidField{{Message: message, Path: path, Type: kind}}
	return f
}

func tooLarge(maxKB int) error {
	return unacceptable(http.StatusUnprocessableEntity, "should be at most "+strconv.Itoa(maxKB)+" KB", ".file", "maxSize")
}
