package rest

import (
	"context"
	"io"
	"net/http"
)

// DownloadOptions are the options of a download.
type DownloadOptions struct {
	// Range is forwarded as it is. Empty means the whole file.
	Range string
	// IfRange is forwarded as it is.
	IfRange string
}

// Download is a file being transferred. The caller must close Body and must not trust its content, which a user
// uploaded.
type Download struct {
	// Status is 200, 206 for a part, or 416 for a range that the file does not have.
	Status int
	// Header is the header of the API's response.
	Header http.Header
	Body   io.ReadCloser
}

const fileRoute route = "/files/{fileId}"

// Download starts fetching a file. It does not retry, because only the reader knows how much has arrived. The timeout of
// an attempt limits the wait for the first byte and for each further read, not the whole transfer.
func (c *Client) Download(ctx context.Context, fileID string, token FileToken, options DownloadOptions) (*Download, error) {
	target := &call{session: &c.session, method: http.MethodGet, route: string(fileRoute)}
	trace := traceOf(ctx)
	if trace.Call == nil {
		return c.download(ctx, target, fileID, token, options)
	}
	ctx, ended := trace.Call(ctx, target.op())
	download, err := c.download(ctx, target, fileID, token, options)
	result := CallResult{Attempts: target.attempts}
	if err == nil {
		result.Status = download.Status
	}
	result.setError(err)
	trace.failed(ctx, err)
	ended(result)
	return download, err
}

func (c *Client) download(ctx context.Context, target *call, fileID string, token FileToken, options DownloadOptions) (*Download, error) {
	path, err := fileRoute.fill(fileID)
	if err != nil {
		return nil, target.fail(BadInput, err)
	}
	target.path = path
	reading, cancel := context.WithCancel(ctx)
	idle := newIdleTimer(c.attemptTimeout, cancel)
	request := newDownload(target.sendOnce(reading, cancel), target, token, options)
	response, err := c.pool.RoundTrip(request) //nolint:bodyclose // idleBody does it
	if err != nil {
		idle.stop()
		defer cancel()
		return nil, target.fail(target.transportCode(ctx, reading), err)
	}
	body := &idleBody{ReadCloser: response.Body, idle: idle, cancel: cancel}
	switch response.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		idle.pause() // until the first read
		return &Download{Status: response.StatusCode, Header: response.Header, Body: body}, nil
	}
	defer func() { _ = body.Close() }()
	return nil, target.statusError(response)
}

// newDownload builds a request that carries only the file's own token, because the holder of a link need not be an
// mStudio user. A body compressed in transit would have another length and no ranges.
func newDownload(ctx context.Context, c *call, token FileToken, options DownloadOptions) *http.Request {
	request := newRequest(ctx, c)
	request.Header = http.Header{
		"Accept": {"application/octet-stream"}, "Accept-Encoding": {"identity"},
		"User-Agent": {c.session.userAgent}, "Token": {token.reveal()},
	}
	for name, value := range map[string]string{"Range": options.Range, "If-Range": options.IfRange, "X-Request-Id": c.session.requestID} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return request
}

// idleBody cancels a transfer that the API has stalled.
type idleBody struct {
	io.ReadCloser
	idle   *idleTimer
	cancel context.CancelFunc
}

// Read restarts the timeout. Between reads it is paused, because then the reader is the slow side.
func (b *idleBody) Read(p []byte) (int, error) {
	b.idle.resume()
	defer b.idle.pause()
	return b.ReadCloser.Read(p)
}

// Close releases the connection, or closes it if the body was not read to its end.
func (b *idleBody) Close() error {
	b.idle.stop()
	defer b.cancel()
	return b.ReadCloser.Close()
}
