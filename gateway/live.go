package gateway

import (
	"context"

	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// fingerprintLength is the length of a caller's fingerprint in the log, which the memory of a caller is counted by.
const fingerprintLength = 16

// watchKey identifies a caller among those with subscriptions. A fingerprint alone is too short to keep callers apart.
func watchKey(fingerprint string, client *rest.Client) string {
	caller := client.Caller()
	return fingerprint + string(caller[:])
}

// addLive adds what subscriptions need, unless they are disabled.
func (p *parts) addLive() error {
	if p.config.NoLive {
		return nil
	}
	config := p.config.Watcher
	config.PendingBytes = p.config.Live.StreamBufferBytes
	config.Begin, config.Reserve = p.beginPoll, p.reservePending
	if counted := p.config.Metrics; counted != nil {
		config.Observer = watcher.Observer{Polled: counted.Polled, Changed: counted.Changed, Dropped: counted.Dropped}
	}
	hub, err := watcher.New(config)
	if err != nil {
		return err
	}
	p.hub = hub
	if p.config.Metrics != nil {
		p.config.Metrics.ObserveLive(func() metrics.LiveState {
			state := hub.State()
			return metrics.LiveState{Callers: state.Callers, Subscriptions: state.Subscriptions, Leads: state.Leads, Stretch: state.Stretch}
		})
	}
	return nil
}

// beginPoll prepares a poll for the subscriptions of a caller.
func (p *parts) beginPoll(ctx context.Context, caller watcher.Caller, limits rest.Limits) (context.Context, *rest.Client, func(error) error) {
	fingerprint := caller.Key[:fingerprintLength]
	account := p.memory.Open(fingerprint)
	ctx, observed := p.telemetry.Poll(ctx, fingerprint)
	limits.Memory = account
	client := caller.Client.WithRequestID(telemetry.RecordOf(ctx).RequestID).WithLimits(limits)
	loaders := p.loaders(client)
	end := func(err error) error {
		account.Close()
		client.Settle(0) // polls of one caller need different numbers of calls
		code := model.Code("")
		if err != nil {
			code = model.CodeOf(err)
		}
		if code == model.CodeInternal {
			p.logInternal(ctx, err)
		}
		observed(client.Calls(), string(code))
		if exceeded := account.Err(); err != nil && exceeded != nil {
			return noMemory(exceeded)
		}
		return err
	}
	return loader.With(memory.With(ctx, account), loaders), client, end
}

// reservePending reserves memory for a result that waits until its client reads it.
func (p *parts) reservePending(caller string, bytes int) (release func(), ok bool) {
	account := p.memory.Open(caller[:fingerprintLength])
	if account.Reserve(bytes) != nil {
		account.Close()
		return nil, false
	}
	return account.Close, true
}

// wrote tells the subscriptions of a caller about the caller's writes.
func (p *parts) wrote(caller string, client *rest.Client, loaders *loader.Loaders) {
	if p.hub == nil {
		return
	}
	if events := loaders.Written(); len(events) > 0 {
		p.hub.Wrote(watcher.Caller{Key: watchKey(caller, client), Client: client}, events)
	}
}
