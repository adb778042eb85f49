package downloads

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/rest"
)

const (
	// writeIdleTimeout is how long a client may take for the next bytes of a file.
	writeIdleTimeout = 30 * time.Second
	// maxRange is the maximum length of a Range header, in bytes. Browsers request one range, not dozens.
	maxRange = 100
)

// ServeHTTP serves the file of the link in the path value "link".
func (l *Links) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	link, err := l.sealer.Open(r.PathValue("link"), time.Now())
	switch {
	case errors.Is(err, filelink.ErrExpired):
		httpapi.WriteText(w, http.StatusGone, "This link has expired. Request a new one.\n")
		return
	case err != nil:
		httpapi.WriteText(w, http.StatusNotFound, "Invalid link.\n")
		return
	}
	release, err := l.slots.Acquire(r.Context(), link.FileID)
	if err != nil {
		busy := httpapi.Overloaded("Too many downloads are running. Try again.\n")
		w.Header().Set("Retry-After", strconv.Itoa(busy.RetryAfter))
		httpapi.WriteText(w, busy.Status, busy.Error())
		return
	}
	defer release()
	l.send(w, r, link)
}

// send streams the file from mStudio.
func (l *Links) send(w http.ResponseWriter, r *http.Request, link filelink.Link) {
	record := telemetry.RecordOf(r.Context())
	record.Calls = 1 // the client counts only calls that return a document
	download, err := l.client.WithRequestID(record.RequestID).Download(r.Context(), link.FileID, link.Token, rangeOptions(r))
	if err != nil {
		httpapi.WriteText(w, statusOf(err), "The file is unavailable.\n")
		return
	}
	defer func() { _ = download.Body.Close() }()
	if download.Status == http.StatusRequestedRangeNotSatisfiable {
		if size := download.Header.Get("Content-Range"); size != "" {
			w.Header().Set("Content-Range", size)
		}
		httpapi.WriteText(w, download.Status, "The file does not have this range.\n")
		return
	}
	setHeaders(w.Header(), download, link)
	w.WriteHeader(download.Status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(&idleTimeoutWriter{w, http.NewResponseController(w)}, download.Body); err != nil {
		l.log.LogAttrs(r.Context(), slog.LevelDebug, "download aborted", slog.String("requestId", record.RequestID))
		panic(http.ErrAbortHandler) // or the client would accept the part as the whole file
	}
}

// rangeOptions forwards a request for a single range. Several ranges would return a multipart document.
func rangeOptions(r *http.Request) rest.DownloadOptions {
	requested := r.Header.Get("Range")
	if !strings.HasPrefix(requested, "bytes=") || len(requested) > maxRange || strings.Contains(requested, ",") {
		return rest.DownloadOptions{}
	}
	return rest.DownloadOptions{Range: requested, IfRange: r.Header.Get("If-Range")}
}

// setHeaders sets the headers of a file. Of mStudio's headers it copies only those that describe the bytes, and the rest
// restrict what a browser does with the file.
func setHeaders(header http.Header, download *rest.Download, link filelink.Link) {
	for _, name := range []string{"Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified"} {
		if value := download.Header.Get(name); value != "" {
			header.Set(name, value)
		}
	}
	mediaType, disposition := contentType(link)
	header.Set("Content-Type", mediaType)
	header.Set("Content-Disposition", contentDisposition(disposition, link.Name))
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}

// statusOf distinguishes an expired permission, a deleted file and an unavailable mStudio.
func statusOf(err error) int {
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

// idleTimeoutWriter writes with an idle timeout instead of a total one.
type idleTimeoutWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
}

// Write fails if the client does not accept p within writeIdleTimeout.
func (w *idleTimeoutWriter) Write(p []byte) (int, error) {
	if err := w.controller.SetWriteDeadline(time.Now().Add(writeIdleTimeout)); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}
