import type { Answer } from '../probe-channel.ts'
import { leastInterval, patienceFor, probeOf, proofOfLife, type ProberContext } from './prober-context.ts'
import { keepRhythm, type SentProbe } from './rhythm.ts'
import { knockFor, lookAgain } from './second-look.ts'
import type { Watched } from './watch-list.ts'

/** Between two second looks at a node: Linux sends one ICMP refusal a second to a peer (`icmp_ratelimit`). */
const lookAgainAfter = 1000
/**
 * ... and that one to whoever comes first, which is nearly always the same one of several packets in a rhythm. So a node that
 * stays silent is probed from sockets that hear a refusal, two times of three; the third time from the one that it knows,
 * since it has a limit for strangers.
 */
const knownSocketEvery = 3
/** Second looks at once; each has two sockets. With more silent nodes than that it is we who are blind. */
const mostLooks = 128

export interface FollowOptions {
  /** Whether the node is still watched at that address: else nobody is told. */
  readonly isWanted: (watched: Watched) => boolean
}

/** Probes nodes in their rhythm, and tells of every answer, silence and hint. */
export function createFollower(
  context: ProberContext,
  { isWanted }: FollowOptions,
): (watched: Watched) => Promise<void> {
  const { clock, channel, handshakes, tell } = context
  let looks = 0

  const listener =
    (watched: Watched, sentAt: number, onHeard: () => void = () => undefined) =>
    (answer: Answer): void => {
      onHeard()
      const evidence = proofOfLife(watched.target.node, sentAt, answer, context)
      if (evidence !== undefined && isWanted(watched)) tell(evidence)
    }
  const send = (watched: Watched, silentRounds: number): SentProbe => {
    const { target, to } = watched
    const probe: SentProbe = { sentAt: clock.monotonic(), state: 'open' }
    const onAnswer = listener(watched, probe.sentAt, () => {
      probe.state = 'heard'
    })
    if (silentRounds > 0 && silentRounds % knownSocketEvery !== 1 && looks < mostLooks) {
      void knockAt(watched, probe, onAnswer)
    } else {
      channel.ask(probeOf(target.node, context), to, onAnswer, (failure) => {
        if (failure === 'unsent') probe.state = 'unsent'
      })
    }
    handshakes?.keepKnown(to.host)
    return probe
  }
  const knockAt = async (watched: Watched, probe: SentProbe, onAnswer: (answer: Answer) => void): Promise<void> => {
    const { target, to, signal } = watched
    looks += 1
    const look = { request: probeOf(target.node, context), to, patience: patienceFor(target, context), signal }
    const outcome = await knockFor(context, { ...look, onAnswer })
    looks -= 1
    if (outcome === 'unsent') probe.state = 'unsent'
    if (outcome !== 'refused' || !isWanted(watched)) return
    tell({ node: target.node, vantage: 'leader', kind: outcome, sentAt: probe.sentAt, at: clock.monotonic() })
  }
  const tellHint = async (watched: Watched): Promise<void> => {
    const { target, to, signal } = watched
    const { node } = target
    const sentAt = clock.monotonic()
    looks += 1
    const look = { request: probeOf(node, context), to, patience: patienceFor(target, context), signal }
    const kind = await lookAgain(context, { ...look, onAnswer: listener(watched, sentAt) })
    looks -= 1
    if (kind !== undefined && isWanted(watched)) tell({ node, vantage: 'leader', kind, sentAt, at: clock.monotonic() })
  }

  return (watched) => {
    const { target, signal, firstAt } = watched
    let lookedAgainAt = Number.NEGATIVE_INFINITY
    let silentRounds = 0
    let last: SentProbe | undefined
    return keepRhythm({
      clock,
      drained: () => channel.datagrams.drained(),
      signal,
      interval: Math.max(target.interval, leastInterval),
      patience: patienceFor(target, context),
      firstAt,
      send: () => {
        watched.lastSentAt = clock.monotonic()
        if (last?.state === 'heard') silentRounds = 0
        last = send(watched, silentRounds)
        return last
      },
      onSilence: ({ sentAt }) => {
        const now = clock.monotonic()
        silentRounds += 1
        tell({ node: target.node, vantage: 'leader', kind: 'silence', sentAt, at: now })
        if (now - lookedAgainAt < lookAgainAfter || looks >= mostLooks) return
        lookedAgainAt = now
        void tellHint(watched)
      },
    })
  }
}
