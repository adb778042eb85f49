package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// emptySpec is a document of an API that has nothing.
const emptySpec = `{"openapi": "3.0.0", "paths": {"/v2/nothing": {}}}`

func TestDriftCommand_ExitCodes(t *testing.T) {
	t.Parallel()
	spec := written(t, "openapi.json", emptySpec)
	tests := map[string]struct {
		arguments []string
		code      int
		drift     bool
	}{
		"a difference":             {[]string{"--spec", spec}, 1, true},
		"as severe as the limit":   {[]string{"--spec", spec, "--fail-on", "lost"}, 1, true},
		"no limit":                 {[]string{"--spec", spec, "--fail-on", "never"}, 0, false},
		"everything is ignored":    {[]string{"--spec", spec, "--ignore", written(t, "ignore", "# all\n* *\n")}, 0, false},
		"an invalid ignore file":   {[]string{"--spec", spec, "--ignore", written(t, "ignore", "Everything\n")}, 2, false},
		"no document":              {[]string{"--spec", spec + ".gone"}, 2, false},
		"no OpenAPI document":      {[]string{"--spec", written(t, "page.html", "<html>")}, 2, false},
		"a reference into nowhere": {[]string{"--spec", written(t, "openapi.json", brokenSpec)}, 2, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Run(t.Context(), append([]string{"drift"}, test.arguments...), io.Discard, io.Discard)
			code := 0
			if err != nil {
				code = ExitCode(err)
			}
			if code != test.code || errors.Is(err, errDrift) != test.drift {
				t.Errorf("exit code %d, error %v", code, err)
			}
		})
	}
}

const brokenSpec = `{"paths": {"/v2/conversations": {"get": {"responses": {"200": {"$ref": "#/components/responses/gone"}}}}}}`

func TestDriftCommand_Formats(t *testing.T) {
	t.Parallel()
	spec := written(t, "openapi.json", emptySpec)
	for format, want := range map[string]string{
		"text": "LOST       GET /v2/conversations: the endpoint is gone; its fields fail\n",
		"json": "{\n      \"kind\": \"LOST\",\n      \"subject\": \"GET /v2/conversations\",\n      \"places\": [\n        \"GET /v2/conversations\"\n      ],\n",
	} {
		var stdout bytes.Buffer
		if err := Run(t.Context(), []string{"drift", "--spec", spec, "--format", format}, &stdout, io.Discard); !errors.Is(err, errDrift) {
			t.Error(err)
		}
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%s: %s", format, stdout.String())
		}
	}
}
