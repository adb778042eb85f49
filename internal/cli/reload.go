package cli

import (
	"context"
	"errors"
	"log/slog"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
)

// reloader applies new settings to a running gateway: trusted documents, the certificate, and the log level.
type reloader struct {
	running config.Serve // the settings that only a restart changes
	read    func() (config.Serve, error)

	level       slog.LevelVar
	certificate *process.Certificate // nil without TLS
	gateway     *gateway.Gateway
	log         *slog.Logger
}

// logLevel returns the level that changes.
func (r *reloader) logLevel() slog.Leveler {
	r.level.Set(r.running.LogLevel.Level)
	return &r.level
}

// start loads the certificate, and reloads on SIGHUP from then on. The caller must call stop.
func (r *reloader) start(ctx context.Context, running *gateway.Gateway, log *slog.Logger) (stop func(), err error) {
	r.gateway, r.log = running, log
	stopWatch := func() {}
	if r.running.TLSCertFile != "" {
		if r.certificate, err = process.LoadCertificate(r.running.TLSCertFile, r.running.TLSKeyFile); err != nil {
			return nil, err
		}
		stopWatch = r.certificate.Watch(ctx, r.log)
	}
	stopSignals := process.OnHangup(ctx, r.reload)
	return func() { stopSignals(); stopWatch() }, nil
}

// reload reads the settings again. If one of them is invalid, it changes nothing.
func (r *reloader) reload(ctx context.Context) {
	changed, err := r.read()
	if err == nil {
		err = r.apply(changed)
	}
	names, failed := config.Differences(r.running, changed)
	if err = errors.Join(err, failed); err != nil {
		r.log.WarnContext(ctx, "settings not reloaded", slog.String("error", err.Error()))
		return
	}
	r.log.InfoContext(ctx, "settings reloaded",
		slog.String("logLevel", changed.LogLevel.String()), slog.Int("trustedDocuments", changed.Manifests().Len()))
	if len(names) > 0 {
		r.log.WarnContext(ctx, "settings need a restart", slog.Any("names", names))
	}
}

// apply changes nothing if it returns an error, except for the certificate, whose files are read every minute anyway.
func (r *reloader) apply(changed config.Serve) error {
	if r.certificate != nil {
		if _, err := r.certificate.Reload(); err != nil {
			return err
		}
	}
	if err := r.gateway.TrustDocuments(changed.Manifests()); err != nil {
		return err
	}
	r.level.Set(changed.LogLevel.Level)
	return nil
}
