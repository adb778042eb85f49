package config

import (
	"os"

	"github.com/alecthomas/kong"
)

// UnsetEmpty unsets the variables of flags that are empty, as `${X:-}` in a compose file makes them. To kong they would be
// values, which some settings cannot read.
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
