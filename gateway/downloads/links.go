// Package downloads makes links to files and serves them. A link contains the permission to read one file, sealed, so
// that any replica can serve it without knowing the caller.
package downloads

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxLinkAge is the maximum lifetime of a link. Access granted by mStudio may end earlier.
	maxLinkAge = 15 * time.Minute
	// maxName is the maximum length of a file's name in a link, in characters, which is mStudio's limit.
	maxName = 255
	// maxType is the maximum length of a file's type in a link, in bytes.
	maxType = 255
)

// Config configures [New].
type Config struct {
	// Client calls mStudio. It needs no token, because a link contains one for its file.
	Client *rest.Client
	// Log receives aborted downloads.
	Log *slog.Logger
	// PublicURL is the base URL of links. Empty means the address of the request, see [WithRequest].
	PublicURL string
	// Keys seal the links: the first seals, all open. Each has [filelink.KeySize] bytes. One is required.
	Keys [][]byte
	// MaxConcurrent limits concurrent downloads; the links of one caller may use a quarter of them.
	MaxConcurrent int
}

// Links makes links to files and serves them as an [http.Handler]. It is safe for concurrent use.
type Links struct {
	client    *rest.Client
	log       *slog.Logger
	publicURL string
	warning   sync.Once
	sealer    *filelink.Sealer
	// callerKey is the key of the fingerprints in links. It comes from the key of the links, so that replicas agree on it.
	callerKey []byte
	// slots are per caller who requested the link: one caller may have links to many files.
	slots *admission.Limiter
}

// New returns Links. It returns an error if a key is invalid.
func New(config Config) (*Links, error) {
	sealer, err := filelink.New(config.Keys...)
	if err != nil {
		return nil, err
	}
	callerKey, err := hkdf.Key(sha256.New, config.Keys[0], nil, "mstudio-graphql caller of a file link", sha256.Size)
	return &Links{
		client: config.Client, log: config.Log, publicURL: strings.TrimRight(config.PublicURL, "/"),
		sealer: sealer, callerKey: callerKey, slots: admission.New(config.MaxConcurrent, max(config.MaxConcurrent/4, 1)),
	}, err
}

// Link returns a link to a file. It points to the public URL, or else to the origin in ctx.
func (l *Links) Link(ctx context.Context, file *rest.UploadedFile, access *rest.FileAccess, attachment bool) (*model.FileDownload, error) {
	expiresAt := time.Now().Add(maxLinkAge).UTC().Truncate(time.Second)
	if !access.ExpiresAt.IsZero() && access.ExpiresAt.Before(expiresAt) {
		expiresAt = access.ExpiresAt
	}
	mimeType := file.MimeType
	if len(mimeType) > maxType {
		mimeType = ""
	}
	text, err := l.sealer.Seal(filelink.Link{
		FileID: file.ID, Token: access.Token, Caller: RequestOf(ctx).token.Fingerprint(l.callerKey), Attachment: attachment, ExpiresAt: expiresAt,
		Name: shortenName(rest.FileName(file.Name)), MimeType: mimeType,
	})
	if err != nil {
		return nil, err
	}
	return &model.FileDownload{URL: l.Base(ctx) + "/files/" + text, ExpiresAt: expiresAt}, nil
}

// Base returns the public URL, or else the origin in ctx.
func (l *Links) Base(ctx context.Context) string {
	if l.publicURL != "" {
		return l.publicURL
	}
	return l.originOf(ctx)
}

// shortenName limits what an uploader can put into a link. It keeps the extension, by which programs open the file.
func shortenName(name string) string {
	extension := []rune(path.Ext(name))
	characters := []rune(name)
	if len(characters) <= maxName || len(extension) > maxName {
		return string(characters[:min(len(characters), maxName)])
	}
	return string(characters[:maxName-len(extension)]) + string(extension)
}

type requestKey struct{}

// Request is the request for a link.
type Request struct {
	token      rest.Token
	address    string // of the gateway, as far as the gateway knows
	mayBeWrong bool   // whether the request says that a proxy has terminated TLS
}

// WithRequest returns a context for links that the caller with the token requests in r. It has the address of the gateway that the
// client used. Behind a proxy that terminates TLS the scheme is wrong, which is why PublicURL exists.
func WithRequest(ctx context.Context, r *http.Request, token rest.Token) context.Context {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	mayBeWrong := r.TLS == nil && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	return Request{token, scheme + r.Host, mayBeWrong}.In(ctx)
}

// RequestOf returns the request of [WithRequest].
func RequestOf(ctx context.Context) Request {
	found, _ := ctx.Value(requestKey{}).(Request)
	return found
}

// In returns a context for links of the request.
func (r Request) In(ctx context.Context) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// Address returns the address of the gateway that the client used.
func (r Request) Address() string { return r.address }

// originOf returns the address in ctx. It logs once that it may be wrong: any client can send X-Forwarded-Proto.
func (l *Links) originOf(ctx context.Context) string {
	from := RequestOf(ctx)
	if from.mayBeWrong {
		l.warning.Do(func() {
			l.log.WarnContext(ctx, "links to files may need https: set --public-url if a proxy terminates TLS")
		})
	}
	return from.address
}
