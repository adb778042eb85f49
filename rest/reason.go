package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// Reason is why an attempt failed, for operators. The set is closed, so a reason reveals nothing that the API or a caller
// sent.
type Reason string

// The reasons. Before there is a connection:
const (
	ReasonDNS            Reason = "dns"             // the host name has no address
	ReasonRefused        Reason = "refused"         // no program listens on the port
	ReasonUnreachable    Reason = "unreachable"     // no route to the host or network
	ReasonBlocked        Reason = "blocked"         // the host name leads to an address that serves credentials
	ReasonConnectTimeout Reason = "connect_timeout" // no connection in time
	ReasonTLSExpired     Reason = "tls_expired"     // the certificate is not valid now
	ReasonTLSName        Reason = "tls_name"        // the certificate is for another host
	ReasonTLSAuthority   Reason = "tls_authority"   // the certificate is from an unknown authority
	ReasonTLS            Reason = "tls"             // another failure of the handshake
)

// With a connection:
const (
	ReasonReset      Reason = "reset"      // the connection broke
	ReasonTimeout    Reason = "timeout"    // the attempt took too long
	ReasonProtocol   Reason = "protocol"   // the response is not HTTP
	ReasonTooLarge   Reason = "too_large"  // headers or body are too large
	ReasonNotJSON    Reason = "not_json"   // the Content-Type is not JSON and not absent, as that of a proxy's own page
	ReasonUnreadable Reason = "unreadable" // the body is not valid JSON, has another shape or is not valid gzip
)

// By status, or without an attempt:
const (
	ReasonServerError      Reason = "server_error"      // 5xx
	ReasonRateLimited      Reason = "rate_limited"      // 429
	ReasonEventLate        Reason = "event_late"        // 412: the event was not reached in time
	ReasonRejected         Reason = "rejected"          // another 4xx, usually caused by the caller
	ReasonUnexpectedStatus Reason = "unexpected_status" // 1xx or 3xx, such as a redirect
	ReasonBreaker          Reason = "breaker"           // not sent: the route is known to fail or to hang
	ReasonRateBudget       Reason = "rate_budget"       // not sent: the caller's rate limit has no room
	ReasonUpload           Reason = "upload"            // the client's file could not be read
	ReasonMemory           Reason = "memory"            // the operation has no memory left for the response
	ReasonDeadline         Reason = "deadline"          // the operation's time was over
	ReasonCanceled         Reason = "canceled"          // the client left
)

// Reason returns why the attempt failed.
func (e *Error) Reason() Reason {
	switch {
	case errors.Is(e.cause, errNoMemory):
		return ReasonMemory
	case e.Code == Canceled:
		return ReasonCanceled
	case e.Code == Expired:
		return ReasonDeadline
	case errors.Is(e.cause, errBreakerOpen):
		return ReasonBreaker
	case e.cause != nil && e.Code != RateLimited && (e.Status == 0 || e.Status/100 == 2):
		return e.causeReason()
	}
	return e.statusReason()
}

// statusReason returns the reason for a response without a usable body, or for none at all.
func (e *Error) statusReason() Reason {
	switch {
	case e.Status == 0 && e.Code == RateLimited:
		return ReasonRateBudget
	case e.Status == 0 && e.Code == BadInput:
		return ReasonUpload
	case e.Status == http.StatusTooManyRequests:
		return ReasonRateLimited
	case e.Status == http.StatusPreconditionFailed:
		return ReasonEventLate
	case e.Status >= 500:
		return ReasonServerError
	case e.Status >= 400:
		return ReasonRejected
	case e.Status/100 == 2:
		return ReasonNotJSON
	}
	return ReasonUnexpectedStatus
}

// causeReason returns the reason for an attempt without a complete response.
func (e *Error) causeReason() Reason {
	_, isTooLarge := errors.AsType[*http.MaxBytesError](e.cause)
	switch {
	case e.Code == BadInput:
		return ReasonUpload
	case e.Code == TimedOut:
		return ReasonTimeout
	case isTooLarge:
		return ReasonTooLarge
	case e.Code == BadResponse:
		return ReasonUnreadable
	}
	if reason := tlsReason(e.cause); reason != "" {
		return reason
	}
	if reason := dialReason(e.cause); reason != "" {
		return reason
	}
	return connectionReason(e.cause)
}

// tlsReason returns the reason for a failed handshake, or "".
func tlsReason(err error) Reason {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return ReasonTLSExpired
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return ReasonTLSName
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return ReasonTLSAuthority
	}
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, isPlain := errors.AsType[tls.RecordHeaderError](err)
	operation, isOperation := errors.AsType[*net.OpError](err)
	if isCertificate || isPlain || isOperation && (operation.Op == "remote error" || operation.Op == "local error") { // alerts
		return ReasonTLS
	}
	return ""
}

// dialReason returns the reason why there is no connection, or "" if there was one.
func dialReason(err error) Reason {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return ReasonDNS
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok && operation.Op == "dial" && operation.Timeout() {
		return ReasonConnectTimeout
	}
	switch {
	case errors.Is(err, errMetadataAddress):
		return ReasonBlocked
	case errors.Is(err, syscall.ECONNREFUSED):
		return ReasonRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return ReasonUnreachable
	}
	return ""
}

// connectionReason returns the reason why a connection did not deliver a response. net/http has no types for some of its
// errors, so it compares their texts, which TestReason checks against the real ones.
func connectionReason(err error) Reason {
	_, isCorrupt := errors.AsType[flate.CorruptInputError](err)
	failure, isNet := errors.AsType[net.Error](err)
	text := err.Error()
	switch {
	case isCorrupt, errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return ReasonUnreadable
	case isNet && failure.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "header list larger"):
		return ReasonTooLarge
	case slices.ContainsFunc(protocolErrors(), func(part string) bool { return strings.Contains(text, part) }):
		return ReasonProtocol
	}
	return ReasonReset
}

// protocolErrors returns parts of the errors of net/http about responses that are not HTTP.
func protocolErrors() []string {
	return []string{"malformed", "Content-Length", "transfer encoding", "chunk", "line too long", "frame too large", "connection error", "PROTOCOL_ERROR"}
}
