// Package mstudio is a minimal client of mStudio's REST API for the floor and the textbook. It has no retries, no limits
// and no tolerance for invalid data.
package mstudio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// maxIdle is more than the calls of the largest measured request, all of which run concurrently.
const maxIdle = 2048

// Client calls one upstream.
type Client struct {
	Pool *http.Transport
	base string
}

// New returns a client of the API at base, without the version.
func New(base string) *Client {
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second}
	return &Client{base: base + "/v2", Pool: &http.Transport{
		DialContext:            dialer.DialContext,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConnsPerHost:    maxIdle,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}}
}

// Request returns a request for a path such as "/users/self".
func (c *Client) Request(ctx context.Context, token, path string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-Access-Token", token)
	return request, nil
}

// Read reads the document at path into body. found is false for a 404.
func (c *Client) Read(ctx context.Context, token, path string, body *bytes.Buffer) (found bool, err error) {
	request, err := c.Request(ctx, token, path)
	if err != nil {
		return false, err
	}
	response, err := c.Pool.RoundTrip(request)
	if err != nil {
		return false, err
	}
	defer func() { _ = response.Body.Close() }()
	body.Reset()
	if response.ContentLength > 0 {
		body.Grow(int(response.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(response.Body); err != nil {
		return false, err
	}
	switch response.StatusCode {
	case http.StatusOK:
		return true, nil
	case http.StatusNotFound:
		return false, nil
	}
	return false, fmt.Errorf("upstream returned status %d", response.StatusCode)
}

// ListPath returns the path of the first conversations in the default order, or of the results of a search.
func ListPath(first int, search string) string {
	path := "/conversations?"
	if search != "" {
		path += "fullTextSearch=" + url.QueryEscape(search) + "&"
	}
	return path + "limit=" + strconv.Itoa(first) + "&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId"
}

// ConversationPath returns the path of a conversation.
func ConversationPath(id string) string { return "/conversations/" + id }

// MessagesPath returns the path of a conversation's messages.
func MessagesPath(id string) string { return "/conversations/" + id + "/messages" }

// MembersPath returns the path of a conversation's members.
func MembersPath(id string) string { return "/conversations/" + id + "/members" }

// SelfPath is the path of the token's owner.
func SelfPath() string { return "/users/self" }

// Each calls do for each index below count, all at the same time. It returns their errors after all calls have ended.
func Each(count int, do func(index int) error) error {
	errs := make([]error, count)
	var calls sync.WaitGroup
	for index := range count {
		calls.Go(func() { errs[index] = do(index) })
	}
	calls.Wait()
	return errors.Join(errs...)
}
