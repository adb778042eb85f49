package rest

import (
	"context"
	"io"
	"net/http"
)

// DownloadOptions says what of a file is wanted.
type DownloadOptions struct {
	// Range is sent on as it is; the whole file if empty.
	Range string
	// IfRange is sent on as it is.
	IfRange string
}

// Download is a file on its way. Body must be closed; what it holds was uploaded by somebody, and is not to be trusted.
type Download struct {
	// Status is 200, 206 for a part, or 416 for a range that the file does not have.
	Status int
	// Header is what the API said of the body.
	Header http.Header
	Body   io.ReadCloser
}

const fileRoute route = "/files/{fileId}"

// Download starts to fetch a file. It is asked for once: whoever reads it decides whether to ask again. The time that
// bounds an attempt bounds the wait for the first byte and for each further one, not the whole file.
func (c *Client) Download(ctx context.Context, fileID string, token FileToken, options DownloadOptions) (*Download, error) {
	target := &call{client: c, method: http.MethodGet, route: string(fileRoute), attempts: 1}
	trace := traceOf(ctx)
	if trace == nil || trace.Call == nil {
		return c.download(ctx, target, fileID, token, options)
	}
	ctx, ended := trace.Call(ctx, target.op())
	download, err := c.download(ctx, target, fileID, token, options)
	result := CallResult{Attempts: 1}
	if err == nil {
		result.Status = download.Status
	}
	result.blame(err)
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
	patience := newPatience(c.attemptTimeout, cancel)
	response, err := c.pool.RoundTrip(newDownload(reading, target, token, options)) //nolint:bodyclose // idleBody does it
	if err != nil {
		patience.stop()
		defer cancel()
		return nil, target.fail(transportCode(ctx, reading), err)
	}
	body := &idleBody{ReadCloser: response.Body, patience: patience, cancel: cancel}
	switch response.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		patience.pause() // until somebody reads
		return &Download{Status: response.StatusCode, Header: response.Header, Body: body}, nil
	}
	defer func() { _ = body.Close() }()
	return nil, target.refused(response)
}

// newDownload sends no token but the file's own: whoever has a link need not be anybody to mStudio. A body that is
// compressed on the way would have another length, and no ranges.
func newDownload(ctx context.Context, c *call, token FileToken, options DownloadOptions) *http.Request {
	request := newRequest(ctx, c)
	request.Header = http.Header{
		"Accept": {"application/octet-stream"}, "Accept-Encoding": {"identity"},
		"User-Agent": {c.client.userAgent}, "Token": {token.reveal()},
	}
	for name, value := range map[string]string{"Range": options.Range, "If-Range": options.IfRange, "X-Request-Id": c.client.requestID} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return request
}

// idleBody ends a transfer that the API has brought to a halt.
type idleBody struct {
	io.ReadCloser
	patience *patience
	cancel   context.CancelFunc
}

// Read gives each read the whole patience again. Between two of them, the reader is the one who takes its time.
func (b *idleBody) Read(p []byte) (int, error) {
	b.patience.resume()
	defer b.patience.pause()
	return b.ReadCloser.Read(p)
}

// Close gives the connection back, or closes it if there is more to come.
func (b *idleBody) Close() error {
	b.patience.stop()
	defer b.cancel()
	return b.ReadCloser.Close()
}
