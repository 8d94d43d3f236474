import type { DemoCluster } from './demo-cluster.ts'

/** What stands above all: what is running, what a user would write, and where to look. */
export function introduction({ cloud, nodes, manifests, kubeconfig, folder }: DemoCluster): string {
  const yaml = manifests.trimEnd().replaceAll(/^(?=.)/gmu, '    ')
  return `A Kubernetes API with ${nodes.specs.length} nodes, an emulator of ${cloud.title}'s API, two replicas of the operator. Applied:

${yaml}

While this runs, the replicas write their logs to ${folder}
For kubectl (get fip -w, describe, apply, cordon; your own kubeconfig is not touched):
    export KUBECONFIG=${kubeconfig}

`
}
