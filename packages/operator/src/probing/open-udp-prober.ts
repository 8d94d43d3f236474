import { noProber } from '@failover-ip/core'
import type { Logger } from '@failover-ip/process'
import {
  openProbeKeyFiles,
  ProbeKeyFileError,
  udpProber,
  type LieTestResult,
  type ProbeKeyFiles,
} from '@failover-ip/runtime'
import { deferProber } from './deferred-prober.ts'
import type { OperatorProber, ProberContext } from './operator-prober.ts'

/** Milliseconds. A Secret that is mended comes with the kubelet, in a minute or so. */
const retryAfter = 5000

/** The prober of a real operator: none without keys, and one that is still to come while they cannot be used. */
export async function openUdpProber(context: ProberContext): Promise<OperatorProber> {
  const { clock, options, logger, signal } = context
  const { probeKeyDirectory: directory, probePort: port, lieTestAddresses } = options
  if (directory === undefined) {
    logger.info('No node is probed, for want of --probe-key-dir: a death is seen in 25 to 45 s.')
    return noProber
  }
  const proberWith = (keys: ProbeKeyFiles): OperatorProber => {
    void keys.follow(signal)
    return udpProber({
      clock,
      keyRing: () => keys.keyRing(),
      port,
      lieTestAddress: lieTestAddresses.ipv4,
      lieTestAddressIPv6: lieTestAddresses.ipv6,
      onLieTest: (result) => logLieTest(logger, result),
    })
  }
  const attempt = keyAttempts(directory, context)
  const keys = await attempt()
  return keys === undefined ? deferProber(untilUsable(attempt, context).then(proberWith)) : proberWith(keys)
}

/** Gives the keys, or nothing once it is logged why there are none. */
function keyAttempts(directory: string, { clock, logger }: ProberContext): () => Promise<ProbeKeyFiles | undefined> {
  const onProblem = ({ code, message }: ProbeKeyFileError): void =>
    logger.warn(`${message} The last good keys stay in use.`, { code })
  let told: string | undefined
  return async () => {
    try {
      return await openProbeKeyFiles({ directory, clock, onProblem })
    } catch (error) {
      if (!(error instanceof ProbeKeyFileError)) throw error
      const { code, message } = error
      const consequence = 'No node is probed until it can be used: a death is seen in 25 to 45 s.'
      if (message !== told) logger.error(`${message} ${consequence}`, { code })
      told = message
      return undefined
    }
  }
}

/** Rejects with the signal's reason. */
async function untilUsable(
  attempt: () => Promise<ProbeKeyFiles | undefined>,
  { clock, logger, signal }: ProberContext,
): Promise<ProbeKeyFiles> {
  for (;;) {
    await clock.sleep(retryAfter, { signal })
    const keys = await attempt()
    if (keys === undefined) continue
    logger.info('The probe key can be used now; nodes are probed.')
    return keys
  }
}

function logLieTest(logger: Logger, { address, port, passed }: LieTestResult): void {
  if (passed) {
    logger.info('Nobody answers for an address that nobody has: handshakes of silent nodes count.', { address, port })
  } else {
    const message =
      'Something answers for an address that nobody has: handshakes of silent nodes do not count. Is there a proxy on the way?'
    logger.warn(message, { address, port })
  }
}
