package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// build builds the manifests with an overlay in deploy/production.
func build(t *testing.T, overlay string) resmap.ResMap {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	copyManifests(t, disk)
	if err := disk.WriteFile("/deploy/production/kustomization.yaml", []byte(overlay)); err != nil {
		t.Fatal(err)
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/deploy/production")
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func copyManifests(t *testing.T, disk filesys.FileSystem) {
	t.Helper()
	for _, pattern := range []string{"*.yaml", "*/*.yaml"} {
		files, err := filepath.Glob(manifests + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := disk.WriteFile("/deploy/kubernetes/"+strings.TrimPrefix(file, manifests), content); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// overlays returns the kustomizations of a page.
func overlays(t *testing.T, page string) (found []string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```\n").FindAllStringSubmatch(text(t, page), -1) {
		if strings.Contains(block[1], "kind: Kustomization\n") {
			found = append(found, block[1])
		}
	}
	return found
}

// object decodes a built object into its Kubernetes type. It rejects unknown fields.
func object[T any](t *testing.T, built resmap.ResMap, kind, name string) (decoded T) {
	t.Helper()
	for _, one := range built.Resources() {
		if one.GetKind() == kind && one.GetName() == name {
			if err := yaml.UnmarshalStrict(asYAML(t, one), &decoded); err != nil {
				t.Fatalf("%s %s: %v", kind, name, err)
			}
			return decoded
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return decoded
}

func asYAML(t *testing.T, one *resource.Resource) []byte {
	t.Helper()
	content, err := one.AsYAML()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestDocumentedOverlays(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]int{"docs/operations.md": 1, "docs/scale-out.md": 2} {
		found := overlays(t, page)
		if len(found) != want {
			t.Errorf("%s: %d overlays, want %d", page, len(found), want)
		}
		for _, overlay := range found {
			image := object[appsv1.Deployment](t, build(t, overlay), "Deployment", "mstudio-graphql").Spec.Template.Spec.Containers[0].Image
			if strings.HasPrefix(image, "registry.example.com/") {
				t.Errorf("%s: the overlay leaves the placeholder %s", page, image)
			}
		}
	}
}

// The gateway may connect to Valkey at the address that it is given, and nothing else may.
func TestValkeyComponent(t *testing.T) {
	t.Parallel()
	built := build(t, "resources: [../kubernetes]\ncomponents: [../kubernetes/valkey]\n")
	deployment := object[appsv1.Deployment](t, built, "Deployment", "valkey")
	labels := deployment.Spec.Template.Labels
	for what, selector := range map[string]map[string]string{
		"deployment": deployment.Spec.Selector.MatchLabels,
		"service":    object[corev1.Service](t, built, "Service", "valkey").Spec.Selector,
		"policy":     object[networkingv1.NetworkPolicy](t, built, "NetworkPolicy", "valkey").Spec.PodSelector.MatchLabels,
		"egress":     valkeyEgress(t, built).To[0].PodSelector.MatchLabels,
	} {
		if len(selector) != 1 || selector["app.kubernetes.io/name"] != labels["app.kubernetes.io/name"] {
			t.Errorf("%s selects %v, the pods have %v", what, selector, labels)
		}
	}
	wantLabels(t, "ingress of valkey", object[networkingv1.NetworkPolicy](t, built, "NetworkPolicy", "valkey").Spec.Ingress[0].From[0].PodSelector.MatchLabels)
	if url := object[corev1.ConfigMap](t, built, "ConfigMap", "mstudio-graphql").Data["VALKEY_URL"]; url != "redis://valkey:6379/0" {
		t.Errorf("VALKEY_URL %s", url)
	}
	if port := deployment.Spec.Template.Spec.Containers[0].Ports[0].ContainerPort; port != 6379 {
		t.Errorf("valkey listens on %d", port)
	}
	for _, one := range built.Resources() {
		if one.GetKind() != "Namespace" && one.GetNamespace() != "mstudio-graphql" {
			t.Errorf("%s %s is in the namespace %q", one.GetKind(), one.GetName(), one.GetNamespace())
		}
	}
	wantConfined(t, deployment.Spec.Template.Spec)
}

// valkeyEgress returns the rule of the gateway's policy for Valkey's port.
func valkeyEgress(t *testing.T, built resmap.ResMap) networkingv1.NetworkPolicyEgressRule {
	t.Helper()
	for _, rule := range object[networkingv1.NetworkPolicy](t, built, "NetworkPolicy", "mstudio-graphql").Spec.Egress {
		if rule.Ports[0].Port.IntValue() == 6379 {
			return rule
		}
	}
	t.Fatal("the gateway may not connect to Valkey")
	return networkingv1.NetworkPolicyEgressRule{}
}
