{{- /* REDIS_URL, if it is not in the Secret. */ -}}
{{- define "embedding.redisUrl" -}}
{{- if eq .Values.redis.mode "bundled" -}}
redis://{{ include "embedding.fullname" . }}-redis:6379
{{- else -}}
{{ .Values.redis.url }}
{{- end -}}
{{- end -}}

{{- /* The ports of Redis that pods connect to, as a list in JSON: those that are set, or those in the URLs, or 6379. */ -}}
{{- define "embedding.redisPorts" -}}
{{- $urls := printf "%s,%s," (include "embedding.redisUrl" .) .Values.redis.queueUrl -}}
{{- $ports := list -}}
{{- range regexFindAll ":[0-9]+[,/?]" $urls -1 -}}
{{- $ports = append $ports (regexFind "[0-9]+" . | int) -}}
{{- end -}}
{{- $ports = default $ports .Values.redis.ports -}}
{{- default (list 6379) ($ports | uniq) | toJson -}}
{{- end -}}

{{- define "embedding.checkRedis" -}}
{{- with .Values -}}
{{- if and (eq .redis.mode "external") (not (or .redis.url .secrets.existingSecret .secrets.values.REDIS_URL)) -}}
{{- fail "redis.mode is external: set redis.url, or REDIS_URL in the Secret (secrets.existingSecret)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
