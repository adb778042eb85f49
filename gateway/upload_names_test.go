package gateway_test

import (
	"testing"

	"mstudio-graphql/gateway"
)

// mStudio receives the name of a file without a path, control characters and characters that change the direction of text,
// whichever spelling of the parameter has them.
func TestNamesOfSentFiles(t *testing.T) {
	t.Parallel()
	for parameters, want := range map[string]string{
		`filename=a.txt`:                                    "a.txt",
		"filename=\"gr\xf6\xdfer.txt\"":                     "gr__er.txt",
		`filename="größer.txt"`:                             "größer.txt",
		`filename=a.txt; filename*=UTF-8''gr%C3%B6%C3%9Fer`: "größer",
		`filename*=UTF-8''a%00b.txt`:                        "a_b.txt",
		`filename*=UTF-8''%FF.txt`:                          "_.txt",
		`filename*=UTF-8''%E2%80%AEgnp.exe`:                 "_gnp.exe",
		"filename=\"\u202egnp.exe\"":                        "_gnp.exe",
		"filename=\"a\u2066b\u2028\u200f.txt\"":             "a_b__.txt",
		`filename*=UTF-8''a%0D%0AX-Evil%3A%201`:             "a__X-Evil: 1",
		`filename*=UTF-8''..`:                               "file",
		`filename*=UTF-8''%2F`:                              "file",
		`filename*=UTF-8''..%2F..%5Ca.txt`:                  "a.txt",
		`filename="..\\..\\a.txt"`:                          "a.txt",
		`filename="C:\a\b.txt"`:                             "b.txt",
		`filename*0*=UTF-8''a%00; filename*1="b.txt"`:       "a_b.txt",
		`filename*0="a/"; filename*1="b.txt"`:               "b.txt",
	} {
		server, _ := start(t, gateway.Config{})
		file := textFile(0, "", "x")
		file.Disposition = `form-data; name="0"; ` + parameters
		response := upload(t, server, withFiles(1), file)
		checkErrors(t, response)
		got := sentOf(t, response)
		if got.SentMessage == nil || len(got.SentMessage.Files) != 1 {
			t.Errorf("%q: %s", parameters, response.Body)
			continue
		}
		diff(t, parameters, want, got.SentMessage.Files[0].Name)
	}
}
