/**
 * Every reason that a condition may carry, with what it says. The list is closed: scripts and alerts may rely on it.
 * Reasons are added, never renamed.
 */
export const reasons = {
  // What is well.
  Serving: 'The addresses are where they belong, on a node that is fit.',
  Placed: 'A node was chosen.',
  Assigned: 'The provider routes every unit to the chosen node.',
  Configured: 'The agent of the node says that the node carries every address.',
  Published: 'The Service shows the addresses as those of its load balancer.',
  Accepted: 'The class is served by this operator.',
  Valid: 'The provider takes the credentials.',

  // What passes by itself.
  Pending: 'The operator has not looked at it yet.',
  Moving: 'The addresses are on their way to another node.',
  Held: 'The operator seems to be the blind one (it hears no node, or many died at once), so that moves wait.',
  CoolingDown: 'The provider allows the next change of this address only later.',
  AccountLimit: 'The account has used up its changes for now; the order is by priority.',
  RateLimited: 'The provider wants fewer requests.',
  Busy: 'The provider is at work on the address, or on the server it belongs on, and takes this change after that.',
  ProviderUnavailable: 'The provider gives no usable answer; the last known state is kept.',
  NoFreeSlot: 'The node that it belongs on is full until others have left it.',
  Configuring: 'The agent of the node has not answered to the present state yet.',
  Unsettled: 'The provider still shows the state before the last change.',
  Deleting: 'The object is being deleted and its addresses are released or retained.',

  // What somebody has to look at: the object.
  InvalidSpec: 'The spec cannot be read; the last good one keeps working.',
  InvalidStatus: 'The status was written by a version that this operator does not understand; nothing is changed.',
  AddressInUse: 'An older FailoverIP has the same address.',
  SharesRoutedUnit: 'An older FailoverIP has an address in the same routed unit, and a unit moves as a whole.',
  Paused: 'It is paused: observed, and nothing is changed.',
  DryRun: 'The operator runs with --dry-run: nothing is changed.',

  // What somebody has to look at: the Service that it names.
  ServiceNotFound: 'There is no Service of the name in its namespace.',
  NotLoadBalancer: 'The Service is not of type LoadBalancer.',
  FamilyMismatch: 'The Service has none of the families of the addresses.',
  ServiceTaken:
    'The load balancer of the Service is the business of somebody else, who is left alone; the message says whose.',
  ServiceNotWritten: 'The API server did not take the status of the Service; it is tried again.',

  // What somebody has to look at: the class.
  ClassNotFound: 'There is no class of the name.',
  NoDefaultClass: 'No class is named, and none is marked as the default; the one that served it before goes on.',
  SeveralDefaultClasses:
    'No class is named, and more than one is marked as the default; the one that served it before goes on.',
  ClassNotAccepted: 'The class has a problem of its own; see its conditions.',
  AddressNotAllowed: 'The class does not list the address.',
  NamespaceNotAllowed: 'The class does not select the namespace.',
  InvalidParameters: "The class's parameters are not those of the provider.",
  SecretNotFound: 'The Secret with the credentials does not exist.',
  InvalidSecret: 'The Secret lacks a key or has an unusable value.',
  CredentialsRefused: 'The provider refuses the credentials.',
  NotChecked: 'The provider has not answered yet, so that it is not known whether it takes the credentials.',
  MissingRight: 'The operator may not read something in Kubernetes; what it knew before keeps working.',

  NotInstalled: 'The API server does not know the kind: its custom resource definition is not installed.',

  // What somebody has to look at: the agents.
  NoAgent: 'No agent has reported on the node: install it, or set nodeConfiguration to Manual.',
  ReportOutdated: "The agent's report is of an earlier boot of the node.",
  AgentSilent: 'The agent of the node has not answered to the present state for half a minute.',
  NotCarried: 'The agent says that the node cannot carry an address; the message says why.',

  // What somebody has to look at: nodes and provider.
  NoNodes: 'The cluster has no nodes.',
  NoFitNode: 'No node satisfies the rules: location, selector, taints, free slots, spread, a server at the provider.',
  SpreadUndecidable:
    'Whether its spread group can be served is NP-hard to say, so that it is not tried; the message says what to change.',
  Preempted:
    'It gave its slot to one of higher priority; the message says to whom. It is served again when a slot is free.',
  LeastBad: 'No node is healthy; the addresses are on the least bad one.',
  UnitNotFound: 'The provider does not know the address, or the account does not own it.',
  UnitLocked: 'The provider refuses changes of the address until something is done there.',
  ForeignHolder: 'A server that this FailoverIP never recorded holds the address, and the policy is to refuse.',
  Drifted: 'Somebody else has moved the address.',
  Refused: 'The provider refuses the change.',
  ReleaseUnsupported: 'The provider cannot take an address from its server.',

  // What somebody has to report.
  InternalError: 'A defect of this operator keeps it from being handled; its addresses are left as they are.',
} as const

export type Reason = keyof typeof reasons

/** A stored one may be another version's. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(reasons, text)
}
