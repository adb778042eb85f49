package cli

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The parts of an upload: request headers, operation and map, and the end of the file.
const (
	uploadHead = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer sandbox-agency\r\nGraphQL-Preflight: 1\r\n" +
		"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n"
	uploadParts = "--x\r\nContent-Disposition: form-data; name=operations\r\n\r\n" +
		`{"query":"mutation($f: Upload!) { sendMessage(input: {conversationId: \"e75fead9-213f-5585-aeb3-59327a7b3b59\", files: [$f]}) { sentMessage { files { ... on UploadedFile { name } } } } }","variables":{"f":null}}` +
		"\r\n--x\r\nContent-Disposition: form-data; name=map\r\n\r\n" + `{"0":["variables.f"]}` +
		"\r\n--x\r\nContent-Disposition: form-data; name=0; filename=a.txt\r\nContent-Type: text/plain\r\n\r\n"
	uploadEnd = "\r\n--x--\r\n"
)

// An upload may take longer than --read-timeout if it does not stall.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--read-timeout=300ms")
	const piece, pieces = 10_000, 20
	connection := p.open(t, fmt.Sprintf(uploadHead, len(uploadParts)+piece*pieces+len(uploadEnd))+uploadParts)
	slowly := time.NewTicker(50 * time.Millisecond) // 1s in all
	defer slowly.Stop()
	for range pieces {
		<-slowly.C
		if _, err := io.WriteString(connection, strings.Repeat("a", piece)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(connection, uploadEnd); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	if want := `{"data":{"sendMessage":{"sentMessage":{"files":[{"name":"a.txt"}]}}},"extensions":`; !strings.HasPrefix(string(body), want) {
		t.Errorf("got %s: %s", response.Status, body)
	}
	_ = connection.Close()
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}

// The gateway disconnects a client whose upload stalls in the operation, in the map or in the file.
func TestStalledUpload(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--read-timeout=300ms", "--upload-idle-timeout=300ms")
	head := fmt.Sprintf(uploadHead, 1_000_000)
	for name, beginning := range map[string]string{
		"in the operation":          head + uploadParts[:100],
		"in the map":                head + uploadParts[:strings.Index(uploadParts, "name=map")+20],
		"before the file":           head + uploadParts[:strings.Index(uploadParts, "name=0")-40],
		"at the start of the file":  head + uploadParts,
		"in the middle of the file": head + uploadParts + strings.Repeat("a", 100_000),
	} {
		connection := p.open(t, beginning)
		if err := connection.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, connection); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
