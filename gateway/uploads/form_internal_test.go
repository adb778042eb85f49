package uploads

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/defaults"
)

func TestParseFileMap(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{}`: nil,
		`{"0":["variables.a"],"z":["variables.b"],"1":["variables.c"]}`: {"0 variables.a", "z variables.b", "1 variables.c"},
		`{"0":[]}`:               {"0 "},
		`{"0":["a","b"]}`:        {"0 a b"},
		` {"a\"b" : [ "c" ] } `:  {`a"b c`},
		"\ufeff" + `{"0":["a"]}`: {"0 a"},
		`{}` + "\ufeff":          {"error"},
		``:                       {"error"},
		`[]`:                     {"error"},
		`null`:                   {"error"},
		`{"0":"variables.a"}`:    {"error"},
		`{"0":[1]}`:              {"error"},
		`{"0":["a"],"0":["b"]}`:  {"error"},
		`{"0":["a"]`:             {"error"},
		`{"0":["a"]} {}`:         {"error"},
		`{"0":["a"],}`:           {"error"},
	} {
		mapped, err := parseFileMap([]byte(text))
		var got []string
		for _, file := range mapped {
			got = append(got, file.name+" "+strings.Join(file.paths, " "))
		}
		if err != nil {
			got = []string{"error"}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", text, d)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"variables.file": true, "variables.input.files.0": true, "variables.input.files.1": true,
		"variables.list.0.file": true,
		"":                      false, "variables": false, "variables.": false, "file": false, "variables.text": false,
		"variables.input": false, "variables.input.files": false, "variables.input.files.2": false,
		"variables.input.files.-1": false, "variables.input.files.0.x": false, "variables.input.files.x": false,
		"variables.missing": false, "0.variables.file": false, "query": false, "variables.list.0": false,
		"variables.text.0": false, "variables.file.x": false,
	} {
		variables := map[string]any{
			"file": nil, "text": "abc", "input": map[string]any{"files": []any{nil, nil}}, "list": []any{map[string]any{"file": nil}},
		}
		if got := place(variables, path, model.Upload{File: &file{}}); got != want {
			t.Errorf("%q: want %v, got %v", path, want, got)
		}
	}
}

// readForm reads a form with all its files in order.
func readForm(t testing.TB, contentType string, body io.Reader) (contents []string, err error) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", body)
	request.Header.Set("Content-Type", contentType)
	form, rejected := New(httptest.NewRecorder(), request, withDefaults(t, Limits{TotalBytes: 1000, Files: 3}), 128<<10)
	if rejected != nil {
		return nil, rejected.Err
	}
	defer form.drain(t.Context())
	if _, rejected := form.Params(); rejected != nil {
		return nil, rejected.Err
	}
	for _, file := range form.files {
		open, err := file.Open(t.Context())
		if err != nil {
			return contents, err
		}
		content, err := io.ReadAll(open.Content)
		if err != nil {
			return contents, err
		}
		contents = append(contents, open.Name+"="+string(content))
	}
	return contents, nil
}

// newForm returns a form. Parts are pairs of name and content; a name with a dot is a file.
func newForm(t testing.TB, parts ...string) (contentType string, body []byte) {
	t.Helper()
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	for i := 0; i < len(parts); i += 2 {
		name, _, isFile := strings.Cut(parts[i], ".")
		if isFile {
			part, _ := writer.CreateFormFile(name, parts[i])
			_, _ = io.WriteString(part, parts[i+1])
			continue
		}
		_ = writer.WriteField(name, parts[i+1])
	}
	_ = writer.Close()
	return writer.FormDataContentType(), buffer.Bytes()
}

// isOwn reports whether an error is safe to return to the client.
func isOwn(err error) bool {
	_, own := errors.AsType[*model.Error](err)
	_, rejected := errors.AsType[*limits.ExceededError](err)
	return own || rejected
}

const twoFiles = `{"query":"mutation($f: [Upload!]) { x }","variables":{"f":[null,null]}}`

