package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// configFile is the name of a YAML file with settings, by the names of their flags. Flags and environment variables override it.
type configFile string

// BeforeResolve reads the file if the flag belongs to the command that runs.
func (configFile) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	name, _ := ctx.FlagValue(trace.Flag).(configFile)
	command := ctx.Selected()
	if name == "" || command == nil || !slices.Contains(command.Flags, trace.Flag) {
		return nil
	}
	settings, err := readSettings(string(name))
	if err == nil {
		err = checkNames(settings, command.Flags)
	}
	if err != nil {
		return fmt.Errorf("--%s: %w", trace.Flag.Name, err)
	}
	ctx.AddResolver(settings)
	return nil
}

// settings maps the names of flags to their values in a file. It is a [kong.Resolver].
type settings map[string]fileValue

// fileValue is a value in the form of the command line, where a list is separated by commas.
type fileValue struct {
	text   string
	isList bool
}

// Validate accepts all settings: checkNames has checked them.
func (settings) Validate(*kong.Application) error { return nil }

// Resolve returns the value of a flag that has no environment variable, or nil for its default. An empty value counts as not set.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if value := s[flag.Name]; value.text != "" && !isInEnvironment(flag) {
		return value.text, nil
	}
	return nil, nil //nolint:nilnil // see kong.Resolver
}

// readSettings reads a YAML file. Its error does not quote lines of the file, which may contain a password.
func readSettings(name string) (settings, error) {
	text, err := os.ReadFile(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	read, err := parseDocument(text)
	if err != nil {
		return nil, err
	}
	found := settings{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(read)) {
		value, err := parseValue(read[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %w", name, err))
		}
		found[name] = value
	}
	return found, errors.Join(errs...)
}

// parseDocument reads the only document of a file, which may be empty. Settings in a further one would have no effect.
func parseDocument(text []byte) (read map[string]any, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var further any
	if err = decoder.Decode(&read); err == nil {
		err = decoder.Decode(&further) // empty documents are left out
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, errors.New("invalid YAML: " + yaml.FormatError(err, false, false))
	case further != nil:
		return nil, errors.New("the file must have one YAML document")
	}
	return read, nil
}

func parseValue(value any) (fileValue, error) {
	values, isList := value.([]any)
	if !isList {
		text, err := parseScalar(value)
		return fileValue{text, false}, err
	}
	texts := make([]string, len(values))
	for i, value := range values {
		var err error
		if texts[i], err = parseScalar(value); err != nil {
			return fileValue{}, err
		}
	}
	return fileValue{kong.JoinEscaped(texts, ','), true}, nil
}

func parseScalar(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case bool, uint64, int64:
		return fmt.Sprint(value), nil
	}
	return "", errors.New("must be a text, a whole number, true, false, or a list of them")
}

// checkNames returns an error for each name that is not a setting. Keys and passwords have their own files.
func checkNames(found settings, flags []*kong.Flag) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(found)) {
		i := slices.IndexFunc(flags, func(flag *kong.Flag) bool { return flag.Name == name })
		switch {
		case name == "config":
			errs = append(errs, errors.New("config must not be in the file"))
		case i < 0 || name == "help":
			errs = append(errs, fmt.Errorf("unknown setting %s%s", name, suggestion(name, flags)))
		case flags[i].Hidden:
			errs = append(errs, fmt.Errorf("%s must not be in the file; set %s-file or %s", name, name, flags[i].Envs[0]))
		case found[name].isList && !flags[i].IsSlice():
			errs = append(errs, fmt.Errorf("%s must be one value", name))
		}
	}
	return errors.Join(errs...)
}

// suggestion names the setting that was meant by the name of its variable, or by another spelling.
func suggestion(name string, flags []*kong.Flag) string {
	variable := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, flag := range flags {
		if slices.Contains(flag.Envs, variable) || flag.Name == strings.ReplaceAll(strings.ToLower(variable), "_", "-") {
			return fmt.Sprintf(" (want %s)", flag.Name)
		}
	}
	return ""
}
