{{- define "embedding.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* At most 52 characters, so that names with a suffix stay within 63. */ -}}
{{- define "embedding.fullname" -}}
{{- $name := include "embedding.name" . -}}
{{- $long := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $long .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "embedding.selector" -}}
app.kubernetes.io/name: {{ include "embedding.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "embedding.labels" -}}
{{ include "embedding.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "embedding.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "embedding.secret" -}}
{{- default (include "embedding.fullname" .) .Values.secrets.existingSecret -}}
{{- end -}}

{{- define "embedding.hasSecret" -}}
{{- if or .Values.secrets.existingSecret .Values.secrets.values }}yes{{ end -}}
{{- end -}}
