{{- define "mstudio-graphql.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "mstudio-graphql.selector" -}}
app.kubernetes.io/name: mstudio-graphql
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mstudio-graphql.labels" -}}
{{ include "mstudio-graphql.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "mstudio-graphql.valkeySelector" -}}
app.kubernetes.io/name: valkey
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mstudio-graphql.secretName" -}}
{{ .Values.secretName | default (include "mstudio-graphql.fullname" .) }}
{{- end -}}

{{- define "mstudio-graphql.image" -}}
{{- $repository := required "image.repository is required: the registry with your image" .Values.image.repository -}}
{{- if .Values.image.digest }}{{ printf "%s@%s" $repository .Values.image.digest }}{{ else }}{{ printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) }}{{ end -}}
{{- end -}}

{{- /* Every container runs without privileges. */ -}}
{{- define "mstudio-graphql.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "mstudio-graphql.podConfined" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}
