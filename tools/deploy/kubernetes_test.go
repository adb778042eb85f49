package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const manifests = "../../deploy/kubernetes/"

// read decodes a manifest into its Kubernetes type. It rejects unknown and duplicate fields.
func read[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(manifests + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var object T
	if err := yaml.UnmarshalStrict(text, &object); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return object
}

// labels returns the labels of all objects.
func labels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "mstudio-graphql"}
}

func wantLabels(t *testing.T, what string, got map[string]string) {
	t.Helper()
	for name, value := range labels() {
		if got[name] != value {
			t.Errorf("%s: want %s=%s, got %v", what, name, value, got)
		}
	}
}

// manifestFiles returns the names of the manifests without the kustomization.
func manifestFiles(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(manifests + "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := filepath.Base(file); name != "kustomization.yaml" {
			names = append(names, name)
		}
	}
	return names
}

func TestKustomizationListsEveryManifest(t *testing.T) {
	t.Parallel()
	listed := read[struct {
		APIVersion, Kind, Namespace string
		Resources                   []string
		Images                      []struct{ Name, NewName, NewTag string }
	}](t, "kustomization")
	files := manifestFiles(t)
	if got := slices.Sorted(slices.Values(listed.Resources)); !slices.Equal(got, files) {
		t.Errorf("listed: %v, files: %v", got, files)
	}
	if name := read[corev1.Namespace](t, "namespace").Name; name != listed.Namespace {
		t.Errorf("namespace %s, want %s", listed.Namespace, name)
	}
	if image := read[appsv1.Deployment](t, "deployment").Spec.Template.Spec.Containers[0].Image; image != listed.Images[0].Name {
		t.Errorf("image %s, want %s", listed.Images[0].Name, image)
	}
}

// Selectors match the pods, and named ports exist.
func TestReferences(t *testing.T) {
	t.Parallel()
	deployment := read[appsv1.Deployment](t, "deployment")
	pod := deployment.Spec.Template
	wantLabels(t, "pods", pod.Labels)
	wantLabels(t, "deployment", deployment.Spec.Selector.MatchLabels)
	wantLabels(t, "service", read[corev1.Service](t, "service").Spec.Selector)
	wantLabels(t, "budget", read[policyv1.PodDisruptionBudget](t, "poddisruptionbudget").Spec.Selector.MatchLabels)
	policy := read[networkingv1.NetworkPolicy](t, "networkpolicy").Spec
	wantLabels(t, "policy", policy.PodSelector.MatchLabels)
	scaled := read[autoscalingv2.HorizontalPodAutoscaler](t, "horizontalpodautoscaler").Spec
	if target := scaled.ScaleTargetRef; target.Kind != deployment.Kind || target.Name != deployment.Name || target.APIVersion != deployment.APIVersion {
		t.Errorf("scale target: %v", target)
	}
	if *scaled.MinReplicas < 2 || deployment.Spec.Replicas != nil {
		t.Error("the autoscaler must keep at least two replicas, and only it may set their number")
	}
	container := pod.Spec.Containers[0]
	var ports []string
	for _, port := range container.Ports {
		ports = append(ports, port.Name)
	}
	for _, name := range []string{
		read[corev1.Service](t, "service").Spec.Ports[0].TargetPort.StrVal, policy.Ingress[0].Ports[0].Port.StrVal, policy.Ingress[1].Ports[0].Port.StrVal,
		container.LivenessProbe.HTTPGet.Port.StrVal, container.ReadinessProbe.HTTPGet.Port.StrVal, container.StartupProbe.HTTPGet.Port.StrVal,
	} {
		if !slices.Contains(ports, name) {
			t.Errorf("unknown port %q", name)
		}
	}
	if container.LivenessProbe.HTTPGet.Path != "/healthz" || container.ReadinessProbe.HTTPGet.Path != "/readyz" {
		t.Errorf("liveness %s, readiness %s", container.LivenessProbe.HTTPGet.Path, container.ReadinessProbe.HTTPGet.Path)
	}
}

// Pods run without privileges and with limited resources.
func TestPodsAreConfined(t *testing.T) {
	t.Parallel()
	wantConfined(t, read[appsv1.Deployment](t, "deployment").Spec.Template.Spec)
}

func wantConfined(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	container := pod.Containers[0]
	own := container.SecurityContext
	if !*pod.SecurityContext.RunAsNonRoot || *pod.SecurityContext.RunAsUser != 65532 || *pod.AutomountServiceAccountToken ||
		pod.SecurityContext.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault ||
		*own.AllowPrivilegeEscalation || !*own.ReadOnlyRootFilesystem || !slices.Equal(own.Capabilities.Drop, []corev1.Capability{"ALL"}) {
		t.Errorf("%+v %+v", pod.SecurityContext, own)
	}
	if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
		t.Error("the pod has no memory limit or no CPU request")
	}
}

// Every setting is documented, and the termination grace period exceeds the shutdown timeouts.
func TestSettings(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	settings := read[corev1.ConfigMap](t, "configmap").Data
	for name := range settings {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("unknown setting %s", name)
		}
	}
	delay, needed := duration(t, settings["SHUTDOWN_DELAY"]), duration(t, settings["SHUTDOWN_DELAY"])+duration(t, settings["SHUTDOWN_TIMEOUT"])
	pod := read[appsv1.Deployment](t, "deployment").Spec.Template.Spec
	if given := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; given <= needed {
		t.Errorf("grace period %v, want more than %v", given, needed)
	}
	probe := pod.Containers[0].ReadinessProbe
	if noticed := time.Duration(probe.PeriodSeconds*probe.FailureThreshold) * time.Second; noticed >= delay {
		t.Errorf("the probe fails after %v, want less than SHUTDOWN_DELAY %v", noticed, delay)
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	parsed, err := time.ParseDuration(text)
	if err != nil {
		t.Error(err)
	}
	return parsed
}
