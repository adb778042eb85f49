package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/drift"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
)

// driftCommand compares mStudio's API with the gateway's use of it.
type driftCommand struct{ config.Drift }

// maxSpec is the maximum size of an OpenAPI document. mStudio's has about 3 MB.
const maxSpec = 64 << 20

// errDrift is returned if the report has a difference that is as severe as --fail-on.
var errDrift = errors.New("mStudio's API differs from what this gateway reads and sends")

// exitError is an error with its own exit code.
type exitError struct {
	error

	code int
}

// Unwrap returns the error.
func (e exitError) Unwrap() error { return e.error }

// ExitCode returns the exit code of the program for an error of [Run].
func ExitCode(err error) int {
	if with, ok := errors.AsType[exitError](err); ok {
		return with.code
	}
	return 1
}

// run prints the report, and to stderr what it does not cover. The exit code is 1 for differences, and 2 if they are not known.
func (c driftCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	report, err := c.report(ctx)
	if err != nil {
		return exitError{err, 2}
	}
	write := report.WriteText
	if c.Format == "json" {
		write = report.WriteJSON
	}
	if err := write(stdout); err != nil {
		return exitError{err, 2}
	}
	if c.Format == "text" {
		for _, endpoint := range report.Unread {
			_, _ = fmt.Fprintln(stderr, "not read: "+endpoint)
		}
	}
	if c.FailOn != "never" && report.Has(drift.Kind(strings.ToUpper(c.FailOn))) {
		return errDrift
	}
	return nil
}

func (c driftCommand) report(ctx context.Context) (report drift.Report, err error) {
	ignored, err := c.ignored()
	if err != nil {
		return report, err
	}
	manifest, err := drift.ReadManifest()
	if err != nil {
		return report, err
	}
	if c.Live {
		return c.live(ctx, manifest, ignored)
	}
	text, err := c.read()
	if err != nil {
		return report, err
	}
	document, err := drift.ParseDocument(text)
	if err != nil {
		return report, err
	}
	findings := drift.Compare(manifest, document, c.Upstream.APIVersion)
	return drift.NewReport(findings, ignored), document.Err()
}

// live returns the report for the responses of mStudio.
func (c driftCommand) live(ctx context.Context, manifest drift.Manifest, ignored drift.Ignored) (report drift.Report, err error) {
	client, err := rest.New(config.RestConfig(c.Upstream, process.Version(), nil))
	if err != nil {
		return report, err
	}
	defer client.Close()
	found := drift.NewLive(manifest, c.Upstream.APIVersion)
	err = readLive(ctx, client.WithToken(c.CallerToken()), found)
	return found.Report(ignored), err
}

func (c driftCommand) read() ([]byte, error) {
	file := os.Stdin
	if c.Spec != "-" {
		opened, err := os.Open(c.Spec)
		if err != nil {
			return nil, err
		}
		defer func() { _ = opened.Close() }()
		file = opened
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSpec+1)) //nolint:forbidigo // bounded by maxSpec
	if err == nil && len(text) > maxSpec {
		err = fmt.Errorf("the document exceeds %d MiB", maxSpec>>20)
	}
	return text, err
}

func (c driftCommand) ignored() (drift.Ignored, error) {
	ignored, err := drift.DefaultIgnored()
	if err != nil || c.Ignore == "" {
		return ignored, err
	}
	text, err := os.ReadFile(c.Ignore)
	if err != nil {
		return nil, err
	}
	own, err := drift.ParseIgnored(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Ignore, err)
	}
	return append(ignored, own...), nil
}
