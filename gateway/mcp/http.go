package mcp

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"net/url"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// Drain rejects further requests, so that clients repeat them at another replica. Calls that are running end.
func (s *Server) Drain() { s.draining.Store(true) }

// Serve handles a request, or returns why it rejects it.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request) *httpapi.Error {
	if s.draining.Load() {
		return httpapi.Overloaded("The gateway is shutting down. Try again.")
	}
	if !s.allowsOrigin(r) {
		return httpapi.NewError(http.StatusForbidden, model.CodeForbidden, "Pages of this origin may not call the tools. The operator must allow it with --cors-origin.")
	}
	token, rejected := httpapi.Token(r)
	if rejected != nil {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return rejected
	}
	body, rejected := s.read(w, r)
	if rejected != nil {
		return rejected
	}
	ctx, session := withSession(r.Context(), token)
	defer session.end()
	r = r.WithContext(ctx)
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.handler.ServeHTTP(w, r)
	return nil
}

// read returns the body. Batches are rejected: they are not part of current versions of the protocol, and one request would start
// many operations.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]byte, *httpapi.Error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(s.config.MaxBody)+1)) //nolint:forbidigo // bounded
	switch {
	case err != nil:
		return nil, httpapi.BadRequest("The request body could not be read.")
	case len(body) > s.config.MaxBody:
		w.Header().Set("Connection", "close") // the rest of the body is not read
		return nil, httpapi.BodyTooLarge(s.config.MaxBody, len(body))
	}
	if text := bytes.TrimLeft(body, " \t\r\n"); len(text) == 0 || text[0] != '{' || !json.Valid(body) {
		return nil, httpapi.BadRequest("The request body must be one JSON-RPC message.")
	}
	return body, nil
}

// allowsOrigin reports whether a page may call the tools: one of the gateway itself or of a listed origin. The name of the host
// proves nothing, because a page can rebind its own name to this machine, but it cannot do so with an address.
func (s *Server) allowsOrigin(r *http.Request) bool {
	given := r.Header.Get("Origin")
	if given == "" || httpapi.AllowsOrigin(s.config.Origins, given) {
		return true
	}
	origin, err := url.Parse(given)
	if err != nil || origin.Host == "" {
		return false
	}
	if public, err := url.Parse(s.config.PublicURL); err == nil && public.Host != "" {
		return origin.Scheme == public.Scheme && origin.Host == public.Host
	}
	return origin.Host == r.Host && isAddress(origin.Hostname())
}

// isAddress reports whether a host is an IP address or this machine.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost"
}
