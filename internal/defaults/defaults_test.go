package defaults_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/internal/defaults"
)

type sizes struct {
	Bytes int64 `default:"16" min:"1"`
}

type settings struct {
	Name    string        `default:"a"`
	Calls   int           `default:"5" min:"1"`
	Kept    int           `default:"6"`
	Timeout time.Duration `default:"1m30s" min:"1"`
	Other   []string
	Sizes   sizes `embed:""`
}

func TestSet(t *testing.T) {
	t.Parallel()
	full := settings{Name: "a", Calls: 5, Kept: 6, Timeout: 90 * time.Second, Sizes: sizes{16}}
	set := settings{Name: "b", Calls: 1, Kept: 2, Timeout: 1, Sizes: sizes{3}}
	for name, test := range map[string]struct{ given, want settings }{
		"zero":      {settings{}, full},
		"set":       {set, set},
		"below min": {settings{Calls: -1, Timeout: -1, Sizes: sizes{-1}}, full},
		"negative":  {settings{Kept: -1}, settings{Name: "a", Calls: 5, Kept: -1, Timeout: 90 * time.Second, Sizes: sizes{16}}},
	} {
		if err := defaults.Set(&test.given); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, test.given); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSet_InvalidTag(t *testing.T) {
	t.Parallel()
	for _, wrong := range []any{
		&struct {
			A int `default:"many"`
		}{},
		&struct {
			A time.Duration `default:"5"`
		}{},
	} {
		if err := defaults.Set(wrong); err == nil {
			t.Errorf("%T: no error", wrong)
		}
	}
}
