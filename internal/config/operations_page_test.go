package config

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
)

var update = flag.Bool("update", false, "write the tables of docs/operations.md")

const operationsPage = "../../docs/operations.md"

// The tables of settings, metrics and reasons on the page match the code.
func TestOperationsPage(t *testing.T) {
	t.Parallel()
	written := readText(t, operationsPage)
	want := written
	for marker, table := range map[string]string{"settings": settingsTable(t), "metrics": metricsTable(t), "reasons": reasonsTable(t)} {
		start := "<!-- " + marker + " -->\n"
		before, further, found := strings.Cut(want, start)
		_, after, ended := strings.Cut(further, "<!-- end -->\n")
		if !found || !ended {
			t.Fatalf("%s has no markers for the %s", operationsPage, marker)
		}
		want = before + start + "\n" + table + "\n<!-- end -->\n" + after
	}
	if *update {
		if err := os.WriteFile(operationsPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(written, want); d != "" {
		t.Errorf("%s is stale: run go generate (-page +code)\n%s", operationsPage, d)
	}
}

// settingsTable returns a table for each group, in the order of --help.
func settingsTable(t *testing.T) string {
	t.Helper()
	parser := newParser(t, &program{})
	var groups []string
	rows := map[string]string{}
	for _, flag := range parser.Model.Children[0].Flags {
		group := flag.Group.Key
		if rows[group] == "" {
			groups = append(groups, group)
		}
		name := "`--" + flag.Name + "`"
		if flag.Hidden {
			name = ""
		}
		rows[group] += fmt.Sprintf("| %s | %s | %s | %s |\n", name, code(flag.Envs...), code(flag.Default), cell(flag.Help))
	}
	tables := ""
	for _, group := range groups {
		tables += fmt.Sprintf("\n### %s\n\n| flag | environment | default | |\n|---|---|---|---|\n%s", group, rows[group])
	}
	return strings.TrimPrefix(tables, "\n")
}

func code(words ...string) string {
	text := strings.Join(words, "`, `")
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// cell escapes text for a table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func metricsTable(t *testing.T) string {
	t.Helper()
	counted, err := metrics.New(prometheus.NewRegistry(), func() rest.BreakerState { return rest.BreakerClosed })
	if err != nil {
		t.Fatal(err)
	}
	table := "| metric | kind | labels | |\n|---|---|---|---|\n"
	for _, metric := range append(counted.Definitions(), process.BuildMetric()) {
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", code(metric.Name), metric.Kind, code(metric.Labels...), cell(metric.Help))
	}
	return table
}

// reasonsTable returns the reasons in package rest with their comments.
func reasonsTable(t *testing.T) string {
	t.Helper()
	const file = "../../rest/reason.go"
	table := "| reason | |\n|---|---|\n"
	for _, reason := range regexp.MustCompile(`Reason\w+ +Reason = "(\w+)" +// (.+)`).FindAllStringSubmatch(readText(t, file), -1) {
		table += fmt.Sprintf("| %s | %s |\n", code(reason[1]), cell(reason[2]))
	}
	return table
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
