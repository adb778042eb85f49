package config

import (
	"errors"

	"github.com/alecthomas/kong"

	"mstudio-graphql/rest"
)

// Drift holds the settings of the command that compares mStudio's API with what the gateway reads and sends.
type Drift struct {
	Spec   string `placeholder:"FILE" xor:"source" required:"" help:"OpenAPI document of mStudio, in JSON. \"-\" reads the standard input."`
	Live   bool   `xor:"source" required:"" help:"Compare responses of mStudio instead: read each endpoint once, with about 20 calls. The report has names of members, and no values of yours."`
	Ignore string `type:"existingfile" placeholder:"FILE" help:"Differences to leave out: in each line a kind and subjects, separated by commas, such as \"NEW User.group\". * stands for any text."`
	Format string `enum:"text,json" default:"text" help:"Format of the report: text or json."`
	FailOn string `enum:"lost,request,unknown,new,deprecated,never" default:"deprecated" help:"Least severe kind of difference that makes the command exit with 1: lost, request, unknown, new, deprecated or never."`

	Caller   `embed:"" group:"mStudio"`
	Upstream rest.Config `embed:"" group:"mStudio"`
}

// Validate returns all errors in the settings at once.
func (d Drift) Validate(parsed *kong.Context) error {
	if !d.Live {
		return nil
	}
	return errors.Join(append(belowMinimum(parsed.Selected().Flags), checkUpstream(d.Upstream), d.CheckToken(parsed))...)
}
