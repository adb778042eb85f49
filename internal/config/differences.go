package config

import (
	"reflect"
	"slices"

	"github.com/alecthomas/kong"
)

// Reloadable returns the names of the settings that change while the gateway runs.
func Reloadable() []string { return []string{"log-level", "trusted-documents", "client-documents"} }

// Differences returns the names of the settings with different values, in the order of --help, without those that are reloadable.
func Differences(one, other Serve) ([]string, error) {
	flags, err := flagsOf(&one)
	if err != nil {
		return nil, err
	}
	others, err := flagsOf(&other)
	if err != nil {
		return nil, err
	}
	var names []string
	for i, flag := range flags {
		isEqual := reflect.DeepEqual(flag.Target.Interface(), others[i].Target.Interface()) //nolint:forbidigo // of any type
		if !isEqual && !slices.Contains(Reloadable(), flag.Name) {
			names = append(names, flag.Name)
		}
	}
	return names, nil
}

// flagsOf returns the flags whose targets are the fields of s.
func flagsOf(s *Serve) ([]*kong.Flag, error) {
	parser, err := kong.New(s, kong.NoDefaultHelp())
	if err != nil {
		return nil, err
	}
	return parser.Model.Flags, nil
}
