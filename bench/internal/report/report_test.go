package report

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sample() *Report {
	table := Table{Title: "Sizes", Note: "Small ones.", Header: []string{"what", "ms"}}
	table.Add("größe", "1")
	table.Add("b", "1000")
	var r Report
	r.Add(table)
	r.AddText("The end.")
	return &r
}

const wantMarkdown = `### Sizes

Small ones.

| what  | ms   |
|-------|------|
| größe | 1    |
| b     | 1000 |

The end.
`

func TestMarkdown(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(wantMarkdown, sample().Markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, want string }{
		{"no file", "", wantMarkdown},
		{"a file without markers", "old", wantMarkdown},
		{
			"a file with markers", "# Title\n" + beginMarker + "\nold\n" + endMarker + "\nmore\n",
			"# Title\n" + beginMarker + "\n\n" + wantMarkdown + "\n" + endMarker + "\nmore\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "out.md")
			if test.before != "" {
				if err := os.WriteFile(name, []byte(test.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			// Twice, because the second call must find the markers written by the first.
			for range 2 {
				if err := sample().Save(name); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
