import type { NodeState } from '../domain/node.ts'
import type { HealthInput } from './health-input.ts'
import type { Judgement } from './judgement.ts'
import { answers, trackOf } from './surroundings.ts'
import { lastSignOfLife } from './vantage.ts'
import type { VerdictReason } from './verdict.ts'

/** Set by a person or the cloud's controller: the machine is off. */
const deathTaints = [
  { key: 'node.kubernetes.io/out-of-service', dead: 'OutOfService', leaving: 'OutOfService' },
  { key: 'node.cloudprovider.kubernetes.io/shutdown', dead: 'ServerStopped', leaving: 'ShuttingDown' },
] as const satisfies readonly { key: string; dead: VerdictReason; leaving: VerdictReason }[]

/** Death that needs no second opinion, because whoever says so knows. A node that answers after all only leaves. */
export function judgeProof(node: NodeState, input: HealthInput): Judgement {
  const { name } = node.facts
  const server = input.serverStates.get(name)
  if (server !== undefined && (server.state === 'stopped' || server.state === 'gone')) {
    const aliveAt = lastSignOfLife(node, trackOf(input, name))
    if (aliveAt === undefined || aliveAt <= server.at) {
      const reason = server.state === 'gone' ? 'ServerGone' : 'ServerStopped'
      return {
        finding: { verdict: 'dead', reason, message: `the cloud says that the server of ${name} is ${server.state}` },
      }
    }
  }
  const sign = deathTaints.find(({ key }) => node.taints.some((taint) => taint.key === key))
  if (sign === undefined) return {}
  const message = `${name} has the taint ${sign.key}`
  return answers(trackOf(input, name), input.now)
    ? { finding: { verdict: 'leaving', reason: sign.leaving, message: `${message}, but still answers` } }
    : { finding: { verdict: 'dead', reason: sign.dead, message } }
}
