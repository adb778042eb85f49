package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"mstudio-graphql/bench/internal/load"
	"mstudio-graphql/bench/internal/report"
	"mstudio-graphql/bench/internal/shape"
)

// growth measures inboxes of increasing size. The cost per conversation must not grow with the size.
func (b *bench) growth(ctx context.Context) error {
	if len(b.options.sizes) == 0 {
		return nil
	}
	table := report.Table{
		Title:  "Growth: the inbox from small to large",
		Note:   "Sizes above 100 are aliased pages of 100. Growth is the CPU time per conversation divided by that of the smallest inbox of at least 50: 1 is linear.",
		Header: []string{"conversations", "variant", "response bytes", "upstream calls", "CPU ms/query", "÷ floor (min–max)", "CPU µs/conversation", "growth", "p50 ms", "max RSS MB"},
	}
	base := map[string]float64{}
	for _, size := range b.options.sizes {
		asked := shape.Inbox(size)
		answers, err := b.answers(ctx, asked)
		if err != nil {
			return err
		}
		if _, err := agree("inbox of "+strconv.Itoa(size), answers); err != nil {
			return err
		}
		turn := b.turn(asked, 1, 0)
		b.progress("inbox of %d: %d rounds of %d queries", size, b.options.rounds, turn.queries)
		measured, err := b.rounds(ctx, asked, turn)
		if err != nil {
			return err
		}
		for index, v := range b.variants {
			own := measured[v.name]
			each := load.Median(own.cpu) * 1000 / float64(size)
			const smallestBase = 50
			if base[v.name] == 0 && size >= smallestBase {
				base[v.name] = each
			}
			table.Add(strconv.Itoa(size), v.name, strconv.Itoa(answers[index].size), strconv.Itoa(answers[index].calls),
				figure(load.Median(own.cpu)), spread(own.ratios(measured[floorName])), figure(each), growthFigure(each, base[v.name]),
				figure(load.Median(own.p50)), figure(float64(own.rss)/(1<<20)))
		}
	}
	b.report.Add(table)
	return nil
}

func growthFigure(each, base float64) string {
	if base == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", each/base)
}

// startTimes measures the time from the start of the gateway to its first response.
func (b *bench) startTimes(ctx context.Context) error {
	var took []time.Duration
	for range b.options.starts {
		started, err := b.programs.gateway(ctx, "gateway-start", b.programs.binary())
		if err != nil {
			return err
		}
		v := &variant{gatewayName, started}
		_, err = b.client.Once(ctx, v.query(shape.Shape{GraphQL: "{ viewer { id } }"}))
		took = append(took, time.Since(started.Started))
		if stopErr := started.Stop(); err == nil {
			err = stopErr
		}
		if err != nil {
			return fmt.Errorf("start to first answer: %w", err)
		}
	}
	b.report.AddText(fmt.Sprintf("Time from start to first response (`{ viewer { id } }`): median of %d starts: %.0f ms.",
		len(took), milliseconds(load.Median(took))))
	b.report.AddText(b.conditions())
	return nil
}

// conditions describes the conditions of the measurement.
func (b *bench) conditions() string {
	text := fmt.Sprintf("Medians of %d interleaved rounds; %s, %s/%s, %d processors, GOMAXPROCS=%d for each measured process.",
		b.options.rounds, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), b.options.processors)
	if b.inTicks {
		text += " Processor time was read in ticks of 10 ms."
	}
	if b.options.quick {
		text += " A quick run: the figures mean nothing."
	}
	return text
}
