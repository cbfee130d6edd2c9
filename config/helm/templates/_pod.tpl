{{- /* The parts that the pods of api and workers share. */ -}}

{{- define "embedding.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "embedding.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "embedding.podAnnotations" -}}
checksum/settings: {{ include "embedding.settings" . | sha256sum }}
checksum/secrets: {{ .Values.secrets.values | toJson | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "embedding.scheduling" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "embedding.environment" -}}
{{- if .Values.secrets.keysFile.secret }}
- { name: API_KEYS_FILE, value: /run/api-keys/{{ .Values.secrets.keysFile.key }} }
{{- end }}
{{- if .Values.redis.ca.secret }}
- { name: NODE_EXTRA_CA_CERTS, value: /run/redis-ca/{{ .Values.redis.ca.key }} }
{{- end }}
{{- end -}}

{{- define "embedding.environmentFrom" -}}
- configMapRef: { name: {{ include "embedding.fullname" . }} }
{{- if include "embedding.hasSecret" . }}
- secretRef: { name: {{ include "embedding.secret" . }} }
{{- end }}
{{- end -}}

{{- define "embedding.probe" -}}
httpGet: { path: /health/live, port: {{ . }} }
{{- end -}}

{{- define "embedding.volumeMounts" -}}
- { name: data, mountPath: /app/data }
- { name: tmp, mountPath: /tmp }
{{- if eq .Values.model.source "volume" }}
- { name: models, mountPath: /models, readOnly: true }
{{- end }}
{{- if .Values.secrets.keysFile.secret }}
- { name: api-keys, mountPath: /run/api-keys, readOnly: true }
{{- end }}
{{- if .Values.redis.ca.secret }}
- { name: redis-ca, mountPath: /run/redis-ca, readOnly: true }
{{- end }}
{{- end -}}

{{- define "embedding.volumes" -}}
- name: data
  emptyDir: { sizeLimit: {{ .Values.dataSize }} }
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- if eq .Values.model.source "volume" }}
- name: models
  persistentVolumeClaim: { claimName: {{ required "model.source is volume: set model.claim" .Values.model.claim }}, readOnly: true }
{{- end }}
{{- with .Values.secrets.keysFile.secret }}
- name: api-keys
  secret: { secretName: {{ . }} }
{{- end }}
{{- with .Values.redis.ca.secret }}
- name: redis-ca
  secret: { secretName: {{ . }} }
{{- end }}
{{- end -}}
