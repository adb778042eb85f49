package rest

import (
	"cmp"
	"context"
	"maps"
	"math"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// FileRules limits type, name and size of a file. The zero value accepts any file.
type FileRules struct {
	// MimeTypes lists the accepted types. Empty means any.
	MimeTypes []string
	// Extensions lists the usual extensions of these types, with a dot; empty if the API omits them.
	Extensions []string
	// MaxNameLength is the maximum length of a name in characters, nil if the API omits it.
	MaxNameLength *int
	// Limit is the maximum size in bytes, 0 if the API omits it.
	Limit int64
	// Incomplete reports whether elements of MimeTypes or Extensions are missing because they are not texts. Any type is then
	// accepted, because the API may accept it.
	Incomplete bool
}

// MaxBytes returns Limit as an integer of GraphQL, nil if there is none.
func (r FileRules) MaxBytes() *int {
	if r.Limit == 0 {
		return nil
	}
	return new(int(min(r.Limit, math.MaxInt32)))
}

// Within returns the rules with a second limit, in bytes. Zero means none.
func (r FileRules) Within(limit int64) *FileRules {
	if r.Limit == 0 || limit != 0 && limit < r.Limit {
		r.Limit = limit
	}
	return &r
}

const uploadRulesRoute route = "/file-upload-types/conversation/rules"

// UploadRules fetches the rules for the files of messages. They are the same for every caller, and the endpoint needs no
// token.
func (c *Client) UploadRules(ctx context.Context) (*FileRules, error) {
	rules, _, err := get(ctx, c, uploadRulesRoute, nil, nil, func(d *decoder) *FileRules {
		rules := &FileRules{}
		d.require(d.fileRules(rules))
		return rules
	})
	return rules, err
}

// fileRules reads rules. The API has three names for the size, and some responses have only one in units of 1024 bytes. It
// returns false if the value is not an object.
func (d *decoder) fileRules(rules *FileRules) bool {
	var size, inKB *float64
	found := d.object("FileRules", func(name []byte) {
		switch string(name) {
		case "mimeTypes":
			rules.MimeTypes = d.fileRuleTexts(rules)
		case "extensions":
			rules.Extensions = d.fileRuleTexts(rules)
		case "maxNameLength":
			rules.MaxNameLength = d.count()
		case "maxSizeInBytes":
			size = d.float()
		case "maxSizeInKB", "maxSizeInKb":
			inKB = cmp.Or(d.float(), inKB)
		default:
			d.Skip()
		}
	})
	if rules.Limit = limitOf(size, 1); rules.Limit == 0 {
		rules.Limit = limitOf(inKB, 1<<10)
	}
	return found
}

// fileRuleTexts reads a list of texts. Without one of them, the rules are incomplete.
func (d *decoder) fileRuleTexts(rules *FileRules) []string {
	texts := []string{}
	d.array(func() {
		text, ok := d.anyText()
		if !ok {
			rules.Incomplete = true
			return
		}
		texts = append(texts, text)
	})
	return texts
}

// limitOf rounds a size up, because 0 would mean no limit.
func limitOf(size *float64, unit int64) int64 {
	if size == nil || *size <= 0 {
		return 0
	}
	return int64(math.Ceil(min(*size, 1<<40))) * unit
}

// SniffLength is the number of bytes from which the type of a file is detected.
const SniffLength = 512

// TypeOf returns the accepted type to send a file with: the declared type, with its parameters, or else that of the
// extension of name. If the declared one is missing or generic, the content decides first if it is an image or a PDF, and last
// if the extension is unknown. head is the first [SniffLength] bytes of the file, or all of a shorter one. The error is
// [ErrFileType] or [ErrFileContent].
func (r FileRules) TypeOf(name, declared string, head []byte) (string, error) {
	detected, _, _ := mime.ParseMediaType(http.DetectContentType(head)) // always valid
	mimeType, parameters, err := mime.ParseMediaType(declared)
	isMissing := err != nil || !strings.Contains(mimeType, "/")
	candidates := typesByExtension(name)
	switch {
	case !isMissing && mimeType != "application/octet-stream":
		candidates = slices.Insert(candidates, 0, mimeType)
	case hasSignature(detected):
		candidates = slices.Insert(candidates, 0, detected)
	default:
		candidates = append(candidates, detected)
	}
	if !isMissing {
		candidates = append(candidates, mimeType)
	}
	chosen := slices.IndexFunc(candidates, r.accepts)
	switch {
	case chosen < 0:
		return "", ErrFileType
	case hasSignature(candidates[chosen]) && candidates[chosen] != detected:
		return "", ErrFileContent
	}
	if candidates[chosen] != mimeType { // of a declared type that the file does not get, only the charset of a text remains true
		isText := strings.HasPrefix(candidates[chosen], "text/")
		maps.DeleteFunc(parameters, func(name, _ string) bool { return name != "charset" || !isText })
	}
	return cmp.Or(mime.FormatMediaType(candidates[chosen], parameters), candidates[chosen]), nil
}

func (r FileRules) accepts(mimeType string) bool {
	return len(r.MimeTypes) == 0 || r.Incomplete || slices.ContainsFunc(r.MimeTypes, func(accepted string) bool {
		major, isRange := strings.CutSuffix(accepted, "*")
		return strings.EqualFold(accepted, mimeType) || isRange && strings.HasPrefix(mimeType, strings.TrimPrefix(major, "*/"))
	})
}

// hasSignature reports whether http.DetectContentType recognizes every file of this type.
func hasSignature(mimeType string) bool {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf":
		return true
	}
	return false
}
