{{- define "assistant.labels" -}}
app.kubernetes.io/name: assistant
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "assistant.selector" -}}
app.kubernetes.io/name: assistant
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "assistant.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
envFrom:
  - configMapRef:
      name: {{ .Release.Name }}-settings
  - secretRef:
      name: {{ .Values.secretName }}
volumeMounts:
  - name: state
    mountPath: /srv/assistant/var
  - name: temporary
    mountPath: /tmp
{{- end }}

{{- /* Without these, each pod would keep a store or draw a key of its own in a volume that goes with it: a pod
       whose secret lacks one does not start. */}}
{{- define "assistant.required" -}}
{{- range list "CONVERSATIONS_DB" "FEEDBACK_DATABASE_URL" "CHANNELS_DB" "REDIS_URL" "LOG_KEY" "DESK_SECRET" }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: {name: {{ $.Values.secretName }}, key: {{ . }}}
{{- end }}
{{- end }}

{{- /* The assistant's server, but for its environment. */}}
{{- define "assistant.server" -}}
{{ include "assistant.container" . }}
ports:
  - {name: http, containerPort: 5005}
  - {name: metrics, containerPort: {{ .Values.metricsPort }}}
startupProbe:
  httpGet: {path: /health, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health, port: http}
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
lifecycle:
  # The service forgets the pod while it still answers; then it drains.
  preStop:
    exec: {command: [sleep, "5"]}
resources: {{- toYaml .Values.bot.resources | nindent 2 }}
{{- end }}

{{- define "assistant.serverAnnotations" -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .Values.metricsPort | quote }}
checksum/settings: {{ include (print $.Template.BasePath "/settings.yaml") . | sha256sum }}
{{- end }}

{{- define "assistant.pod" -}}
automountServiceAccountToken: false
# Else a service named "desk" would become DESK_PORT=tcp://….
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- with .Values.user.runAsUser }}
  runAsUser: {{ . }}
  {{- end }}
  {{- with .Values.user.fsGroup }}
  fsGroup: {{ . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /* For pods that keep nothing: what they know is in PostgreSQL and Redis. */}}
{{- define "assistant.volumes" -}}
- name: state
  emptyDir: {}
- name: temporary
  emptyDir: {}
{{- end }}
