package sandbox

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// accessTokenAge is the lifetime of an access token.
const accessTokenAge = 5 * time.Minute

// downloads serves attachments and avatars.
type downloads struct {
	conversations *conversations
	users         users
	inventory     *inventory
	uploads       *uploads
	lock          sync.Locker // held while reading conversations
	key           []byte      // signs access tokens
}

func newDownloads(cs *conversations, us users, inv *inventory, u *uploads, lock sync.Locker) *downloads {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, by its documentation
	return &downloads{conversations: cs, users: us, inventory: inv, uploads: u, lock: lock, key: key}
}

func (d *downloads) routes(rt *router) {
	rt.private("GET /v2/conversations/{conversationId}/files/{fileId}/access-token", d.getAccess)
	rt.mux.HandleFunc("GET /v2/files/{fileId}", d.serve)
	rt.mux.HandleFunc("GET /v2/files/{fileId}/{fileName}", d.serve)
	rt.mux.HandleFunc("GET /v2/files/{fileId}/meta", d.serveMeta)
}

// fileAccess permits the download of one file without the caller's own token.
type fileAccess struct {
	AccessToken string    `json:"accessToken"`
	ExpiresAt   timestamp `json:"expiresAt"`
}

// getAccess documents no 403: a file of a conversation that the caller may not see is not found.
func (d *downloads) getAccess(c *caller, r *http.Request) (response, error) {
	id, isID := d.conversations.idInPath(c, r)
	fileID, isFileID := canonicalID(r.PathValue("fileId"))
	if !isID || !isFileID {
		return response{}, invalid(notUUID("/conversationId"))
	}
	conv, err := d.conversations.find(c, id)
	if err != nil {
		return response{}, errNotFound
	}
	found := conv.attachment(fileID)
	if found == nil || found.Status != fileUploaded {
		return response{}, errNotFound
	}
	expires := time.Now().Add(accessTokenAge).UTC().Truncate(time.Second)
	return response{body: fileAccess{d.sign(fileClaims{fileID, expires.Unix()}), timestamp{expires}}}, nil
}

// fileClaims is the payload of an access token. As in mStudio, it is not encrypted.
type fileClaims struct {
	FileID  string `json:"fileId"`
	Expires int64  `json:"exp"`
}

// sign returns a token in the form of a JWT.
func (d *downloads) sign(claims fileClaims) string {
	payload, _ := json.Marshal(claims) //nolint:errchkjson // a string and a number always encode
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(d.mac(signed))
}

func (d *downloads) mac(signed string) []byte {
	mac := hmac.New(sha256.New, d.key)
	_, _ = mac.Write([]byte(signed)) // a hash never fails
	return mac.Sum(nil)
}

// permits reports whether a token gives access to the file now.
func (d *downloads) permits(token, fileID string, now time.Time) bool {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return false
	}
	mac, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(mac, d.mac(token[:at])) {
		return false
	}
	_, payload, _ := strings.Cut(token[:at], ".")
	var claims fileClaims
	text, err := base64.RawURLEncoding.DecodeString(payload)
	return err == nil && json.Unmarshal(text, &claims) == nil && claims.FileID == fileID && now.Unix() < claims.Expires
}

// openedFile is a file that the request permits to read. A picture has no name.
type openedFile struct {
	id, name, contentType string
	content               io.ReadSeeker
}

// readable returns the file in the path: a picture without a token, and an attachment with an access token.
func (d *downloads) readable(r *http.Request) (openedFile, error) {
	id, _ := canonicalID(r.PathValue("fileId"))
	opened, err := d.open(id)
	wanted := r.PathValue("fileName")
	switch {
	case err != nil:
		return openedFile{}, err
	case opened.name != "" && !d.permits(fileToken(r), id, time.Now()):
		return openedFile{}, errForbidden
	case wanted != "" && wanted != opened.name:
		return openedFile{}, errNotFound
	}
	return opened, nil
}

// serve serves the content of a file, as base64 if the request accepts only that.
func (d *downloads) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-RateLimit-Exempt", "yes")
	opened, err := d.readable(r)
	if err != nil {
		writeFailure(w, err)
		return
	}
	w.Header().Set("Content-Type", opened.contentType)
	if opened.name != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition(r), opened.name))
	}
	if cmp.Or(r.URL.Query().Get("accept"), r.Header.Get("Accept")) == base64Type {
		w.Header().Set("Content-Type", base64Type)
		encoder := base64.NewEncoder(base64.StdEncoding, w)
		_, _ = io.Copy(encoder, opened.content)
		_ = encoder.Close()
		return
	}
	http.ServeContent(w, r, "", time.Time{}, opened.content)
}

// base64Type is the value of Accept for a file as text. It is not a valid media type.
const base64Type = "text/plain;base64"

// serveMeta describes a file. It needs the same token as the content.
func (d *downloads) serveMeta(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-RateLimit-Exempt", "yes")
	respond(w, &sync.Mutex{}, func() (response, error) {
		opened, err := d.readable(r)
		if err != nil {
			return response{}, err
		}
		size, err := opened.content.Seek(0, io.SeekEnd)
		return response{body: newFileMeta(opened.id, cmp.Or(opened.name, "picture.png"), opened.contentType, size)}, err
	})
}

// open returns a file by its ID. A picture of a user or of an object has no name.
func (d *downloads) open(id string) (openedFile, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	subject := d.users.withAvatar(id)
	if subject == "" && d.inventory.hasPicture(id) {
		subject = id
	}
	if subject != "" {
		picture, err := drawAvatar(subject)
		return openedFile{id, "", "image/png", bytes.NewReader(picture)}, err
	}
	for _, conv := range d.conversations.all {
		if found := conv.attachment(id); found != nil && found.Status == fileUploaded {
			content, err := d.contentOf(found)
			return openedFile{id, found.Name, found.Type, content}, err
		}
	}
	return openedFile{}, errNotFound
}

// contentOf returns the uploaded content of a file. A file of the demo data has no content, so contentOf generates it.
func (d *downloads) contentOf(f *file) (io.ReadSeeker, error) {
	if uploaded := d.uploads.file(f.ID); uploaded != nil {
		return uploaded.content.reader(), nil
	}
	generated, err := f.generate()
	return bytes.NewReader(generated), err
}

// generate returns content that fits the file's type.
func (f *file) generate() ([]byte, error) {
	switch f.Type {
	case "image/png":
		return drawAvatar(f.ID)
	case "image/jpeg":
		var buf bytes.Buffer
		err := jpeg.Encode(&buf, pattern(f.ID), nil)
		return buf.Bytes(), err
	}
	line := fmt.Sprintf("%s: this is the sandbox's file %s.\n", f.Name, f.ID)
	return []byte(strings.Repeat(line, 100)), nil
}

func fileToken(r *http.Request) string {
	if token := r.Header.Get("Token"); token != "" {
		return token
	}
	return r.URL.Query().Get("token")
}

func disposition(r *http.Request) string {
	if r.Header.Get("Content-Disposition") == "attachment" || r.URL.Query().Get("content-disposition") == "attachment" {
		return "attachment"
	}
	return "inline"
}
