package config

import (
	"fmt"
	"reflect"
	"time"

	"github.com/alecthomas/kong"
)

// Numbers returns options for a parser. Its errors describe the numbers and durations that a flag accepts.
func Numbers() []kong.Option {
	const whole = "a whole number of at most 18 digits, such as 100"
	return []kong.Option{
		kong.KindMapper(reflect.Int, numberOf[int](whole)),
		kong.KindMapper(reflect.Int64, numberOf[int64](whole)),
		kong.KindMapper(reflect.Float64, numberOf[float64]("a number, such as 0.5")),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), numberOf[time.Duration]("a duration with a unit, such as 15s, 2m or 500ms")),
	}
}

// numberOf returns a mapper that reads values as kong does. Its errors contain the description of valid values.
func numberOf[T any](valid string) kong.MapperFunc {
	mapper := kong.NewRegistry().RegisterDefaults().ForType(reflect.TypeFor[T]())
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		given := ctx.Scan.Peek()
		switch err := mapper.Decode(ctx, target); {
		case err != nil && given.Type == kong.EOLToken:
			return fmt.Errorf("the value is missing (want %s)", valid)
		case err != nil:
			return fmt.Errorf("invalid value %q (want %s)", given, valid)
		}
		return nil
	}
}
