// Package filelink seals the permission to read one file into a link. Anyone with the link can read the file until the link
// expires, but cannot read or change the content of the link.
package filelink

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// MaxLength is the maximum length of a link in bytes. Open rejects longer input without decoding it.
const MaxLength = 8 << 10

// purpose is the additional data of the cipher: it binds a link to this use and to the format of its content.
const purpose = "mstudio-graphql file link 1"

var (
	// ErrInvalid means that the text is not a link, or was sealed with another key.
	ErrInvalid = errors.New("filelink: invalid link")
	// ErrExpired means that the link has expired.
	ErrExpired = errors.New("filelink: link has expired")
	// ErrTooLong means that the link would be longer than [MaxLength].
	ErrTooLong = errors.New("filelink: link too long")
)

// Link is the content of a link.
type Link struct {
	FileID string
	Token  rest.FileToken
	// Caller is the fingerprint of the caller who requested the link.
	Caller string
	// Name and MimeType are chosen by the uploader and may contain anything.
	Name, MimeType string
	// Attachment means that a browser must save the file instead of displaying it.
	Attachment bool
	ExpiresAt  time.Time
}

// sealed is the JSON of a Link.
type sealed struct {
	FileID     string `json:"f"`
	Token      string `json:"t"`
	Caller     string `json:"c"`
	Name       string `json:"n,omitempty"`
	MimeType   string `json:"m,omitempty"`
	Attachment bool   `json:"a,omitempty"`
	ExpiresAt  int64  `json:"e"`
}

// Sealer seals and opens links. It is safe for concurrent use.
type Sealer struct{ ciphers []cipher.AEAD }

// New returns a Sealer that seals with the first key and opens links of all keys, so that keys can be replaced. It returns an
// error if there is no key, or if the length of a key is not [KeySize].
func New(keys ...[]byte) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("filelink: a key is required")
	}
	sealer := &Sealer{}
	for _, key := range keys {
		if len(key) != KeySize {
			return nil, fmt.Errorf("filelink: a key must have %d bytes", KeySize)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		made, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		sealer.ciphers = append(sealer.ciphers, made)
	}
	return sealer, nil
}

// Seal returns the text of a link, which is safe in a path and different each time. It omits the name and the type if the
// link would be too long with them. The error is [ErrTooLong] if it is too long without them.
func (s *Sealer) Seal(link Link) (string, error) {
	form := sealed{link.FileID, link.Token.Reveal(), link.Caller, link.Name, link.MimeType, link.Attachment, link.ExpiresAt.Unix()}
	text, err := form.encode()
	if errors.Is(err, ErrTooLong) {
		form.Name, form.MimeType = "", ""
		text, err = form.encode()
	}
	if err != nil {
		return "", err
	}
	closed := s.ciphers[0].Seal(nil, nil, text, []byte(purpose)) //nolint:gosec // this cipher generates its own nonce
	return base64url.Encode(closed), nil
}

// overhead is the length of the nonce and the tag that sealing adds, in bytes.
const overhead = 12 + 16

// encode returns the JSON without escapes for HTML, which would make some characters six times as long.
func (f sealed) encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(f); err != nil {
		return nil, err
	}
	if (text.Len()+overhead)*8 > MaxLength*6 { // base64 has 6 bits a character
		return nil, ErrTooLong
	}
	return text.Bytes(), nil
}

// Open returns the content of a link. The error is [ErrInvalid] or [ErrExpired].
func (s *Sealer) Open(text string, now time.Time) (Link, error) {
	if len(text) > MaxLength {
		return Link{}, ErrInvalid
	}
	closed, err := base64url.Decode(text)
	if err != nil {
		return Link{}, ErrInvalid
	}
	for _, tried := range s.ciphers {
		if opened, err := tried.Open(nil, nil, closed, []byte(purpose)); err == nil {
			return read(opened, now)
		}
	}
	return Link{}, ErrInvalid
}

func read(opened []byte, now time.Time) (Link, error) {
	var form sealed
	if err := json.Unmarshal(opened, &form); err != nil {
		return Link{}, ErrInvalid
	}
	token, err := rest.NewFileToken(form.Token)
	if err != nil {
		return Link{}, ErrInvalid
	}
	link := Link{form.FileID, token, form.Caller, form.Name, form.MimeType, form.Attachment, time.Unix(form.ExpiresAt, 0).UTC()}
	if !now.Before(link.ExpiresAt) {
		return Link{}, ErrExpired
	}
	return link, nil
}
