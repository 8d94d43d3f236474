#!/usr/bin/env bash
# A certificate authority of one cluster, and what it signs. Keys are made where they are used and live for 30 days.
#   certificates.sh authority FOLDER                                    ca.crt, ca.key, service-account.key
#   certificates.sh certificate FOLDER NAME COMMON_NAME [ORGANISATION] [SUBJECT_ALT_NAMES]
#   certificates.sh kubeconfig FOLDER NAME SERVER                       NAME.kubeconfig, for the certificate NAME
set -euo pipefail
verb=$1 folder=$2
shift 2
days=30
command -v openssl >/dev/null || { echo "openssl is needed to make the cluster's certificates: install it." >&2; exit 1; }
quietly() { "$@" 2>"$folder/openssl.log" || { cat "$folder/openssl.log" >&2; exit 1; }; }
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

authority() {
  mkdir -p "$folder"
  quietly openssl req -x509 "${new_key[@]}" -keyout "$folder/ca.key" -out "$folder/ca.crt" -subj /CN=failover-ip-e2e -days $days
  quietly openssl genrsa -out "$folder/service-account.key" 2048
}
certificate() { # NAME COMMON_NAME [ORGANISATION] [SUBJECT_ALT_NAMES]
  local file=$folder/$1 subject=${3:+/O=$3}/CN=$2 extensions='extendedKeyUsage=clientAuth,serverAuth'
  [ -z "${4:-}" ] || extensions+=$'\n'"subjectAltName=$4"
  quietly openssl req -new "${new_key[@]}" -keyout "$file.key" -out "$file.csr" -subj "$subject"
  quietly openssl x509 -req -in "$file.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial \
    -days $days -extfile <(echo "$extensions") -out "$file.crt"
  rm "$file.csr"
}
kubeconfig() { # NAME SERVER
  cat >"$folder/$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: failover-ip-e2e, cluster: {server: "$2", certificate-authority: $folder/ca.crt}}]
users: [{name: $1, user: {client-certificate: $folder/$1.crt, client-key: $folder/$1.key}}]
contexts: [{name: failover-ip-e2e, context: {cluster: failover-ip-e2e, user: $1}}]
current-context: failover-ip-e2e
YAML
}

"$verb" "$@"
