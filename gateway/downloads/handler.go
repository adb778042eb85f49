package downloads

import (
	"bufio"
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
	// bufferSize is the size of a read from mStudio, and maxHead the part of a text whose charset is detected, in bytes.
	bufferSize = 32 << 10
	maxHead    = 4 << 10
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
	release, err := l.slots.Acquire(r.Context(), link.Caller)
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
	record.Usage.Calls = 1 // the client counts only calls that return a document
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
	body := bufio.NewReaderSize(download.Body, bufferSize)
	mediaType, disposition := contentType(link, download, body)
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", contentDisposition(disposition, link.Name))
	setHeaders(w.Header(), download)
	w.WriteHeader(download.Status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(httpapi.NewIdleTimeoutWriter(w, writeIdleTimeout), body); err != nil {
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
func setHeaders(header http.Header, download *rest.Download) {
	for _, name := range []string{"Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified"} {
		if value := download.Header.Get(name); value != "" {
			header.Set(name, value)
		}
	}
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}

// statusOf returns the status for a download that failed. The permission in a link ends, which is no fault of the client.
func statusOf(err error) int {
	status := httpapi.UpstreamStatus(err)
	switch {
	case rest.IsNotFound(err):
		return http.StatusNotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return http.StatusGone
	case status == http.StatusTooManyRequests:
		return http.StatusServiceUnavailable
	}
	return status
}
