{{/* Labels of every object; the argument is the root. */}}
{{- define "failover-ip.labels" -}}
app.kubernetes.io/name: failover-ip
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What selects pods; the arguments are the root and the component. */}}
{{- define "failover-ip.selector" -}}
app.kubernetes.io/name: failover-ip
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The image of a component, given its own text; the arguments are the root, the component and the text. */}}
{{- define "failover-ip.image" -}}
{{- $image := .text | default (printf "failover-ip/%s:%s" .component .root.Chart.AppVersion) }}
{{- $first := splitList "/" $image | first }}
{{- if and .root.Values.imageRegistry (not (or (contains "." $first) (contains ":" $first) (eq $first "localhost"))) }}
{{- $image = printf "%s/%s" (trimSuffix "/" .root.Values.imageRegistry) $image }}
{{- end }}
{{- $image }}
{{- end }}

{{- define "failover-ip.probeKeySecret" -}}
{{- .Values.probeKeySecret | default (printf "%s-probe-key" .Release.Name) }}
{{- end }}

{{/* The enabled operators by key, as YAML: what each of them lacks is said here, once. */}}
{{- define "failover-ip.operators" -}}
{{- $shipped := list "scaleway" "netcup" "digitalocean" }}
{{- $enabled := dict }}
{{- range $key, $operator := .Values.operators }}
{{- if $operator.enabled }}
{{- if and (not $operator.image) (not (has $key $shipped)) }}
{{- fail (printf "operators.%s.image is missing: there is an image of this project for %s alone." $key (join ", " $shipped)) }}
{{- end }}
{{- if and (not $operator.credentialsSecret) (has $key $shipped) }}
{{- fail (printf "operators.%s.credentialsSecret is missing: name the Secret in namespace %s that holds the account's credentials." $key $.Release.Namespace) }}
{{- end }}
{{- $_ := set $enabled $key $operator }}
{{- end }}
{{- end }}
{{- toYaml $enabled }}
{{- end }}

{{/* What every container may do: nothing but run. */}}
{{- define "failover-ip.locked" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
seccompProfile: { type: RuntimeDefault }
{{- end }}
