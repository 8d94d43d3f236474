export type { AgentReport } from './domain/agent-report.ts'
export type { Account, SentChange } from './domain/account.ts'
export { mergeConditions } from './domain/condition.ts'
export type { ConditionDraft, ConditionType } from './domain/condition.ts'
export type {
  AddressStatus,
  Condition,
  FailoverIPSpec,
  FailoverIPStatus,
  MoveRecord,
  NodePreference,
  OperationRecord,
  PublishedTo,
  SpreadRule,
  Toleration,
} from './domain/failover-ip.ts'
export type { FailoverNodeStatus, NodeAddressStatus } from './domain/failover-node-status.ts'
export type { FailoverIPInput } from './domain/failover-ip-input.ts'
export { formatInstant, parseInstant } from './domain/instant.ts'
export type { NodeState, Taint } from './domain/node.ts'
export { overridePolicy } from './domain/policy.ts'
export type { Policy, PolicyOverrides } from './domain/policy.ts'
export type { Publication } from './domain/publication.ts'
export type { PublishedNodePlan } from './domain/published-node-plan.ts'
export { isReason, reasons } from './domain/reasons.ts'
export type { Reason } from './domain/reasons.ts'
export { assessHealth } from './health/assess-health.ts'
export { healthDefaults } from './health/defaults.ts'
export type { HealthDefaults } from './health/defaults.ts'
export { ConfigurationError } from '@failover-ip/provider'
export { createFailover } from './failover/create-failover.ts'
export { FailoverRunningError } from './failover/failover.ts'
export type { EventsDropped, Failover, LibraryEvent } from './failover/failover.ts'
export { probePathPatience, tellProbePaths } from './failover/tell-probe-paths.ts'
export type { ProbePathEvent, ProbePathState, ProbePathTelling } from './failover/tell-probe-paths.ts'
export type { Trouble } from './failover/trouble.ts'
export type { FailoverIPDefinition, FailoverNode, FailoverOptions, FailoverPorts } from './failover/failover-options.ts'
export type { HealthInput } from './health/health-input.ts'
export { recordEvidence } from './health/node-track.ts'
export type { NodeTrack, VantageTrack } from './health/node-track.ts'
export type { Health, NodeVerdict, Question, QuietSince, Verdict, VerdictReason } from './health/verdict.ts'
export { describeMove, movePhases } from './plan/move-record.ts'
export { explain } from './placement/explain.ts'
export { place } from './placement/place.ts'
export { prepare } from './placement/prepare.ts'
export type { PreparedPlacement, PrepareOptions } from './placement/prepare.ts'
export type {
  Eligibility,
  PlacementInput,
  PlacementItem,
  PlacementNode,
  PlacementServer,
} from './placement/placement-input.ts'
export type {
  Assignment,
  Certificate,
  DecidingLevel,
  Explanation,
  PlacementProblem,
  PlacementProblemCode,
  PlacementResult,
  Rejection,
  RejectionCode,
  UncertifiedReason,
} from './placement/placement-result.ts'
export { soleAuthority } from './ports/authority.ts'
export type { Authority } from './ports/authority.ts'
export type { LiveNode, NodeReader } from './ports/node-reader.ts'
export { parseProbeAddress } from './ports/probe-address.ts'
export type { ProbeAddress } from './ports/probe-address.ts'
export { noProber } from './ports/prober.ts'
export type { ProbeEvidence, Prober, ProbeTarget } from './ports/prober.ts'
export type { StateStore } from './ports/state-store.ts'
export type { StatusStore, StoreResult, StoreTarget } from './ports/status-store.ts'
export type { Engine, EngineInput, EngineOptions, EngineState } from './reconcile/engine-options.ts'
export type { FailoverEvent, MoveCause, MovePhases } from './reconcile/failover-event.ts'
export { operationNames } from './routing/provider-call.ts'
export type { ProviderCall } from './routing/provider-call.ts'
export { unitOf } from './domain/unit.ts'
export { createEngine } from './reconcile/create-engine.ts'
export { standByTargets } from './reconcile/stand-by-targets.ts'
export { createStandingProber } from './reconcile/standing-prober.ts'
export type { ProbePath, StandingProber } from './reconcile/standing-prober.ts'
export { cloudTime } from './routing/cloud-time.ts'
export type { CloudTime } from './routing/cloud-time.ts'
export { DeadlineExceededError, untilAborted, withDeadline } from './routing/deadline.ts'
export type { Deadline } from './routing/deadline.ts'
export { decorateRouting } from './routing/decorate-routing.ts'
export type { RoutingDecoration } from './routing/decorate-routing.ts'
export { AuthorityLostError, guardChanges } from './routing/guard-changes.ts'
