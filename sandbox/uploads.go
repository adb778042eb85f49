package sandbox

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/google/uuid"
)

// defaultMaxFileKB is 100 MiB.
const defaultMaxFileKB = 100 << 10

// uploads holds upload tokens and uploaded files. It has its own lock, because an upload takes long.
type uploads struct {
	conversations *conversations
	maxFileKB     int

	mu      sync.Mutex
	tickets map[string]*ticket // by token
	files   map[string]*uploadedFile
}

// fileTicket permits the upload of one file to a conversation.
type fileTicket struct {
	ConversationID string    `json:"conversationId"`
	UploadToken    string    `json:"uploadToken"`
	Rules          fileRules `json:"rules"`
}

type ticket struct {
	fileTicket

	used bool // by an upload that is running or complete
}

// uploadedFile is a complete upload. It can be downloaded once a message of its conversation has it.
type uploadedFile struct {
	meta           fileMeta
	conversationID string
	content        *content
}

// fileMeta is the wire form of an uploaded file. Two members are former names of others.
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

func newFileMeta(id, name, mimeType string, size int64) fileMeta {
	friendly := id + "/" + name
	return fileMeta{
		ID: id, ShortID: "file-" + id[:6], Name: name, MimeType: mimeType, Type: mimeType,
		SizeInBytes: size, FriendlyURL: friendly, OldURL: friendly,
	}
}

func newUploads(cs *conversations, maxFileKB int) *uploads {
	return &uploads{conversations: cs, maxFileKB: maxFileKB, tickets: map[string]*ticket{}, files: map[string]*uploadedFile{}}
}

func (u *uploads) routes(rt *router) {
	rt.private("POST /v2/conversations/{conversationId}/files", u.request)
	rt.optional("POST /v2/files", u.create)
	rt.public("GET /v2/file-upload-types/{fileUploadType}/rules", u.getRules)
}

// uploadRules are the limits of an upload before there is a ticket. Two members are former names of others.
type uploadRules struct {
	MimeTypes      []string   `json:"mimeTypes"`
	FileTypes      []fileType `json:"fileTypes"`
	Extensions     []string   `json:"extensions"`
	MaxNameLength  int        `json:"maxNameLength"`
	MaxSizeInBytes int        `json:"maxSizeInBytes"`
	MaxSizeInKB    int        `json:"maxSizeInKB"`
	OldMaxSizeInKB int        `json:"maxSizeInKb"`
}

// getRules returns the rules for the files of conversations, the only type of upload that the sandbox has.
func (u *uploads) getRules(_ *caller, r *http.Request) (response, error) {
	if r.PathValue("fileUploadType") != "conversation" {
		return response{}, errNotFound
	}
	rules := uploadRules{
		MimeTypes: mimeTypes(), FileTypes: fileTypes(), MaxNameLength: maxFileName,
		MaxSizeInBytes: u.maxFileKB << 10, MaxSizeInKB: u.maxFileKB, OldMaxSizeInKB: u.maxFileKB,
	}
	for _, t := range rules.FileTypes {
		rules.Extensions = append(rules.Extensions, t.Extensions...)
	}
	return response{body: rules}, nil
}

// request issues a ticket. The API documents neither 403 nor 404 here, but a caller cannot write to a conversation
// that it cannot see.
func (u *uploads) request(c *caller, r *http.Request) (response, error) {
	conv, err := u.conversations.inPath(c, r)
	if err != nil {
		return response{}, err
	}
	issued := fileTicket{
		ConversationID: conv.ID, UploadToken: uuid.NewString(),
		Rules: fileRules{MimeTypes: mimeTypes(), MaxSizeInKB: u.maxFileKB},
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tickets[issued.UploadToken] = &ticket{fileTicket: issued}
	return response{status: http.StatusCreated, body: issued}, nil
}

// create receives an upload. It requires a ticket only.
func (u *uploads) create(w http.ResponseWriter, r *http.Request) {
	meta, err := u.receive(r)
	if err != nil {
		writeFailure(w, err)
		return
	}
	text, err := encode(meta)
	if err != nil {
		writeFailure(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, text)
}

func (u *uploads) receive(r *http.Request) (fileMeta, error) {
	t, err := u.acquire(r.Header.Get("Token"))
	if err != nil {
		return fileMeta{}, err
	}
	file, err := t.Rules.receive(r)
	if err != nil {
		u.release(t.UploadToken)
		return fileMeta{}, err
	}
	return u.keep(t.ConversationID, file), nil
}

// acquire reserves a ticket for one upload.
func (u *uploads) acquire(token string) (fileTicket, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t := u.tickets[token]
	if t == nil {
		return fileTicket{}, errUploadToken
	}
	if t.used {
		return fileTicket{}, invalidAs(http.StatusConflict, invalidField{Message: "the token has been used", Type: "used"})
	}
	t.used = true
	return t.fileTicket, nil
}

// release makes a ticket valid again after a failed upload.
func (u *uploads) release(token string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tickets[token].used = false
}

// keep stores a file. Equal uploads to equal sandboxes get equal IDs.
func (u *uploads) keep(conversationID string, received *receivedFile) fileMeta {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := newID("uploaded", strconv.Itoa(len(u.files)))
	meta := newFileMeta(id, received.name, received.mimeType, received.content.size)
	u.files[id] = &uploadedFile{meta, conversationID, received.content}
	return meta
}

// file returns an uploaded file by its ID, or nil.
func (u *uploads) file(id string) *uploadedFile {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.files[id]
}

// attachment returns the wire form of an uploaded file in messages. It returns false if the file
// does not exist or belongs to another conversation.
func (u *uploads) attachment(conversationID, id string) (file, bool) {
	found := u.file(id)
	if found == nil || found.conversationID != conversationID {
		return file{}, false
	}
	return file{ID: found.meta.ID, Status: fileUploaded, Name: found.meta.Name, Type: found.meta.MimeType}, true
}
