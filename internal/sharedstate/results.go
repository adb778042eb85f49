package sharedstate

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"strings"

	"github.com/valkey-io/valkey-go"
)

// result is the result of a command, a label of metrics and the reason of a state.
type result string

const (
	resultOK         result = "ok"
	resultError      result = "error" // the server rejects this command
	resultTimeout    result = "timeout"
	resultConnection result = "connection"
	resultBusy       result = "busy"     // the server is loading, or has no primary
	resultReadonly   result = "readonly" // it accepts no writes
	resultFull       result = "full"
	resultPassword   result = "password" // it is wrong or missing
	resultTLS        result = "tls"
)

// errTLS marks a handshake that one side has rejected.
var errTLS = errors.New("TLS handshake failed")

func resultOf(err error) result {
	if err == nil || valkey.IsValkeyNil(err) {
		return resultOK
	}
	if rejected, ok := errors.AsType[*valkey.ValkeyError](err); ok {
		return resultOfRejection(rejected.Error())
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok || errors.Is(err, errTLS) {
		return resultTLS
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return resultTimeout
	}
	return resultConnection
}

// resultOfRejection reads the code at the beginning of a message. Servers before Redis 7 have it in the middle if a script failed.
func resultOfRejection(message string) result {
	code, _, _ := strings.Cut(message, " ")
	switch {
	case strings.Contains(message, "OOM command"):
		return resultFull
	case strings.Contains(message, "READONLY You") || code == "MISCONF" || code == "NOREPLICAS":
		return resultReadonly
	case code == "LOADING" || code == "BUSY" || code == "CLUSTERDOWN" || code == "MASTERDOWN" || code == "TRYAGAIN":
		return resultBusy
	case code == "NOAUTH" || code == "WRONGPASS" || strings.HasPrefix(message, "ERR invalid password"):
		return resultPassword
	}
	return resultError
}
