import type { OperatorPorts } from './operator-ports.ts'

/** Unique to this start: a pod's name lives on over a restart of its container. */
export function operatorIdentity({ process: { environment }, random }: OperatorPorts): string {
  const host = environment['POD_NAME'] ?? environment['HOSTNAME'] ?? 'operator'
  const suffix = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
  return `${host}_${suffix}`
}
