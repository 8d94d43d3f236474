# etcd, API server, controller manager and scheduler, in a network namespace of their own. Sourced by cluster.sh.
api_url=https://$api_address:6443
etcd_url=http://127.0.0.1:2379

in_control_plane() { # COMMAND...: in the background, with a log named after it
  within cp setsid "$@" >>"$logs/$1.log" 2>&1 </dev/null 9>&- &
  disown # the shell is not to report its end
}
control_plane_certificates() {
  local sign="$here/certificates.sh" name
  "$sign" authority "$pki"
  "$sign" certificate "$pki" apiserver kube-apiserver "" \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,IP:$api_address,IP:$api_address2,IP:10.96.0.1,IP:127.0.0.1"
  "$sign" certificate "$pki" admin admin system:masters
  for name in kube-controller-manager kube-scheduler kube-proxy; do
    "$sign" certificate "$pki" "$name" "system:$name"
  done
  for name in admin kube-controller-manager kube-scheduler kube-proxy; do
    "$sign" kubeconfig "$pki" "$name" $api_url
  done
}
control_plane_up() {
  party_up cp $api_number
  ip -n fip-cp addr add $api_address2/24 dev eth0
  # Durability is not wanted: the data go with the cluster.
  in_control_plane etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls $etcd_url --advertise-client-urls $etcd_url --listen-peer-urls http://127.0.0.1:2380
  api_start
  in_control_plane kube-controller-manager --kubeconfig "$pki/kube-controller-manager.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false --use-service-account-credentials \
    --service-account-private-key-file "$pki/service-account.key" --root-ca-file "$pki/ca.crt" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" \
    --flex-volume-plugin-dir "$state/flexvolume" --kube-api-qps 500 --kube-api-burst 1000 \
    ${FIP_CONTROLLER_MANAGER_FLAGS:-}
  in_control_plane kube-scheduler --kubeconfig "$pki/kube-scheduler.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false
}

# What the product asks of the API server, by whom: suites compare it with the rights that it is given.
audit_policy() {
  cat <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - {level: Metadata, userGroups: ["system:serviceaccounts:failover-ip"]}
  - {level: None}
YAML
}
api_start() {
  audit_policy >"$state/audit-policy.yaml"
  in_control_plane kube-apiserver --etcd-servers $etcd_url \
    --bind-address 0.0.0.0 --advertise-address $api_address --secure-port 6443 \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/admin.crt" --kubelet-client-key "$pki/admin.key" \
    --kubelet-preferred-address-types InternalIP \
    --service-account-key-file "$pki/service-account.key" \
    --service-account-signing-key-file "$pki/service-account.key" \
    --service-account-issuer https://kubernetes.default.svc \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --audit-policy-file "$state/audit-policy.yaml" --audit-log-path "$logs/audit.log" \
    --service-cluster-ip-range $service_subnets --allow-privileged=true
}
api_signal() { # SIGNAL
  local pid
  pid=$(process_named cp kube-apiserver) || fail "The API server is not running: start it with 'cluster.sh api start'."
  kill "-$1" "$pid"
  [ "$1" != KILL ] || while [ -e "/proc/$pid" ]; do sleep 0.05; done
}
api_ready() { kubectl get --raw /readyz; }
api() { # pause, resume, stop (as a crash), start (and wait until ready)
  case ${1:-} in
    pause) api_signal STOP ;;
    resume) api_signal CONT ;;
    stop) api_signal KILL ;;
    start)
      ! process_named cp kube-apiserver >/dev/null || fail "The API server is running already."
      api_start
      within_seconds 60 "the API server to be ready" api_ready ;;
    *) usage ;;
  esac
}
