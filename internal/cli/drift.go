package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mstudio-graphql/internal/drift"
)

// driftCommand compares mStudio's OpenAPI document with the gateway's use of the API.
type driftCommand struct {
	Spec       string `required:"" placeholder:"FILE" help:"OpenAPI document of mStudio, in JSON. \"-\" reads the standard input."`
	Ignore     string `type:"existingfile" placeholder:"FILE" help:"Differences to leave out: in each line a kind and subjects, separated by commas, such as \"NEW User.group\". * stands for any text."`
	Format     string `enum:"text,json" default:"text" help:"Format of the report: text or json."`
	FailOn     string `enum:"lost,request,unknown,new,deprecated,never" default:"deprecated" help:"Least severe kind of difference that makes the command exit with 1: lost, request, unknown, new, deprecated or never."`
	APIVersion string `name:"api-version" default:"v2" help:"Version of the API to compare, the first segment of every path."`
}

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

// run prints the report. It needs no network. The exit code is 1 for differences, and 2 if they are not known.
func (c driftCommand) run(stdout io.Writer) error {
	report, err := c.report()
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
	if c.FailOn != "never" && report.Has(drift.Kind(strings.ToUpper(c.FailOn))) {
		return errDrift
	}
	return nil
}

func (c driftCommand) report() (report drift.Report, err error) {
	ignored, err := c.ignored()
	if err != nil {
		return report, err
	}
	manifest, err := drift.ReadManifest()
	if err != nil {
		return report, err
	}
	text, err := c.read()
	if err != nil {
		return report, err
	}
	document, err := drift.ParseDocument(text)
	if err != nil {
		return report, err
	}
	findings := drift.Compare(manifest, document, c.APIVersion)
	return drift.NewReport(findings, ignored), document.Err()
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
