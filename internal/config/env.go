package config

import (
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// UnsetEmpty unsets the environment variables of flags that are empty, such as those that `${X:-}` in a compose file
// creates. kong would parse them, and an empty number is invalid.
func UnsetEmpty(app *kong.Application) error {
	return kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		flag, ok := node.(*kong.Flag)
		if !ok {
			return next(nil)
		}
		for _, name := range flag.Envs {
			if os.Getenv(name) != "" {
				continue
			}
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// isInEnvironment reports whether a variable sets the flag.
func isInEnvironment(flag *kong.Flag) bool {
	return slices.ContainsFunc(flag.Envs, func(name string) bool { return os.Getenv(name) != "" })
}
