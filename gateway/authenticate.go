package gateway

import (
	"context"
	"net/http"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/rest"
)

// isAccepted reports whether mStudio has accepted the caller's token, for this operation or an earlier one. Only such
// callers may fill the stores that all callers share.
func (p *parts) isAccepted(record *telemetry.Record) bool {
	if _, known := p.accepted.Get(record.Caller); known {
		return true
	}
	if !record.Accepted() {
		return false
	}
	p.accepted.Add(record.Caller, struct{}{}, nil)
	return true
}

// mayReadSchema reports whether the client may read the schema as text, or else writes the error. The rules are those of
// introspection.
func (p *parts) mayReadSchema(w http.ResponseWriter, r *http.Request) bool {
	if p.config.Introspection == IntrospectionOn {
		return true
	}
	token, rejected := httpapi.Token(r)
	if rejected == nil {
		rejected = p.verify(r.Context(), token)
	}
	if rejected != nil {
		p.writeError(w, r, httpapi.MediaJSON, rejected)
	}
	return rejected == nil
}

// verify returns an error unless mStudio accepts the token, which takes one call.
func (p *parts) verify(ctx context.Context, token rest.Token) *httpapi.Error {
	record := telemetry.RecordOf(ctx)
	record.Caller = token.Fingerprint(p.logKey)
	if rejected := p.rates.allowCaller(ctx, token); rejected != nil {
		return rejected
	}
	slot := &slot{limiter: p.slots, caller: record.Caller}
	if rejected := slot.enter(ctx); rejected != nil {
		return rejected
	}
	defer slot.leave()
	ctx, cancel := context.WithTimeout(ctx, p.config.OperationTimeout)
	defer cancel()
	client := p.config.Client.WithToken(token).WithRequestID(record.RequestID).WithLimits(rest.Limits{Calls: 1, Parallel: 1})
	_, err := client.Self(ctx)
	record.Usage = client.Usage()
	if err == nil {
		return nil
	}
	presented := p.present(ctx, err)
	rejected := &httpapi.Error{Status: httpapi.UpstreamStatus(err), Err: err}
	rejected.RetryAfter, _ = presented.Extensions["retryAfter"].(int)
	return rejected
}
