/**
 * Every number of the engine that no resource sets, in milliseconds unless the name says otherwise, each with its
 * reason.
 */
export const defaults = {
  /** Clouds answer changes in 0.1-2 s; a successor waits this long before it touches an operation that it finds open. */
  changeDeadline: 5000,
  /** A read pages through an account; nothing is lost when it is slow but time. */
  readDeadline: 10_000,
  /** A read that an escape waits for is begun a second time when the first one hangs: ten times what most of them take. */
  secondRead: 1000,
  /** How often the provider is asked where everything is, by one list per account. */
  driftInterval: 30_000,
  /** Nothing is changed on a read that was begun longer ago; more than a slow read takes, or it would never do. */
  freshRead: 15_000,
  /** A second look at something that surprised us, or that still shows the state before a change. */
  settleInterval: 1000,
  /** The first look after a change; most reads are right at once. */
  confirmInterval: 250,
  /** How often nodes are matched to servers again although they did not change: slots fill up by others' doing. */
  resolveInterval: 300_000,
  /** At least so long between two counts of slots that deletions have freed: many deletions are one question. */
  recountInterval: 10_000,
  /** Back-off of one FailoverIP, or one account, whose calls fail: first, and most. */
  firstBackOff: 1000,
  mostBackOff: 60_000,
  /** Where servers take one change at a time, an open one is waited for so long: three times what slow clouds take. */
  serverTurn: 30_000,
  /** What is busy is asked again soon, since a cloud's own work takes seconds: the longest wait while patience lasts. */
  mostBusyWait: 2000,
  /** How often in a row a target may be busy before another is tried: some 15 s, more than a cloud's own work takes. */
  patience: 8,
  /** ... and where the account has windows, since every try takes of them: one more. */
  scarcePatience: 1,
  /** A node that the provider refused for a unit is not tried again for this long. */
  refusalTime: 300_000,
  /** ... and where the refusal may be of the moment: as long as a glitch of a cloud lasts. */
  briefRefusalTime: 10_000,
  /** ... and for twice as long each time that it refuses again, without a success in between, up to this. */
  mostRefusalTime: 3_600_000,
  /** An intent is dated before it is stored and its change sent; the provider counts from the send. */
  sendMargin: 2000,
  /** A move that is no escape waits this long after the last one: flapping is bounded by it. */
  moveInterval: 60_000,
  /** An agent that carries an address later than this after a move was installed or repaired since: no phase of the move. */
  configuredWindow: 600_000,
  /** The agent of the holder answers in a moment; without an answer for so long somebody should look whether it runs. */
  agentPatience: 30_000,
  /** After a stop was asked for, own changes may settle for this long before they are left to the successor. */
  drainDeadline: 8000,
  /** After a write of a status failed or met a conflict, the input is given this long to show the new state: first, and most. */
  storeBackOff: 500,
  mostStoreBackOff: 10_000,
  /** A turn that a defect of ours breaks off is tried again after this at the latest: it may be a failover that waits. */
  mostTurnBackOff: 10_000,
  /** A provider operation still pending after this is read rather than polled. */
  pendingLimit: 600_000,
  /** Calls are remembered for so long after they have ended: the longest window that a cloud is known to count by, and a margin. */
  callMemory: 3_700_000,
  /** FailoverIPs that are being changed at once; the rest waits in order of priority. */
  concurrentChanges: 64,
  /** What goes with addresses, like firewall rules, is compared with the cloud so often though nothing has changed. */
  upkeepInterval: 300_000,
  /** ... and when that failed. */
  upkeepRetry: 60_000,
  /** A doubt about a holder is told after this time: longer than a verdict by probes takes, and than one lost packet matters. */
  doubtfulFor: 10_000,
  /** The rhythm of probes for nodes that hold nothing. */
  candidateProbeInterval: 2000,
  /** Witnesses whose turn comes within this time are asked with those whose it is: one look at everything for them all. */
  askedAlong: 500,
} as const
