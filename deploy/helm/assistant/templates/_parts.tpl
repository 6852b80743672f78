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

{{- define "assistant.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: state
    emptyDir: {}
  - name: temporary
    emptyDir: {}
{{- end }}