func TestForms(t *testing.T) {
	t.Parallel()
	const twoPaths = `{"0":["variables.f.0"],"1":["variables.f.1"]}`
	for name, test := range map[string]struct {
		parts []string
		want  string // part of the error; empty for no error
	}{
		"two files":         {[]string{"operations", twoFiles, "map", twoPaths, "0.a", "first", "1.b", "second"}, ""},
		"other order":       {[]string{"operations", twoFiles, "map", twoPaths, "1.b", "second", "0.a", "first"}, "order of use"},
		"a part at the end": {[]string{"operations", twoFiles, "map", twoPaths, "0.a", "first", "1.b", "second", "2.c", "third"}, "other parts"},
		"a missing file":    {[]string{"operations", twoFiles, "map", twoPaths, "0.a", "first"}, "after 1 of the 2 files in `map`"},
		"no files":          {[]string{"operations", twoFiles, "map", twoPaths}, "after 0 of the 2 files in `map`"},
		"a part in between": {[]string{"operations", twoFiles, "map", twoPaths, "0.a", "first", "x", "y", "1.b", "second"}, "order of use"},
		"not a file":        {[]string{"operations", twoFiles, "map", twoPaths, "0", "first"}, "not a file"},
		"files first":       {[]string{"0.a", "first", "operations", twoFiles, "map", twoPaths}, "operations"},
		"map first":         {[]string{"map", twoPaths, "operations", twoFiles}, "operations"},
		"no map":            {[]string{"operations", twoFiles}, "the second `map`"},
		"nothing":           {nil, "must be `operations`"},
		"not JSON":          {[]string{"operations", "{", "map", twoPaths}, "JSON object"},
		"a batch":           {[]string{"operations", "[" + twoFiles + "]", "map", twoPaths}, "Batches"},
		"invalid map":       {[]string{"operations", twoFiles, "map", "[]"}, "`map` must be"},
		"two paths":         {[]string{"operations", twoFiles, "map", `{"0":["variables.f.0","variables.f.1"]}`}, "one path"},
		"no path":           {[]string{"operations", twoFiles, "map", `{"0":[]}`}, "one path"},
		"a wrong path":      {[]string{"operations", twoFiles, "map", `{"0":["variables.g"]}`}, "null"},
		"one path twice":    {[]string{"operations", twoFiles, "map", `{"0":["variables.f.0"],"1":["variables.f.0"]}`}, "null"},
		"too many":          {[]string{"operations", twoFiles, "map", `{"0":["a"],"1":["a"],"2":["a"],"3":["a"]}`}, "at most 3"},
		"large operations":  {[]string{"operations", strings.Repeat(" ", 128<<10+1)}, "131072"},
		"large map":         {[]string{"operations", twoFiles, "map", strings.Repeat(" ", maxFileMap+1)}, "16384"},
		"too many bytes":    {[]string{"operations", twoFiles, "map", twoPaths, "0.a", strings.Repeat("x", 200<<10)}, "together"},
	} {
		contentType, body := newForm(t, test.parts...)
		got, err := readForm(t, contentType, iotestUnsized{bytes.NewReader(body)})
		if test.want == "" && (err != nil || !cmp.Equal(got, []string{"0.a=first", "1.b=second"})) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		if test.want != "" && (!isOwn(err) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// iotestUnsized hides the length of a body.
type iotestUnsized struct{ io.Reader }

// A truncated form is an error for the client, wherever it ends.
func TestFormsThatEndEarly(t *testing.T) {
	t.Parallel()
	contentType, body := newForm(t, "operations", twoFiles, "map", `{"0":["variables.f.0"],"1":["variables.f.1"]}`, "0.a", "first", "1.b", "second")
	last := bytes.LastIndex(body, []byte("second")) + len("second")
	for end := range last {
		_, err := readForm(t, contentType, bytes.NewReader(body[:end]))
		if !isOwn(err) {
			t.Fatalf("%d of %d bytes: got %v", end, len(body), err)
		}
	}
}

func TestLongPartHeader(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"one header":         "--x\r\nA: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"many headers":       "--x\r\n" + strings.Repeat("A: b\r\n", 1<<18) + "\r\n",
		"before the first":   strings.Repeat("preamble\r\n", 1<<17) + "--x\r\n",
		"a line without end": strings.Repeat("a", 1<<20),
	} {
		counted := &countingReader{from: strings.NewReader(body)}
		_, err := readForm(t, "multipart/form-data; boundary=x", counted)
		if !isOwn(err) {
			t.Errorf("%s: got %v", name, err)
		}
		if counted.parsed > maxPartHeader+bufferSize {
			t.Errorf("%s: %d bytes were read", name, counted.parsed)
		}
	}
}

// countingReader counts the bytes that are read before draining.
type countingReader struct {
	from   io.Reader
	parsed int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if len(p) == bufferSize { // draining uses another size
		c.parsed += n
	}
	return n, err
}

// A skipped file is not read, and cannot be opened later.
func TestFilePassedOver(t *testing.T) {
	t.Parallel()
	contentType, body := newForm(t, "operations", twoFiles, "map", `{"0":["variables.f.0"],"1":["variables.f.1"]}`, "0.a", "first", "1.b", "second")
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", contentType)
	form, _ := New(httptest.NewRecorder(), request, withDefaults(t, Limits{}), 128<<10)
	if _, rejected := form.Params(); rejected != nil {
		t.Fatal(rejected.Err)
	}
	second, err := form.files[1].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(second.Content); string(content) != "second" || err != nil {
		t.Errorf("got %q, %v", content, err)
	}
	for _, file := range form.files {
		if _, err := file.Open(context.Background()); err == nil || !strings.Contains(err.Error(), "once") { //nolint:usetesting // not used
			t.Errorf("file %s: got %v", file.name, err)
		}
	}
}

// FuzzForms reads arbitrary bodies: no panic, only errors for the client, and no more files than the map has.
func FuzzForms(f *testing.F) {
	_, body := newForm(f, "operations", twoFiles, "map", `{"0":["variables.f.0"],"1":["variables.f.1"]}`, "0.a", "first", "1.b", "second")
	boundary := string(body[2:bytes.IndexByte(body, '\r')])
	f.Add([]byte(strings.ReplaceAll(string(body), boundary, "x")))
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=operations\r\n\r\n{}\r\n--x--"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := readForm(t, "multipart/form-data; boundary=x", bytes.NewReader(body))
		if err != nil && !isOwn(err) {
			t.Errorf("got %v", err)
		}
		if len(got) > 3 {
			t.Error(strconv.Itoa(len(got)) + " files")
		}
	})
}

func withDefaults(t testing.TB, given Limits) Limits {
	t.Helper()
	if err := defaults.Set(&given); err != nil {
		t.Fatal(err)
	}
	return given
}
