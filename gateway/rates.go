package gateway

import (
	"context"
	"net/http"
	"net/netip"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/address"
	"mstudio-graphql/rest"
)

// rates limit how many operations a caller starts, and how many requests a client address sends.
type rates struct {
	callers, addresses *admission.Rates
	metrics            *metrics.Metrics // nil without metrics
}

func newRates(config Config) rates {
	return rates{
		callers: admission.NewRates(config.MaxRatePerCaller), addresses: admission.NewRates(config.MaxRatePerAddress),
		metrics: config.Metrics,
	}
}

// allowCaller counts an operation of a caller. It returns an error for one beyond the limit. Requests without a token are
// limited by address only, because all of them have the same fingerprint.
func (l rates) allowCaller(ctx context.Context, token rest.Token) *httpapi.Error {
	if token.IsZero() || l.callers.Allow(telemetry.RecordOf(ctx).Caller) {
		return nil
	}
	l.count(metrics.RateOfCaller)
	return httpapi.TooFrequent("This caller starts too many operations. Try again later.", l.callers.RetryAfter())
}

// allowAddress counts a request. It returns an error for one beyond the limit.
func (l rates) allowAddress(r *http.Request, proxies []netip.Prefix) *httpapi.Error {
	client := address.Limited(httpapi.ClientAddress(r, proxies), proxies)
	if !client.IsValid() || l.addresses.Allow(client.String()) {
		return nil
	}
	l.count(metrics.RateOfAddress)
	return httpapi.TooFrequent("This address sends too many requests. Try again later.", l.addresses.RetryAfter())
}

func (l rates) count(limit string) {
	if l.metrics != nil {
		l.metrics.RateExceeded(limit)
	}
}

// limitAddresses rejects requests of client addresses that send too many. It belongs inside of CORS, because pages otherwise
// cannot read the error.
func (p *parts) limitAddresses(next http.Handler) http.Handler {
	if p.rates.addresses == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rejected := p.rates.allowAddress(r, p.config.TrustedProxies); rejected != nil {
			p.writeError(w, r, httpapi.MediaJSON, rejected)
			return
		}
		next.ServeHTTP(w, r)
	})
}
