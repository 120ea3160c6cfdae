{{- /*
Copyright The kafkalagreceiver Authors
SPDX-License-Identifier: Apache-2.0
*/ -}}

{{- define "kafkalag.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "kafkalag.fullname" -}}
{{- $name := include "kafkalag.name" . -}}
{{- $release := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- /* Kubernetes allows 63 characters, and "-credentials" is appended. */ -}}
{{- default $release .Values.fullnameOverride | trunc 51 | trimSuffix "-" -}}
{{- end -}}

{{- define "kafkalag.selector" -}}
app.kubernetes.io/name: {{ include "kafkalag.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "kafkalag.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "kafkalag.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "kafkalag.preset" -}}
{{- .Files.Get (printf "files/config/%s.yaml" .Values.config.preset) -}}
{{- end -}}

{{- /* The port of the Prometheus page; empty where no pipeline has one. */ -}}
{{- define "kafkalag.pagePort" -}}
{{- $config := mergeOverwrite (include "kafkalag.preset" . | fromYaml) (include "kafkalag.overrides" . | fromYaml) -}}
{{- $used := list -}}
{{- range dig "service" "pipelines" dict $config -}}
{{- $used = concat $used (dig "exporters" list .) -}}
{{- end -}}
{{- if has "prometheus_page" $used -}}
{{- dig "exporters" "prometheus_page" "endpoint" "" $config | regexFind "[0-9]+$" -}}
{{- end -}}
{{- end -}}

{{- /* What is merged over the preset: keys that it does not take from the environment, then the user's. */ -}}
{{- define "kafkalag.overrides" -}}
{{- $receiver := dict -}}
{{- with .Values.kafka.clusterAlias -}}
{{- $_ := set $receiver "cluster_alias" (include "kafkalag.literal" .) -}}
{{- end -}}
{{- with .Values.kafka.tls.client -}}
{{- if .secret -}}
{{- $folder := "/etc/otelcol-kafkalag/client" -}}
{{- $_ := set $receiver "tls" (dict "cert_file" (printf "%s/%s" $folder .certKey) "key_file" (printf "%s/%s" $folder .keyKey)) -}}
{{- end -}}
{{- end -}}
{{- $overrides := dict -}}
{{- if $receiver -}}{{- $_ := set $overrides "receivers" (dict "kafkalag" $receiver) -}}{{- end -}}
{{- include "kafkalag.refuseSecrets" (dict "at" "config.overrides" "value" .Values.config.overrides) -}}
{{- $overrides = mergeOverwrite $overrides (deepCopy .Values.config.overrides) -}}
{{- if $overrides -}}{{- toYaml $overrides -}}{{- end -}}
{{- end -}}

{{- /* Overrides are in a ConfigMap, which more people may read than Secrets: a secret is refused there, a reference to one is not. */ -}}
{{- define "kafkalag.refuseSecrets" -}}
{{- $at := .at -}}
{{- if or (kindIs "map" .value) (kindIs "slice" .value) -}}
{{- range $key, $value := .value -}}
{{- $path := printf "%s.%v" $at $key -}}
{{- if and (has (toString $key) (list "password" "client_secret" "key_pem")) $value -}}
{{- if not (regexMatch "^\\$\\{((env|file):)?[^{}:]+\\}$" (toString $value)) -}}
{{- fail (printf "%s: a secret would be in a ConfigMap; write ${env:NAME} and set NAME by extraEnv, from a Secret" $path) -}}
{{- end -}}
{{- end -}}
{{- include "kafkalag.refuseSecrets" (dict "at" $path "value" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "kafkalag.credentials" -}}
{{- default (printf "%s-credentials" (include "kafkalag.fullname" .)) .Values.kafka.auth.existingSecret -}}
{{- end -}}

{{- define "kafkalag.serviceAccount" -}}
{{- $created := ternary (include "kafkalag.fullname" .) "" .Values.serviceAccount.create -}}
{{- default $created .Values.serviceAccount.name -}}
{{- end -}}

{{- /* A quantity of memory in mebibytes. The schema allows Mi and Gi alone. */ -}}
{{- define "kafkalag.mebibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- ternary (mul $number 1024) $number (hasSuffix "Gi" .) -}}
{{- end -}}

{{- /* Four fifths of the limit, in Go's notation. Kubernetes, too, refuses a limit below the request. */ -}}
{{- define "kafkalag.memoryLimit" -}}
{{- $limit := .limits.memory -}}
{{- with dig "requests" "memory" "" . -}}
{{- if lt (include "kafkalag.mebibytes" $limit | int64) (include "kafkalag.mebibytes" . | int64) -}}
{{- fail (printf "resources.limits.memory (%s) is below resources.requests.memory (%s)" $limit .) -}}
{{- end -}}
{{- end -}}
{{- div (mul (include "kafkalag.mebibytes" $limit | int64) 4) 5 -}}MiB
{{- end -}}

{{- /* The collector expands variables in what it is given, unless their $ is doubled. */ -}}
{{- define "kafkalag.literal" -}}
{{- . | replace "$" "$$" -}}
{{- end -}}
