package deploy

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const chart = "../../deploy/helm/mstudio-graphql"

// values are values of the chart.
type values = map[string]any

// withImage returns values with the one that is required.
func withImage(further values) values {
	all := values{"image": values{"repository": "registry.test/mstudio-graphql"}}
	maps.Copy(all, further)
	return all
}

// everything returns values with every optional part.
func everything() values {
	return withImage(values{
		"settings":         values{"public-url": "https://api.test", "max-upload-bytes": 104857600, "trusted-proxy": []any{"10.0.0.0/8"}},
		"tlsSecretName":    "gateway-tls",
		"trustedDocuments": `{"viewer-1": "query Viewer { viewer { name } }"}`,
		"subgraph":         values{"enabled": true},
		"metrics":          values{"podMonitor": values{"enabled": true, "labels": values{"release": "prometheus"}}},
		"ingress":          values{"enabled": true, "hosts": []any{"api.test"}, "tlsSecretName": "api-test"},
		"httpRoute":        values{"enabled": true, "parentRefs": []any{values{"name": "public"}}, "hostnames": []any{"api.test"}},
		"networkPolicy": values{
			"from":   []any{values{"namespaceSelector": values{"matchLabels": values{"kubernetes.io/metadata.name": "ingress"}}}},
			"egress": []any{values{"ports": []any{values{"port": 4318}}}},
		},
		"valkey":           values{"enabled": true},
		"imagePullSecrets": []any{"registry"}, "priorityClassName": "high",
		"podAnnotations": values{"a": "b"}, "podLabels": values{"team": "support"}, "nodeSelector": values{"pool": "web"},
		"tolerations":       []any{values{"key": "web", "operator": "Exists"}},
		"affinity":          values{"podAntiAffinity": values{}},
		"service":           values{"annotations": values{"a": "b"}},
		"extraEnv":          []any{values{"name": "OTEL_SERVICE_NAME", "value": "x"}},
		"extraVolumes":      []any{values{"name": "keys", "secret": values{"secretName": "keys"}}},
		"extraVolumeMounts": []any{values{"name": "keys", "mountPath": "/keys"}},
	})
}

// render renders the chart as a release with the name "support" and returns the manifests by kind and name.
func render(t *testing.T, given values) (map[string]string, error) {
	t.Helper()
	loaded, err := loader.LoadDir(chart)
	if err != nil {
		t.Fatal(err)
	}
	release := common.ReleaseOptions{Name: "support", Namespace: "test", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(loaded, given, release, common.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Engine{Strict: true}.RenderWithContext(t.Context(), loaded, all)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for name, text := range files {
		if path.Ext(name) != ".yaml" {
			continue
		}
		for manifest := range strings.SplitSeq(text, "\n---\n") {
			var head struct {
				Kind     string
				Metadata struct{ Name string }
			}
			if err := yaml.Unmarshal([]byte(manifest), &head); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, manifest)
			}
			if head.Kind != "" {
				found[head.Kind+" "+head.Metadata.Name] = manifest
			}
		}
	}
	return found, nil
}

func mustRender(t *testing.T, given values) map[string]string {
	t.Helper()
	found, err := render(t, given)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// decode decodes a manifest into its Kubernetes type. It rejects unknown and duplicate fields.
func decode[T any](t *testing.T, found map[string]string, name string) (object T) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(found[name]), &object); err != nil || found[name] == "" {
		t.Fatalf("%s: %v\n%s", name, err, found[name])
	}
	return object
}

func TestChart_Lint(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]values{"required": withImage(nil), "everything": everything()} {
		for _, message := range lint.RunAll(chart, given, "test").Messages {
			if message.Severity >= support.WarningSev {
				t.Errorf("%s: %v", name, message)
			}
		}
	}
}

// The manifests of the chart are valid, and each optional part has its manifest.
func TestChart_Manifests(t *testing.T) {
	t.Parallel()
	const name = "support-mstudio-graphql"
	always := []string{"ConfigMap " + name, "Deployment " + name, "HorizontalPodAutoscaler " + name, "NetworkPolicy " + name, "PodDisruptionBudget " + name, "Service " + name}
	optional := []string{
		"Deployment " + name + "-valkey", "HTTPRoute " + name, "Ingress " + name, "NetworkPolicy " + name + "-valkey", "PodMonitor " + name,
		"Service " + name + "-subgraph", "Service " + name + "-valkey",
	}
	if got := slices.Sorted(maps.Keys(mustRender(t, withImage(nil)))); !slices.Equal(got, always) {
		t.Errorf("got %q, want %q", got, always)
	}
	found := mustRender(t, everything())
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(slices.Values(append(always, optional...))); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		checkType(t, found, name)
	}
	small := mustRender(t, withImage(values{"autoscaling": values{"enabled": false}, "podDisruptionBudget": values{"enabled": false}, "networkPolicy": values{"enabled": false}, "metrics": values{"enabled": false}}))
	if replicas := decode[appsv1.Deployment](t, small, "Deployment "+name).Spec.Replicas; len(small) != 3 || replicas == nil || *replicas != 2 {
		t.Errorf("%d manifests, %v replicas", len(small), replicas)
	}
}

