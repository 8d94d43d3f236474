import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { clusterFolder } from '../harness/programs.ts'
import { until } from '../harness/until.ts'

/** What a client saw of one target since the last reset. Milliseconds. */
const seenShape = z.object({
  name: z.string(),
  /** `NODE/POD` of the last answer; empty before the first. */
  by: z.string(),
  /** How long ago that was. */
  silentMs: z.number(),
  /** How many of the datagrams before the last one that was answered were not. */
  lost: z.number(),
  /** The longest silence, one that goes on included, and when it began, since 1970. */
  gapMs: z.number(),
  gapFrom: z.number(),
  /** Answers to datagrams, and to connections, by `NODE/POD`. */
  datagrams: z.record(z.string(), z.number()),
  connections: z.record(z.string(), z.number()),
  /** Connections that were refused, reset, or not answered within a second. */
  failures: z.number(),
})
export type Seen = z.infer<typeof seenShape>

/** A client behind the router that asks each target without pause: a datagram every 2 ms, a connection every 50 ms. */
export interface Traffic extends AsyncDisposable {
  /** What was seen since the last reset, by the target's name. */
  look(): Promise<ReadonlyMap<string, Seen>>
  /** The same, and begins anew. */
  reset(): Promise<ReadonlyMap<string, Seen>>
  of(target: string): Promise<Seen>
  /** Resolves when pods of this node, and of no other, have answered each of the targets since the last reset or a moment ago. */
  untilServedBy(node: string, targets: readonly string[], deadline?: number): Promise<void>
}

/** Nobody is called served who was last answered longer ago. */
const fresh = 100

/** `program`: that of `traffic/`. `targets`: `ADDRESS:PORT` by name, IPv6 in brackets. */
export async function startTraffic(program: string, targets: Readonly<Record<string, string>>): Promise<Traffic> {
  const script = `${clusterFolder}cluster.sh`
  const asked = Object.entries(targets).map(([name, address]) => `${name}=${address}`)
  const child = spawn(script, ['outside', program, 'watch', ...asked], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined)
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const tell = async (line: string): Promise<ReadonlyMap<string, Seen>> => {
    child.stdin.write(`${line}\n`)
    const answer = await answers.next()
    if (answer.done === true) throw new Error(`traffic watch ended with ${child.exitCode}`)
    return new Map(
      z
        .array(seenShape)
        .parse(JSON.parse(answer.value))
        .map((seen) => [seen.name, seen]),
    )
  }
  // One line is asked at a time, so that each answer finds its question.
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (line: string): Promise<ReadonlyMap<string, Seen>> => {
    const answer = last.then(async () => await tell(line))
    last = answer.catch(() => undefined)
    return await answer
  }
  const look = async (): Promise<ReadonlyMap<string, Seen>> => await ask('look')
  return {
    look,
    reset: async () => await ask('reset'),
    of: async (target) => {
      const seen = (await look()).get(target)
      if (seen === undefined) throw new Error(`there is no target ${target}`)
      return seen
    },
    untilServedBy: async (node, of, deadline = 60_000) => {
      const served = async (): Promise<boolean> => {
        const all = await look()
        const wrong = of.filter((name) => {
          const seen = all.get(name)
          return seen === undefined || seen.silentMs > fresh || nodeOf(seen.by) !== node
        })
        if (wrong.length > 0) throw new Error(JSON.stringify(wrong.map((name) => all.get(name))))
        return true
      }
      await until(`${of.join(', ')} to be served by ${node}`, served, { deadline, interval: 20 })
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/**
 * Starts it when connections to each target are answered. A flow of datagrams that a node has let pass untranslated stays so
 * for as long as it lasts, and kube-proxy may need a second after the Service shows its addresses; connections begin anew.
 */
export async function startAnsweredTraffic(
  program: string,
  targets: Readonly<Record<string, string>>,
): Promise<Traffic> {
  {
    await using early = await startTraffic(program, targets)
    const answered = async (): Promise<boolean> =>
      [...(await early.look()).values()].every(({ connections }) => Object.keys(connections).length > 0)
    await until('connections to each target to be answered', answered, { deadline: 60_000, interval: 50 })
  }
  return await startTraffic(program, targets)
}

/** Of `NODE/POD`. */
export function nodeOf(by: string): string {
  return by.slice(0, by.indexOf('/'))
}

/** The nodes whose pods answered anything, in the order of names. */
export function servers({ datagrams, connections }: Seen): readonly string[] {
  const nodes = [...Object.keys(datagrams), ...Object.keys(connections)].map(nodeOf)
  return [...new Set(nodes)].toSorted((a, b) => a.localeCompare(b))
}
