import {
  createReflector,
  secretResource,
  type KubernetesTransport,
  type Reflector,
  type ReflectorProblem,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { secretRecordOf, type SecretRecord } from './secret-record.ts'

export type SecretState =
  | { readonly kind: 'present'; readonly data: SecretRecord }
  | { readonly kind: 'absent' }
  /** Not known: not listed yet, or listing is refused. */
  | { readonly kind: 'unknown'; readonly problem: ReflectorProblem | undefined }

/** Watches single Secrets of one namespace by name; no other Secret is ever read. */
export interface SecretWatches {
  /** Replaces the set of names. */
  want(names: ReadonlySet<string>): void
  get(name: string): SecretState
}

export interface SecretWatchesOptions {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly random: () => number
  readonly namespace: string
  readonly onChange: () => void
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
  /** Ends all watches. */
  readonly signal: AbortSignal
}

interface Watch {
  readonly reflector: Reflector<SecretRecord>
  readonly stop: () => void
}

export function createSecretWatches(options: SecretWatchesOptions): SecretWatches {
  const { transport, clock, random, namespace, onChange, signal } = options
  const watches = new Map<string, Watch>()

  const start = (name: string): Watch => {
    const stop = new AbortController()
    const bounded = AbortSignal.any([stop.signal, signal])
    let open: ReflectorProblem | undefined
    const reflector = createReflector({
      transport,
      clock,
      random,
      resource: secretResource,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      select: secretRecordOf,
      onProblem: (problem) => {
        if (problem === reflector.state.problem) open = problem
        options.onProblem(problem)
        onChange()
      },
      onRecovered: (problem) => {
        open = undefined
        options.onRecovered(problem)
      },
    })
    reflector.subscribe(onChange)
    // An absent Secret changes nothing in the cache; that it is known to be absent is news all the same.
    reflector.whenSynced(bounded).then(onChange, () => undefined)
    void reflector.run(bounded)
    return {
      reflector,
      stop: () => {
        stop.abort()
        // What nobody follows any more is no trouble either.
        if (open !== undefined) options.onRecovered(open)
      },
    }
  }

  return {
    want: (names) => {
      for (const [name, { stop }] of watches) {
        if (names.has(name)) continue
        stop()
        watches.delete(name)
      }
      for (const name of names) if (!watches.has(name)) watches.set(name, start(name))
    },
    get: (name) => {
      const reflector = watches.get(name)?.reflector
      const entry = reflector?.cache.get(`${namespace}/${name}`)
      if (entry !== undefined) return { kind: 'present', data: entry.value }
      return reflector?.state.synced === true
        ? { kind: 'absent' }
        : { kind: 'unknown', problem: reflector?.state.problem }
    },
  }
}