func checkType(t *testing.T, found map[string]string, name string) {
	t.Helper()
	kind, _, _ := strings.Cut(name, " ")
	switch kind {
	case "ConfigMap":
		decode[corev1.ConfigMap](t, found, name)
	case "Deployment":
		wantConfined(t, decode[appsv1.Deployment](t, found, name).Spec.Template.Spec)
	case "HorizontalPodAutoscaler":
		decode[autoscalingv2.HorizontalPodAutoscaler](t, found, name)
	case "Ingress":
		decode[networkingv1.Ingress](t, found, name)
	case "NetworkPolicy":
		decode[networkingv1.NetworkPolicy](t, found, name)
	case "PodDisruptionBudget":
		decode[policyv1.PodDisruptionBudget](t, found, name)
	case "Service":
		decode[corev1.Service](t, found, name)
	case "HTTPRoute":
		if !strings.Contains(found[name], "backendRefs:\n        - name: support-mstudio-graphql\n          port: 80\n") {
			t.Error(found[name])
		}
	case "PodMonitor":
		if !strings.Contains(found[name], "- port: ops\n") || !strings.Contains(found[name], "release: prometheus\n") {
			t.Error(found[name])
		}
	default:
		t.Errorf("unknown kind %s", kind)
	}
}

// Selectors match the pods, named ports exist, and the settings are in the mounted file.
func TestChart_References(t *testing.T) {
	t.Parallel()
	const name = "support-mstudio-graphql"
	found := mustRender(t, everything())
	deployment := decode[appsv1.Deployment](t, found, "Deployment "+name)
	pod := deployment.Spec.Template
	policy := decode[networkingv1.NetworkPolicy](t, found, "NetworkPolicy "+name).Spec
	service, subgraph := decode[corev1.Service](t, found, "Service "+name).Spec, decode[corev1.Service](t, found, "Service "+name+"-subgraph").Spec
	for what, selector := range map[string]map[string]string{
		"deployment": deployment.Spec.Selector.MatchLabels, "service": service.Selector, "subgraph": subgraph.Selector, "policy": policy.PodSelector.MatchLabels,
		"budget": decode[policyv1.PodDisruptionBudget](t, found, "PodDisruptionBudget "+name).Spec.Selector.MatchLabels,
		"valkey": decode[networkingv1.NetworkPolicy](t, found, "NetworkPolicy "+name+"-valkey").Spec.Ingress[0].From[0].PodSelector.MatchLabels,
	} {
		if len(selector) != 2 || selector["app.kubernetes.io/instance"] != "support" || selector["app.kubernetes.io/name"] != pod.Labels["app.kubernetes.io/name"] {
			t.Errorf("%s selects %v", what, selector)
		}
	}
	container := pod.Spec.Containers[0]
	for _, probe := range []*corev1.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
		if probe.HTTPGet.Scheme != corev1.URISchemeHTTPS || probe.HTTPGet.Port.StrVal != "http" {
			t.Errorf("probe: %v", probe.HTTPGet)
		}
	}
	var ports []string
	for _, port := range container.Ports {
		ports = append(ports, port.Name)
	}
	used := []string{service.Ports[0].TargetPort.StrVal, subgraph.Ports[0].TargetPort.StrVal, policy.Ingress[0].Ports[0].Port.StrVal, policy.Ingress[0].Ports[1].Port.StrVal, policy.Ingress[1].Ports[0].Port.StrVal}
	if want := []string{"http", "subgraph", "ops"}; !slices.Equal(ports, want) || !slices.Equal(used, []string{"http", "subgraph", "http", "subgraph", "ops"}) {
		t.Errorf("ports %v, used %v", ports, used)
	}
	data := decode[corev1.ConfigMap](t, found, "ConfigMap "+name).Data
	for _, line := range []string{"max-upload-bytes: 104857600\n", "trusted-proxy:\n- 10.0.0.0/8\n", "trusted-documents: /etc/mstudio-graphql/trusted-documents.json\n", "valkey-url: redis://support-mstudio-graphql-valkey:6379/0\n", "log-format: json\n"} {
		if !strings.Contains(data["config.yaml"], line) {
			t.Errorf("no %q in %s", line, data["config.yaml"])
		}
	}
	if data["trusted-documents.json"] != everything()["trustedDocuments"] {
		t.Error(data["trusted-documents.json"])
	}
}

