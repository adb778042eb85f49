package cli

import (
	"bytes"
	"regexp"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if err := Run(t.Context(), []string{"--version"}, &stdout, &stderr); err != nil {
		t.Errorf("exited with %v", err)
	}
	if !regexp.MustCompile(`^mstudio-graphql \S+ \(commit \S+, go1\.\d+(\.\d+)?\S*\)\n$`).MatchString(stdout.String()) || stderr.Len() > 0 {
		t.Errorf("got %q and %q", &stdout, &stderr)
	}
}
