package sandbox

import (
	"bytes"
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
	"time"
)

// accessTokenAge is how long a file can be fetched with an access token.
const accessTokenAge = 5 * time.Minute

// fileAccess is the permission to fetch one file without the caller's own token.
type fileAccess struct {
	AccessToken string    `json:"accessToken"`
	ExpiresAt   timestamp `json:"expiresAt"`
}

// fileClaims is what an access token says. Like the original's, it can be read by whoever holds it.
type fileClaims struct {
	FileID  string `json:"fileId"`
	Expires int64  `json:"exp"`
}

// getFileAccess documents no 403: a file of a conversation that the caller may not see is not found.
func (s *Sandbox) getFileAccess(c *caller, r *http.Request) (answer, error) {
	id, isID := canonicalID(r.PathValue("conversationId"))
	fileID, isFileID := canonicalID(r.PathValue("fileId"))
	if !isID || !isFileID {
		return answer{}, invalid(notUUID("/conversationId"))
	}
	conv, err := s.store.conversation(c, id)
	if err != nil {
		return answer{}, errNotFound
	}
	found := conv.attachment(fileID)
	if found == nil || found.Status != fileUploaded {
		return answer{}, errNotFound
	}
	expires := time.Now().Add(accessTokenAge).UTC().Truncate(time.Second)
	return answer{body: fileAccess{s.signFile(fileClaims{fileID, expires.Unix()}), timestamp{expires}}}, nil
}

// attachment returns a file of the conversation, nil if it has none with this id.
func (c *conversation) attachment(id string) *file {
	for _, m := range c.messages {
		for i := range m.Files {
			if m.Files[i].ID == id {
				return &m.Files[i]
			}
		}
	}
	return nil
}

// signFile makes a token in the form of a JWT.
func (s *Sandbox) signFile(claims fileClaims) string {
	payload, _ := json.Marshal(claims) //nolint:errchkjson // a string and a number always encode
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(s.fileMAC(signed))
}

func (s *Sandbox) fileMAC(signed string) []byte {
	mac := hmac.New(sha256.New, s.fileKey)
	_, _ = mac.Write([]byte(signed)) // a hash never fails
	return mac.Sum(nil)
}

// admitsFile reports whether a token gives access to the file now.
func (s *Sandbox) admitsFile(token, fileID string, now time.Time) bool {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return false
	}
	mac, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(mac, s.fileMAC(token[:at])) {
		return false
	}
	_, payload, _ := strings.Cut(token[:at], ".")
	var claims fileClaims
	text, err := base64.RawURLEncoding.DecodeString(payload)
	return err == nil && json.Unmarshal(text, &claims) == nil && claims.FileID == fileID && now.Unix() < claims.Expires
}

func newFileKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, by its documentation
	return key
}

// serveFile serves avatars to everybody, and attachments to who has an access token for them.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-RateLimit-Exempt", "yes")
	id, _ := canonicalID(r.PathValue("fileId"))
	name, contentType, body, err := s.fileContent(id)
	if err == nil && name != "" && !s.admitsFile(fileToken(r), id, time.Now()) {
		err = errForbidden
	}
	if err != nil {
		writeFailure(w, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	if name != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition(r), name))
	}
	http.ServeContent(w, r, "", time.Time{}, body)
}

// fileContent returns a file by its id. An avatar has no name.
func (s *Sandbox) fileContent(id string) (name, contentType string, body io.ReadSeeker, err error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	if u := s.store.avatars[id]; u != nil {
		drawn, err := drawAvatar(u.ID)
		return "", "image/png", bytes.NewReader(drawn), err
	}
	for _, conv := range s.store.conversations {
		if found := conv.attachment(id); found != nil && found.Status == fileUploaded {
			body, err := s.contentOf(found)
			return found.Name, found.Type, body, err
		}
	}
	return "", "", nil, errNotFound
}

// contentOf returns what was uploaded, or something that fits the type of a file that never was.
func (s *Sandbox) contentOf(f *file) (io.ReadSeeker, error) {
	if uploaded := s.uploads.file(f.ID); uploaded != nil {
		return uploaded.content.reader(), nil
	}
	invented, err := f.invent()
	return bytes.NewReader(invented), err
}

// invent makes something up that fits the file's type.
func (f *file) invent() ([]byte, error) {
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
