package faults_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
)

// The protocols of an upstream.
const (
	http1 = "1.1"
	http2 = "2"
)

// fault is one way to fail.
type fault struct {
	name string
	// answer responds to requests of the faulty route; nil for none.
	answer func(e *exchange)
	// accept takes over new connections; nil to serve them.
	accept func(u *upstream, c net.Conn)
	// tls returns the settings of an upstream with TLS.
	tls func() *tls.Config
	// https makes the gateway speak TLS to an upstream that does not.
	https bool
	// base is the address of an upstream that does not exist.
	base string
	// only limits the fault to a protocol. Faults of connections have their own.
	only string
	// shared faults end a connection that other calls use. The others survive if it happens once.
	shared bool
	// spoils faults leave a connection that another call may have to leave. It survives with another attempt.
	spoils bool
	// refuses faults claim that no call on the connection was processed.
	refuses bool
	// spreads faults concern the caller, so the caller's other calls may fail with the same code.
	spreads bool
	// slow faults last until the attempt's timeout, which is then short.
	slow bool
	// changes reports whether the fault changes data that the gateway cannot recognize as wrong.
	changes bool
	want    wants
}

// everywhere reports whether the fault affects all routes.
func (f fault) everywhere() bool {
	return f.accept != nil || f.tls != nil || f.base != "" || f.https
}

// wants are the expected results per scenario: the code that the client gets, the outcome of a failed write, and the number
// of requests that the upstream gets. An empty result skips the scenario. once is for a fault that occurs once. reason
// is what operators see in the log, "" if nothing failed.
type wants struct{ read, list, item, once, write, reason string }

// each expects the same of all reads. A fault that is worth another attempt is survived if it occurs once.
func each(code string, reads int, write string) wants {
	read, once := fmt.Sprintf("%s ×%d", code, reads), ""
	if reads > 1 {
		once = "ok ×2"
	}
	return wants{read: read, list: read, item: read, once: once, write: write}
}

// sendsNothing expects the same without a request that the upstream can see.
func (w wants) sendsNothing() wants {
	none := func(result string) string {
		code, _, _ := strings.Cut(result, " ")
		return code + " ×0"
	}
	return wants{read: none(w.read), list: none(w.list), write: none(w.write), reason: w.reason}
}

// because replaces the reason.
func (w wants) because(reason string) wants {
	w.reason = reason
	return w
}

// withList replaces the expectation of lists, whose arguments come from the caller.
func (w wants) withList(list string) wants {
	w.list = list
	return w
}

// withRead replaces the expectation of a read by ID.
func (w wants) withRead(read string) wants {
	w.read = read
	return w
}

// onceSurvived expects the only request to succeed if the fault occurs once.
func (w wants) onceSurvived() wants {
	w.once = "ok ×1"
	return w
}

// The usual results.
func healthy() wants { return each("ok", 1, "ok ×1") }

// unreachable is no request at all, so a write cannot have happened.
func unreachable(reason string) wants {
	return each("UPSTREAM_UNAVAILABLE", 3, "UPSTREAM_UNAVAILABLE ×0").sendsNothing().because(reason)
}

// broken is a request without a response.
func broken() wants {
	return each("UPSTREAM_UNAVAILABLE", 3, "UPSTREAM_UNAVAILABLE/unknown ×1").because("reset")
}

// cutShort is a response that says 2xx and breaks off.
func cutShort() wants {
	return each("UPSTREAM_UNAVAILABLE", 3, "UPSTREAM_UNAVAILABLE/done ×1").because("reset")
}

// unreadable is a 2xx whose body is of no use.
func unreadable() wants {
	return each("UPSTREAM_BAD_RESPONSE", 1, "UPSTREAM_BAD_RESPONSE/done ×1").because("unreadable")
}

// silent is no response in time.
func silent() wants {
	return each("UPSTREAM_TIMEOUT", 3, "UPSTREAM_TIMEOUT/unknown ×1").because("timeout")
}

// silentBody is a 2xx whose body does not end in time.
func silentBody() wants {
	return each("UPSTREAM_TIMEOUT", 3, "UPSTREAM_TIMEOUT/done ×1").because("timeout")
}

// allFaults returns every fault.
func allFaults() []fault {
	return slices.Concat(connectionFaults(), tlsFaults(), cutFaults(), framingFaults(), headerFaults(), encodingFaults(),
		bodyFaults(), slowFaults(), statusFaults(), rateFaults(), http2Faults())
}
