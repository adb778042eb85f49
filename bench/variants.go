package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"mstudio-graphql/bench/internal/load"
	"mstudio-graphql/bench/internal/process"
	"mstudio-graphql/bench/internal/shape"
	"mstudio-graphql/sandbox"
)

// Names of the variants.
const (
	floorName    = "floor"
	textbookName = "textbook"
	gatewayName  = "gateway"
	executorName = "gateway-executor"
	// againstName is another build of the gateway, to measure the effect of a change.
	againstName = "against"
	// sharedName is the gateway with a Valkey server, to measure what sharing costs.
	sharedName = "gateway-valkey"
)

func variantNames() []string {
	return []string{floorName, textbookName, gatewayName, executorName}
}

// variant is one of the compared programs.
type variant struct {
	name    string
	process *process.Process
}

// graphQL reports whether the variant accepts GraphQL.
func (v *variant) graphQL() bool { return v.name != floorName }

// gateway reports whether the variant is the gateway, which does not report its allocations.
func (v *variant) gateway() bool {
	return slices.Contains([]string{gatewayName, executorName, againstName, sharedName}, v.name)
}

// answers reports whether the variant supports the shape.
func (v *variant) answers(asked shape.Shape) bool {
	return v.gateway() || !asked.GatewayOnly && (v.graphQL() || asked.Floor != "")
}

// query returns the shape as a request to the variant.
func (v *variant) query(asked shape.Shape) load.Query {
	token := sandbox.DemoTokens()[0].Token
	if !v.graphQL() {
		return load.Query{Method: http.MethodGet, URL: v.process.Base + asked.Floor, Token: token}
	}
	body, _ := json.Marshal(map[string]string{"query": asked.GraphQL}) //nolint:errchkjson // a string always encodes
	return load.Query{Method: http.MethodPost, URL: v.process.Base + "/graphql", Body: body, Token: token}
}

// programs builds and starts the compared programs.
type programs struct {
	directory string // of binaries and logs
	options   options
	upstream  string // base URL
}

const (
	gatewayBinary = "gateway"
	// repository is the directory of the gateway's module, relative to this one.
	repository = ".."
)

// build compiles the gateway. All other programs are roles of this binary.
func (p *programs) build(ctx context.Context) error {
	module, err := os.ReadFile(filepath.Join(repository, "go.mod"))
	if err != nil || !bytes.HasPrefix(module, []byte("module mstudio-graphql\n")) {
		return errors.New("not in the directory of the benchmark (want go -C bench run .)")
	}
	command := exec.CommandContext(ctx, "go", "build", "-o", p.binary(), ".") //nolint:gosec // our own source
	command.Dir = repository
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the gateway: %w\n%s", err, output)
	}
	return nil
}

func (p *programs) binary() string { return filepath.Join(p.directory, gatewayBinary) }

// own starts this binary in one of its roles.
func (p *programs) own(ctx context.Context, name, role string, processors int, arguments ...string) (*process.Process, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return p.start(ctx, process.Program{Name: name, Path: path, Args: append([]string{role}, arguments...), Env: environment(processors)})
}

func (p *programs) start(ctx context.Context, program process.Program) (*process.Process, error) {
	program.Log = filepath.Join(p.directory, program.Name+".log")
	return process.Start(ctx, program)
}

// environment limits the processors of a program. 0 means no limit.
func environment(processors int) []string {
	if processors == 0 {
		return nil
	}
	return []string{"GOMAXPROCS=" + strconv.Itoa(processors)}
}

// variant starts one variant.
func (p *programs) variant(ctx context.Context, name string) (*process.Process, error) {
	switch name {
	case gatewayName:
		return p.gateway(ctx, name, p.binary())
	case againstName:
		return p.gateway(ctx, name, p.options.against)
	case sharedName:
		return p.gateway(ctx, name, p.binary(), "--valkey-url", p.options.valkey)
	case executorName:
		return p.gateway(ctx, name, p.binary(), "--no-renderer")
	}
	return p.own(ctx, name, "serve-"+name, p.options.processors, "-upstream-url", p.upstream)
}

// gateway starts the gateway with higher limits: the largest inboxes exceed the default numbers of calls or values, hundreds of
// concurrent queries exceed the slots and the memory of a caller, and queries that share one
// processor exceed the default timeouts.
func (p *programs) gateway(ctx context.Context, name, binary string, arguments ...string) (*process.Process, error) {
	arguments = append(arguments, "--listen", "127.0.0.1:0", "--shutdown-delay", "0s", "--upstream-url", p.upstream,
		"--max-calls", "100000", "--max-cost", "100000", "--max-nodes", "100000000", "--max-in-flight", "1000", "--max-in-flight-per-caller", "1000", "--operation-timeout", "5m", "--upstream-read-timeout", "2m", "--upstream-timeout", "4m")
	limits := []string{"MIN_IN_FLIGHT=1000", "MAX_VALUES=100000000", "NO_SHARED_CALLS=true", "MAX_MEMORY_BYTES=4000000000", "MAX_MEMORY_PER_CALLER_BYTES=4000000000", "SHARE_KEY=" + base64.StdEncoding.EncodeToString(make([]byte, 32))} // unlike a flag, also for older builds
	return p.start(ctx, process.Program{
		Name: name, Path: binary, Args: append(arguments, p.options.gatewayArgs...),
		Env: slices.Concat(environment(p.options.processors), limits, p.options.gatewayEnv),
	})
}

// selected returns the names of the variants to measure.
func (p *programs) selected() []string {
	names := p.options.variants
	if !p.options.variantsGiven {
		names = variantNames()
		if p.options.matrix {
			names = []string{floorName, gatewayName}
		}
	}
	names = slices.Clone(names)
	if p.options.valkey != "" {
		names = append(names, sharedName)
	}
	if p.options.against != "" {
		names = append(names, againstName)
	}
	return names
}
