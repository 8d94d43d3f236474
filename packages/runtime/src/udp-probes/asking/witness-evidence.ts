import type { ProbeEvidence } from '@failover-ip/core'
import type { WitnessAnswer } from '../wire/probe-message.ts'

/**
 * What a witness's answer says, on the clock here: its last proof of life, which shows that its path works, and what it
 * has just heard.
 */
export function witnessEvidence(node: string, answer: WitnessAnswer, receivedAt: number): readonly ProbeEvidence[] {
  const { from, heard: kind, sentAgo, heardAgo, bootID, lastReply, witnessBootID } = answer
  const witness = { vantage: from, ...(witnessBootID === undefined ? {} : { vantageBootID: witnessBootID }) }
  const fresh = {
    node,
    ...witness,
    kind,
    sentAt: receivedAt - sentAgo,
    at: receivedAt - heardAgo,
    ...(kind === 'reply' && bootID !== undefined ? { bootID } : {}),
  }
  if (kind === 'reply' || lastReply === undefined) return [fresh]
  const at = receivedAt - lastReply.ago
  return [{ node, ...witness, kind: 'reply', sentAt: at, at, bootID: lastReply.bootID }, fresh]
}
