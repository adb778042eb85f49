package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"mstudio-graphql/bench/internal/load"
	"mstudio-graphql/bench/internal/process"
	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/sandbox"
)

const megabyte = 1_000_000

const (
	sendFile = `mutation($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { code } sentMessage { files { ... on UploadedFile { download(disposition: ATTACHMENT) { url } } } } } }`
	// aFewBytes is enough to have everything in memory that a first file needs.
	aFewBytes = 1000
)

// passage is one file on its way through the gateway.
type passage struct {
	took, cpu time.Duration
	maxRSS    int64
}

// measureFiles sends a file through the gateway to the sandbox, fetches it by its link, and looks at the memory.
func (b *bench) measureFiles(ctx context.Context) error {
	upstream, err := b.programs.start(ctx, process.Program{
		Name: "sandbox", Path: b.programs.binary(), Args: []string{"sandbox", "--listen", "127.0.0.1:0"}, Env: []string{"TMPDIR=" + os.TempDir()},
	})
	if err != nil {
		return err
	}
	b.upstream, b.programs.upstream = upstream, upstream.Base
	if err := b.startVariants(ctx, []string{gatewayName}); err != nil {
		return err
	}
	size := int64(b.options.fileMB) * megabyte
	table := report.Table{
		Title:  fmt.Sprintf("A file of %d MB through the gateway", b.options.fileMB),
		Header: []string{"way", "MB/s", "CPU ms/MB", "max RSS MB before", "max RSS MB after", "more MB"},
	}
	var up, down []passage
	before, err := b.warmUp(ctx)
	if err != nil {
		return err
	}
	for range b.options.rounds {
		sent, url, sum, err := b.sendFile(ctx, size)
		if err != nil {
			return fmt.Errorf("up: %w", err)
		}
		fetched, err := b.fetchFile(ctx, url, size, sum)
		if err != nil {
			return fmt.Errorf("down: %w", err)
		}
		up, down = append(up, sent), append(down, fetched)
	}
	table.Add(passageRow("up: client to mStudio, in `sendMessage`", b.options.fileMB, before, up)...)
	table.Add(passageRow("down: mStudio to client, by `download.url`", b.options.fileMB, before, down)...)
	b.report.Add(table)
	b.report.AddText(b.conditions())
	return nil
}

// warmUp sends and fetches a small file, and returns what memory that has taken at most.
func (b *bench) warmUp(ctx context.Context) (int64, error) {
	_, url, sum, err := b.sendFile(ctx, aFewBytes)
	if err != nil {
		return 0, err
	}
	fetched, err := b.fetchFile(ctx, url, aFewBytes, sum)
	return fetched.maxRSS, err
}

func passageRow(way string, megabytes int, before int64, all []passage) []string {
	var rates, cpu []float64
	most := before
	for _, one := range all {
		rates = append(rates, float64(megabytes)/one.took.Seconds())
		cpu = append(cpu, milliseconds(one.cpu)/float64(megabytes))
		most = max(most, one.maxRSS)
	}
	return []string{
		way, fmt.Sprintf("%.0f", load.Median(rates)), fmt.Sprintf("%.2f", load.Median(cpu)),
		megabytesOf(before), megabytesOf(most), megabytesOf(most - before),
	}
}

func megabytesOf(size int64) string { return fmt.Sprintf("%.1f", float64(size)/megabyte) }

// sendFile answers a conversation with a file, and returns the file's link.
func (b *bench) sendFile(ctx context.Context, size int64) (sent passage, url string, sum []byte, err error) {
	id, err := b.firstConversation(ctx)
	if err != nil {
		return sent, "", nil, err
	}
	hashed := sha256.New()
	body, contentType := newFileForm(id, size, hashed)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.variants[0].process.Base+"/graphql", body)
	if err != nil {
		return sent, "", nil, err
	}
	request.Header = http.Header{
		"Content-Type": {contentType}, "Graphql-Preflight": {"1"}, "Authorization": {"Bearer " + sandbox.DemoTokens()[0].Token},
	}
	var answer bytes.Buffer
	sent, err = b.pass(request, &answer)
	if err != nil {
		return sent, "", nil, err
	}
	var said struct {
		Data struct {
			SendMessage struct {
				SentMessage struct {
					Files []struct {
						Download struct {
							URL string `json:"url"`
						} `json:"download"`
					} `json:"files"`
				} `json:"sentMessage"`
			} `json:"sendMessage"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer.Bytes(), &said); err != nil || len(said.Data.SendMessage.SentMessage.Files) != 1 {
		return sent, "", nil, fmt.Errorf("the answer has no file: %s", answer.Bytes())
	}
	return sent, said.Data.SendMessage.SentMessage.Files[0].Download.URL, hashed.Sum(nil), nil
}

func (b *bench) firstConversation(ctx context.Context) (string, error) {
	ids, err := b.ids(ctx)
	if err == nil && len(ids) == 0 {
		err = errors.New("the sandbox has no conversations")
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// fetchFile follows a link and compares what it gives.
func (b *bench) fetchFile(ctx context.Context, url string, size int64, sum []byte) (passage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return passage{}, err
	}
	hashed := sha256.New()
	fetched, err := b.pass(request, hashed)
	if err == nil && !bytes.Equal(hashed.Sum(nil), sum) {
		err = fmt.Errorf("%d bytes came back as others", size)
	}
	return fetched, err
}

// pass sends a request, and looks at what it costs the gateway.
func (b *bench) pass(request *http.Request, into io.Writer) (passage, error) {
	gateway := b.variants[0].process
	cpu, _, err := gateway.CPU()
	if err != nil {
		return passage{}, err
	}
	start := time.Now()
	client := &http.Client{Timeout: 5 * time.Minute}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return passage{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(into, response.Body); err != nil || response.StatusCode != http.StatusOK {
		return passage{}, errors.Join(fmt.Errorf("status %d", response.StatusCode), err)
	}
	seen := passage{took: time.Since(start)}
	after, _, err := gateway.CPU()
	seen.cpu = after - cpu
	if err != nil {
		return seen, err
	}
	seen.maxRSS, err = gateway.MaxRSS()
	return seen, err
}

// newFileForm writes a multipart request while it is read. Its file is noise, which is hashed on its way.
func newFileForm(conversationID string, size int64, hashed hash.Hash) (body io.Reader, contentType string) {
	reading, writing := io.Pipe()
	form := multipart.NewWriter(writing)
	go func() { _ = writing.CloseWithError(writeFileForm(form, conversationID, size, hashed)) }()
	return reading, form.FormDataContentType()
}

func writeFileForm(form *multipart.Writer, conversationID string, size int64, hashed hash.Hash) error {
	operations, err := json.Marshal(map[string]any{
		"query":     sendFile,
		"variables": map[string]any{"input": map[string]any{"conversationId": conversationID, "files": []any{nil}}},
	})
	if err != nil {
		return err
	}
	if err := errors.Join(form.WriteField("operations", string(operations)), form.WriteField("map", `{"0":["variables.input.files.0"]}`)); err != nil {
		return err
	}
	part, err := form.CreateFormFile("0", "noise.bin")
	if err != nil {
		return err
	}
	noise := rand.NewChaCha8([32]byte{1})
	if _, err := io.Copy(io.MultiWriter(part, hashed), io.LimitReader(noise, size)); err != nil {
		return err
	}
	return form.Close()
}
