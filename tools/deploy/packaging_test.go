package deploy

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func text(t *testing.T, file string) string {
	t.Helper()
	read, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(read)
}

// service is a service in the compose file. Every other field is an error, so that a new field is reviewed here.
type service struct {
	Build, Image string
	Command      []string
	Environment  map[string]string
	Ports        []string
	ReadOnly     bool     `json:"read_only"`
	CapDrop      []string `json:"cap_drop"`
	SecurityOpt  []string `json:"security_opt"`
	MemLimit     string   `json:"mem_limit"`
	PidsLimit    int      `json:"pids_limit"`
	StopGrace    string   `json:"stop_grace_period"`
	Restart      string
	Volumes      []volume
	DependsOn    []string `json:"depends_on"`
	Healthcheck  struct{ Disable bool }
	Profiles     []string
	Scale        int
	User         string
	Tmpfs        []string
}

// volume is a file mounted into a service.
type volume struct {
	Type, Source, Target string
	ReadOnly             bool `json:"read_only"`
	Bind                 struct {
		CreateHostPath bool `json:"create_host_path"`
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	var file struct {
		Name     string
		Confined service `json:"x-confined"`
		Services map[string]service
	}
	if err := yaml.UnmarshalStrict([]byte(text(t, "deploy/compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	page := text(t, "docs/operations.md")
	version := regexp.MustCompile(`:\d+\.\d+\.\d+(-[a-z-]+)?$`)
	for name, one := range file.Services {
		if one.Image != "mstudio-graphql" && !version.MatchString(one.Image) {
			t.Errorf("%s: the image %s has no exact version", name, one.Image)
		}
		// The router may write to its own file system.
		if one.ReadOnly != (name != "router") || !slices.Equal(one.CapDrop, []string{"ALL"}) || len(one.SecurityOpt) == 0 {
			t.Errorf("%s is not confined: %+v", name, one)
		}
		for _, file := range one.Volumes {
			if file.Type != "bind" || !file.ReadOnly || file.Bind.CreateHostPath {
				t.Errorf("%s: %s must be an existing file, mounted read-only", name, file.Source)
			}
			if source := "deploy/" + strings.TrimPrefix(file.Source, "./"); !strings.Contains(text(t, ".gitignore"), "\n/"+source+"\n") && text(t, source) == "" {
				t.Errorf("%s: %s is empty", name, file.Source)
			}
		}
		for setting := range one.Environment {
			if !strings.Contains(page, "`"+setting+"`") {
				t.Errorf("%s: unknown setting %s", name, setting)
			}
		}
		for _, needed := range one.DependsOn {
			if _, there := file.Services[needed]; !there {
				t.Errorf("%s depends on unknown service %s", name, needed)
			}
		}
		for _, port := range one.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is not limited to 127.0.0.1", name, port)
			}
		}
	}
	if file.Services["gateway"].Environment["MITTWALD_API_BASE_URL"] != "http://sandbox:8081/" || file.Services["sandbox"].Environment["LISTEN"] != "0.0.0.0:8081" {
		t.Error("the gateway's base URL does not match the sandbox's address")
	}
	replica := file.Services["replica"]
	if replica.Scale < 2 || replica.Environment["VALKEY_URL"] != "redis://valkey:6379/0" || !strings.Contains(text(t, "deploy/nginx/compose.conf"), "server replica:8080 ") {
		t.Errorf("nginx has no two replicas that share a Valkey: %+v", replica)
	}
}

// The Dockerfile and goreleaser run the same build command.
func TestBuildCommands(t *testing.T) {
	t.Parallel()
	const command = `CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -buildid="`
	if !strings.Contains(text(t, "Dockerfile"), "RUN "+command+" -o /mstudio-graphql .\n") {
		t.Error("the Dockerfile does not run the build command")
	}
	var releases struct {
		Builds []struct{ Env, Flags, Ldflags []string }
	}
	if err := yaml.Unmarshal([]byte(text(t, ".goreleaser.yaml")), &releases); err != nil {
		t.Fatal(err)
	}
	build := releases.Builds[0]
	if got := strings.Join(build.Env, " ") + " go build " + strings.Join(build.Flags, " ") + ` -ldflags="` + strings.Join(build.Ldflags, " ") + `"`; got != command {
		t.Errorf("goreleaser builds with %s", got)
	}
	version := regexp.MustCompile(`golang:(\d+\.\d+)\.\d+`).FindStringSubmatch(text(t, "Dockerfile"))
	if len(version) < 2 || !strings.Contains(text(t, "go.mod"), "\ngo "+version[1]+".") {
		t.Errorf("the Dockerfile builds with Go %v", version)
	}
}

// The image has no shell and no other programs, but the licences of its components.
func TestImage(t *testing.T) {
	t.Parallel()
	_, last, found := strings.Cut(text(t, "Dockerfile"), "\nFROM scratch\n")
	if !found || strings.Contains(last, "\nFROM ") {
		t.Fatal("the image must be FROM scratch")
	}
	allowed := regexp.MustCompile(`^(COPY --from=build /\S+ /\S+|COPY LICENSE THIRD_PARTY_NOTICES /|USER 65532:65532|ENV( [A-Z_]+=\S+)+|EXPOSE 8080|STOPSIGNAL SIGTERM|HEALTHCHECK .* CMD \["/mstudio-graphql", "healthcheck"\]|ENTRYPOINT \["/mstudio-graphql"\])$`)
	for line := range strings.Lines(last) {
		if line = strings.TrimSpace(line); line != "" && !allowed.MatchString(line) {
			t.Errorf("unexpected line: %s", line)
		}
	}
	for _, line := range []string{"\nCOPY LICENSE THIRD_PARTY_NOTICES /\n", "\nUSER 65532:65532\n", "\nHEALTHCHECK ", "\nENTRYPOINT "} {
		if !strings.Contains("\n"+last, line) {
			t.Errorf("%q is missing", line)
		}
	}
}
