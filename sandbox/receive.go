package sandbox

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"unicode/utf8"
)

// createFile takes an upload. Its ticket is all it needs, but a token of a caller that is sent pays for the request.
func (s *Sandbox) createFile(w http.ResponseWriter, r *http.Request) {
	if c := s.store.caller(tokenOf(r)); c != nil && !s.admit(w, c) {
		writeFailure(w, errTooManyRequests)
		return
	}
	meta, err := s.receiveFile(r)
	if err != nil {
		writeFailure(w, err)
		return
	}
	body, err := encode(meta)
	if err != nil {
		writeFailure(w, err)
		return
	}
	write(w, http.StatusCreated, "application/json", body)
}

// receiveFile reads one file while it arrives. Nothing of one that breaks a rule is kept.
func (s *Sandbox) receiveFile(r *http.Request) (fileMeta, error) {
	ticket, err := s.uploads.take(r.Header.Get("Token"))
	if err != nil {
		return fileMeta{}, err
	}
	file, err := ticket.receive(r)
	if err != nil {
		s.uploads.giveBack(ticket.UploadToken)
		return fileMeta{}, err
	}
	s.uploads.keep(file)
	return file.meta, nil
}

func (t fileTicket) receive(r *http.Request) (*uploadedFile, error) {
	part, err := filePart(r)
	if err != nil {
		return nil, err
	}
	name, mimeType := part.FileName(), part.Header.Get("Content-Type")
	if err := t.Rules.check(name, mimeType); err != nil {
		return nil, err
	}
	content, err := spool(part, int64(t.Rules.MaxSizeInKB)<<10)
	if errors.Is(err, errTooMuch) {
		return nil, tooLarge(t.Rules.MaxSizeInKB)
	}
	if err != nil {
		return nil, invalid(invalidField{Message: "the file is not complete", Path: ".file", Type: "format"})
	}
	meta := fileMeta{Name: name, MimeType: mimeType, Type: mimeType, SizeInBytes: content.size}
	return &uploadedFile{meta: meta, conversationID: t.ConversationID, content: content}, nil
}

// filePart finds the part of the form that is the file. It has to be the first.
func filePart(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, invalid(invalidField{Message: "should be multipart/form-data", Path: "", Type: "type"})
	}
	part, err := form.NextPart()
	if errors.Is(err, io.EOF) || err == nil && (part.FormName() != "file" || part.FileName() == "") {
		return nil, invalid(invalidField{Message: "should have required property 'file'", Path: ".file", Type: "required"})
	}
	if err != nil {
		return nil, invalid(invalidField{Message: "the form is malformed", Path: "", Type: "format"})
	}
	return part, nil
}

func (rules fileRules) check(name, declared string) error {
	if utf8.RuneCountInString(name) > maxFileName {
		return unacceptable(http.StatusUnprocessableEntity, "the name is too long", ".file.name", "maxLength")
	}
	mimeType, _, err := mime.ParseMediaType(declared)
	if err != nil || !slices.Contains(rules.MimeTypes, mimeType) {
		return unacceptable(http.StatusNotAcceptable, "the type is not allowed", ".file.type", "enum")
	}
	return nil
}
