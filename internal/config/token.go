package config

import (
	"errors"
	"slices"

	"github.com/alecthomas/kong"

	"mstudio-graphql/rest"
)

// Caller holds the API token of a command with one caller.
type Caller struct {
	TokenFile tokenFile `env:"MITTWALD_API_TOKEN_FILE" placeholder:"FILE" help:"File with the user's mStudio API token. Default: the token in MITTWALD_API_TOKEN."`
	Token     apiToken  `hidden:"" env:"MITTWALD_API_TOKEN" help:"The token of --token-file."`
}

// CallerToken returns the user's token, the zero Token without one.
func (c Caller) CallerToken() rest.Token {
	if c.TokenFile.IsZero() {
		return c.Token.Token
	}
	return c.TokenFile.Token
}

// CheckToken returns an error without a token, or if one is in the arguments.
func (c Caller) CheckToken(parsed *kong.Context) error {
	var errs []error
	if c.CallerToken().IsZero() {
		errs = append(errs, errors.New("set MITTWALD_API_TOKEN or --token-file to your mStudio API token"))
	}
	if slices.ContainsFunc(parsed.Path, func(path *kong.Path) bool { return path.Flag != nil && path.Flag.Name == "token" }) {
		errs = append(errs, errors.New("the value of --token would be visible to every user of this machine; set --token-file or MITTWALD_API_TOKEN"))
	}
	return errors.Join(errs...)
}

// apiToken holds a token. Formatting does not print it.
type apiToken struct{ rest.Token }

// UnmarshalText reads the token.
func (t *apiToken) UnmarshalText(text []byte) (err error) {
	t.Token, err = rest.NewToken(string(text))
	return err
}
