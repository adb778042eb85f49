package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/bench/internal/shape"
)

// answer is the response of a variant to a shape.
type answer struct {
	variant string
	data    []byte
	size    int
	calls   int
}

// compare sends every shape to every variant. It fails if their responses differ, and reports the lengths of the
// responses and the number of upstream calls.
func (b *bench) compare(ctx context.Context, shapes []shape.Shape) error {
	table := report.Table{Title: "The queries", Header: []string{"shape", "description", "response bytes", "upstream calls", "same bytes"}}
	for _, asked := range shapes {
		answers, err := b.answers(ctx, asked)
		if err != nil {
			return err
		}
		same, err := agree(asked.Name, answers)
		if err != nil {
			return err
		}
		table.Add(asked.Name, asked.About, strconv.Itoa(len(answers[0].data)), callsOf(answers), same)
	}
	if len(shapes) > 0 {
		b.report.Add(table)
	}
	return nil
}

// answers returns the response of each variant that supports the shape.
func (b *bench) answers(ctx context.Context, asked shape.Shape) ([]answer, error) {
	var answers []answer
	for _, v := range b.variants {
		if !v.answers(asked) {
			continue
		}
		// The first query fills caches, whose calls are not counted.
		if _, err := b.client.Once(ctx, v.query(asked)); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", asked.Name, v.name, err)
		}
		if _, err := b.takeCalls(ctx); err != nil {
			return nil, err
		}
		body, err := b.client.Once(ctx, v.query(asked))
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", asked.Name, v.name, err)
		}
		data, err := dataOf(body)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", asked.Name, v.name, err)
		}
		calls, err := b.takeCalls(ctx)
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer{v.name, data, len(body), calls})
	}
	if len(answers) == 0 {
		return nil, fmt.Errorf("no variant supports %s", asked.Name)
	}
	return answers, nil
}

// dataOf returns the data of a response. It returns an error if the response has errors.
func dataOf(body []byte) ([]byte, error) {
	var parts struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(body, &parts); err != nil {
		return nil, err
	}
	if len(parts.Errors) > 0 || len(parts.Data) == 0 {
		return nil, fmt.Errorf("response has errors or no data: %.500s", body)
	}
	return parts.Data, nil
}

// withoutEmpty replaces empty lists by null. In introspection, gqlgen returns an empty list if a field does not apply to the
// kind of a type, where the specification and the gateway have null.
func withoutEmpty(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte(":[]"), []byte(":null"))
}

// agree compares all answers with the last one, the gateway's. It returns the variants with different bytes, and an
// error if the JSON differs.
func agree(shapeName string, answers []answer) (string, error) {
	reference := answers[len(answers)-1]
	var otherBytes []string
	for _, other := range answers[:len(answers)-1] {
		if bytes.Equal(other.data, reference.data) {
			continue
		}
		otherBytes = append(otherBytes, other.variant)
		want, err := normal(reference.data)
		if err != nil {
			return "", err
		}
		got, err := normal(other.data)
		if err != nil {
			return "", err
		}
		if shapeName == "introspection" {
			want, got = withoutEmpty(want), withoutEmpty(got)
		}
		if at := firstDifference(want, got); at >= 0 {
			return "", fmt.Errorf("%s: responses of %s and %s differ:\n  %s\n  %s", shapeName,
				reference.variant, other.variant, around(want, at), around(got, at))
		}
	}
	if len(otherBytes) == 0 {
		return "all", nil
	}
	return "all but " + strings.Join(otherBytes, ", "), nil
}

// normal returns the same bytes for equal JSON documents.
func normal(document []byte) ([]byte, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// firstDifference returns the index of the first different byte, or -1 if a and b are equal.
func firstDifference(a, b []byte) int {
	for at := range min(len(a), len(b)) {
		if a[at] != b[at] {
			return at
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

func around(text []byte, at int) []byte {
	const enough = 100
	return text[max(0, at-enough):min(len(text), at+enough)]
}

// callsOf returns a single number if all variants make the same number of calls.
func callsOf(answers []answer) string {
	var each []string
	same := true
	for _, a := range answers {
		same = same && a.calls == answers[0].calls
		each = append(each, fmt.Sprintf("%s %d", a.variant, a.calls))
	}
	if same {
		return strconv.Itoa(answers[0].calls)
	}
	return strings.Join(each, ", ")
}
