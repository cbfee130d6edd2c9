{{- /* EMBEDDING_MODEL; empty = the image decides. */ -}}
{{- define "embedding.model" -}}
{{- with .Values.model -}}
{{- if eq .source "volume" -}}
/models/{{ required "model.source is volume: set model.name to the folder of the model in the claim" .name }}
{{- else if eq .source "hub" -}}
{{ required "model.source is hub: set model.name to an id of the hub" .name }}
{{- else -}}
{{ .name }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The settings as the pods get them. */ -}}
{{- define "embedding.settings" -}}
{{- include "embedding.checkRedis" . -}}
API_RUNS_JOBS: {{ not .Values.worker.enabled | quote }}
HF_HUB_OFFLINE: {{ ne .Values.model.source "hub" | quote }}
SHUTDOWN_TIMEOUT_MS: {{ mul .Values.shutdown.timeoutSeconds 1000 | quote }}
{{- with include "embedding.model" . }}
EMBEDDING_MODEL: {{ . | quote }}
{{- end }}
{{- with include "embedding.redisUrl" . }}
REDIS_URL: {{ . | quote }}
{{- end }}
{{- with .Values.redis.queueUrl }}
QUEUE_REDIS_URL: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{- if not (kindIs "invalid" $value) }}
{{ $name }}: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end -}}
