package gateway

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/filelink"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxLinkAge is how long a link works if mStudio's access lasts longer.
	maxLinkAge = 15 * time.Minute
	// maxLinkText is how much of a file's name, and of its type, is kept in its link, in bytes.
	maxLinkText = 255
	// writePatience is how long a client may take for one piece of a file.
	writePatience = 30 * time.Second
	// maxRange is how long a Range header may be. Browsers ask for one range, not for dozens.
	maxRange = 100
)

// fileLinks makes and serves links to files. It knows nothing of callers: a link says all that is needed.
type fileLinks struct {
	*Gateway
	sealer *filelink.Sealer
	// slots are for downloads that run at once, by file: so whoever has one link, and reads slowly, does not have them all.
	slots *admission.Limiter
}

func (g *Gateway) newFileLinks() (*fileLinks, error) {
	keys := g.config.LinkKeys
	if len(keys) == 0 {
		key := make([]byte, filelink.KeySize)
		_, _ = rand.Read(key) // never fails, by its documentation
		keys = [][]byte{key}
	}
	sealer, err := filelink.New(keys...)
	most := g.config.MaxDownloads
	return &fileLinks{Gateway: g, sealer: sealer, slots: admission.New(most, max(most/4, 1))}, err
}

// Link makes a link to this gateway, as the client has reached it.
func (f *fileLinks) Link(ctx context.Context, file *rest.UploadedFile, access *rest.FileAccess, attachment bool) (*model.FileDownload, error) {
	expiresAt := time.Now().Add(maxLinkAge).UTC().Truncate(time.Second)
	if !access.ExpiresAt.IsZero() && access.ExpiresAt.Before(expiresAt) {
		expiresAt = access.ExpiresAt
	}
	text, err := f.sealer.Seal(filelink.Link{
		FileID: file.ID, Token: access.Token, Attachment: attachment, ExpiresAt: expiresAt,
		Name: cut(file.Name), MimeType: cut(file.MimeType),
	})
	if err != nil {
		return nil, err
	}
	return &model.FileDownload{URL: f.publicURL(ctx) + "/files/" + text, ExpiresAt: expiresAt}, nil
}

// cut bounds what the uploader can put into a link, and lets no half of a letter stay at its end.
func cut(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxLinkText)], "") }

// publicURL is where clients reach the gateway.
func (g *Gateway) publicURL(ctx context.Context) string {
	if g.config.PublicURL != "" {
		return strings.TrimRight(g.config.PublicURL, "/")
	}
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}

// originOf is the address that the client has used. Behind a proxy that ends TLS it is not the whole truth: that is
// what [Config.PublicURL] is for.
type originKey struct{}

// withOrigin returns the request's context with its origin, for links.
func withOrigin(r *http.Request) context.Context {
	return context.WithValue(r.Context(), originKey{}, originOf(r))
}

func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// serveFile answers a link with the file.
func (f *fileLinks) serveFile(w http.ResponseWriter, r *http.Request) {
	link, err := f.sealer.Open(r.PathValue("link"), time.Now())
	switch {
	case errors.Is(err, filelink.ErrExpired):
		httpapi.WriteText(w, http.StatusGone, "This link has expired. Ask for another one.\n")
		return
	case err != nil:
		httpapi.WriteText(w, http.StatusNotFound, "This is not a link to a file.\n")
		return
	}
	release, err := f.slots.Acquire(r.Context(), link.FileID)
	if err != nil {
		busy := httpapi.Overloaded("Too many files are being sent. Try again in a moment.\n")
		w.Header().Set("Retry-After", strconv.Itoa(busy.RetryAfter))
		httpapi.WriteText(w, busy.Status, busy.Error())
		return
	}
	defer release()
	f.send(w, r, link)
}

// send passes the file through, piece by piece.
func (f *fileLinks) send(w http.ResponseWriter, r *http.Request, link filelink.Link) {
	record := telemetry.RecordOf(r.Context())
	record.Calls = 1 // the client counts those that answer with a document
	client := f.config.Client.WithRequestID(record.RequestID)
	download, err := client.Download(r.Context(), link.FileID, link.Token, wanted(r))
	if err != nil {
		httpapi.WriteText(w, downloadStatus(err), "The file cannot be fetched.\n")
		return
	}
	defer func() { _ = download.Body.Close() }()
	if download.Status == http.StatusRequestedRangeNotSatisfiable {
		if size := download.Header.Get("Content-Range"); size != "" {
			w.Header().Set("Content-Range", size)
		}
		httpapi.WriteText(w, download.Status, "The file does not have this part.\n")
		return
	}
	describe(w.Header(), download, link)
	w.WriteHeader(download.Status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(&patientWriter{w, http.NewResponseController(w)}, download.Body); err != nil {
		f.config.Log.LogAttrs(r.Context(), slog.LevelDebug, "a file was not sent to its end",
			slog.String("requestId", record.RequestID))
		panic(http.ErrAbortHandler) // or the client would take what it has for the whole
	}
}

// wanted takes over which part is asked for, if it is a single one: several would come as a document of their own type.
func wanted(r *http.Request) rest.DownloadOptions {
	asked := r.Header.Get("Range")
	if !strings.HasPrefix(asked, "bytes=") || len(asked) > maxRange || strings.Contains(asked, ",") {
		return rest.DownloadOptions{}
	}
	return rest.DownloadOptions{Range: asked, IfRange: r.Header.Get("If-Range")}
}

// describe says what is sent, and lets no browser make more of it. What mStudio says is passed on only where it is
// about the bytes.
func describe(header http.Header, download *rest.Download, link filelink.Link) {
	for _, name := range []string{"Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified"} {
		if value := download.Header.Get(name); value != "" {
			header.Set(name, value)
		}
	}
	mediaType, disposition := shown(link)
	header.Set("Content-Type", mediaType)
	header.Set("Content-Disposition", dispositionOf(disposition, link.Name))
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}

// shown decides whether a browser may show a file. A page or a drawing that holds scripts would be a stranger's
// program on this gateway's origin, so only what cannot be one is shown, as exactly what it is.
func shown(link filelink.Link) (mediaType, disposition string) {
	harmless := []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}
	declared, _, err := mime.ParseMediaType(link.MimeType)
	switch {
	case link.Attachment || err != nil:
		return "application/octet-stream", "attachment"
	case slices.Contains(harmless, declared):
		return declared, "inline"
	case declared == "text/plain":
		return "text/plain; charset=utf-8", "inline"
	}
	return "application/octet-stream", "attachment"
}

// dispositionOf writes a name of any kind so that nothing of it ends the header.
func dispositionOf(disposition, name string) string {
	if name == "" {
		return disposition
	}
	return cmp.Or(mime.FormatMediaType(disposition, map[string]string{"filename": name}), disposition)
}

// downloadStatus tells a link that is over from a file that is gone and from an mStudio that is away.
func downloadStatus(err error) int {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return http.StatusBadGateway
	}
	switch failure.Code {
	case rest.Unauthorized, rest.Forbidden:
		return http.StatusGone
	case rest.NotFound:
		return http.StatusNotFound
	case rest.RateLimited, rest.Unavailable:
		return http.StatusServiceUnavailable
	case rest.TimedOut:
		return http.StatusGatewayTimeout
	default:
		return http.StatusBadGateway
	}
}

// patientWriter gives each piece the same time, instead of all of them together.
type patientWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
}

// Write fails when the client has not taken the piece in time.
func (w *patientWriter) Write(p []byte) (int, error) {
	if err := w.controller.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}