// The pods of the chart and those of deploy/kubernetes have the same probes, resources and times.
func TestChart_EqualsManifests(t *testing.T) {
	t.Parallel()
	found := mustRender(t, withImage(values{"valkey": values{"enabled": true}}))
	for name, other := range map[string]string{"Deployment support-mstudio-graphql": "deployment", "Deployment support-mstudio-graphql-valkey": "valkey/deployment"} {
		var texts []string
		for _, one := range []appsv1.Deployment{decode[appsv1.Deployment](t, found, name), read[appsv1.Deployment](t, other)} {
			pod := one.Spec.Template.Spec
			container := pod.Containers[0]
			text, err := yaml.Marshal([]any{
				one.Spec.Strategy, pod.TerminationGracePeriodSeconds, pod.SecurityContext, container.StartupProbe, container.LivenessProbe,
				container.ReadinessProbe, container.Resources, container.SecurityContext, container.Command,
			})
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
		if texts[0] != texts[1] {
			t.Errorf("%s:\n%s\nmanifest:\n%s", name, texts[0], texts[1])
		}
	}
	var settings map[string]string
	data := decode[corev1.ConfigMap](t, found, "ConfigMap support-mstudio-graphql").Data["config.yaml"]
	if err := yaml.Unmarshal([]byte(data), &settings); err != nil {
		t.Fatal(err)
	}
	manifest := read[corev1.ConfigMap](t, "configmap").Data
	for name, want := range map[string]string{"shutdown-delay": manifest["SHUTDOWN_DELAY"], "shutdown-timeout": manifest["SHUTDOWN_TIMEOUT"], "log-format": manifest["LOG_FORMAT"]} {
		if settings[name] != want {
			t.Errorf("%s is %q, want %q", name, settings[name], want)
		}
	}
	if duration(t, settings["shutdown-delay"])+duration(t, settings["shutdown-timeout"]) > 35*time.Second {
		t.Error("the pod may be killed before it has stopped")
	}
}

// The values in docs/operations.md are accepted.
func TestChart_DocumentedValues(t *testing.T) {
	t.Parallel()
	manifests := mustRender(t, documented(t, "values-production.yaml"))
	container := decode[appsv1.Deployment](t, manifests, "Deployment support-mstudio-graphql").Spec.Template.Spec.Containers[0]
	hosts := decode[networkingv1.Ingress](t, manifests, "Ingress support-mstudio-graphql").Spec.Rules
	if container.Image != "registry.your-company.example/mstudio-graphql:1.0.0" || len(hosts) != 1 || hosts[0].Host != "api.your-company.example" {
		t.Errorf("image %s, hosts %v", container.Image, hosts)
	}
	strict := mustRender(t, withImage(documented(t, "values-documents.yaml")))
	pod := decode[appsv1.Deployment](t, strict, "Deployment support-mstudio-graphql").Spec.Template.Spec
	folder := pod.Containers[0].VolumeMounts[1].MountPath
	if settings := strict["ConfigMap support-mstudio-graphql"]; !strings.Contains(settings, "trusted-documents: "+folder+"/") || pod.Volumes[1].ConfigMap == nil {
		t.Errorf("%s: %v, %s", folder, pod.Volumes, settings)
	}
}

// documented returns the values of a file in docs/operations.md.
func documented(t *testing.T, name string) (given values) {
	t.Helper()
	_, further, found := strings.Cut(text(t, "docs/operations.md"), "`"+name+"`:\n\n```yaml\n")
	block, _, ended := strings.Cut(further, "```")
	if err := yaml.Unmarshal([]byte(block), &given); err != nil || !found || !ended {
		t.Fatalf("%v: %s", err, block)
	}
	return given
}

func TestChart_RejectsValues(t *testing.T) {
	t.Parallel()
	for want, given := range map[string]values{
		"image.repository is required":                     {},
		"additional properties 'replicas'":                 withImage(values{"replicas": 2}),
		"at '/settings': additional properties 'max-cals'": withImage(values{"settings": values{"max-cals": 1}}),
		"at '/settings': additional properties 'listen'":   withImage(values{"settings": values{"listen": ":80"}}),
		"at '/settings': additional properties 'link-key'": withImage(values{"settings": values{"link-key": "x"}}),
		// Helm reads an unquoted off as false, and Kubernetes accepts only strings as values of variables.
		"at '/settings/introspection': value must be one of 'on', 'off'": withImage(values{"settings": values{"introspection": false}}),
		"at '/extraEnv/0/value': got number, want string":                withImage(values{"extraEnv": []any{values{"name": "OTEL_TRACES_SAMPLER_ARG", "value": 0.05}}}),
		"at '/extraEnv/0': missing property 'name'":                      withImage(values{"extraEnv": []any{values{"OTEL_SERVICE_NAME": "x"}}}),
		"settings.valkey-url and valkey.enabled":                         withImage(values{"settings": values{"valkey-url": "redis://valkey:6379/0"}, "valkey": values{"enabled": true}}),
		"settings.trusted-documents and trustedDocuments":                withImage(values{"settings": values{"trusted-documents": "/x.json"}, "trustedDocuments": "{}"}),
		"/replicaCount":                    withImage(values{"replicaCount": 0}),
		"/goMemLimit":                      withImage(values{"goMemLimit": "384Mi"}),
		"ingress.hosts is required":        withImage(values{"ingress": values{"enabled": true}}),
		"httpRoute.parentRefs is required": withImage(values{"httpRoute": values{"enabled": true}}),
	} {
		if _, err := render(t, given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}
