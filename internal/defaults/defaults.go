// Package defaults reads default values from the struct tags that also declare command-line flags, so that a program and
// a user of the library get the same ones.
package defaults

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Set sets each field of the struct that settings points to, and of its embedded structs, to the value of its default
// tag if the field is zero, or if it is less than 1 and tagged min:"1".
func Set(settings any) error {
	for field, value := range reflect.ValueOf(settings).Elem().Fields() {
		if _, embedded := field.Tag.Lookup("embed"); embedded {
			if err := Set(value.Addr().Interface()); err != nil {
				return err
			}
		}
		text := field.Tag.Get("default")
		if text == "" || !value.IsZero() && (field.Tag.Get("min") != "1" || value.Int() >= 1) {
			continue
		}
		if err := set(value, text); err != nil {
			return fmt.Errorf("default of %s: %w", field.Name, err)
		}
	}
	return nil
}

func set(value reflect.Value, text string) error {
	if value.Kind() == reflect.String {
		value.SetString(text)
		return nil
	}
	if _, ok := reflect.TypeAssert[time.Duration](value); ok {
		duration, err := time.ParseDuration(text)
		value.SetInt(int64(duration))
		return err
	}
	number, err := strconv.ParseInt(text, 10, 64)
	value.SetInt(number)
	return err
}
