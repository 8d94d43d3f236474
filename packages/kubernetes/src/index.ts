export { ApiError, apiErrorOf, isApiError, isGone } from './client/api-error.ts'
export type { ApiErrorCause, ApiErrorDetails, ApiErrorOptions } from './client/api-error.ts'
export { createKubernetesClient } from './client/kubernetes-client.ts'
export type { CallOptions, DeleteOptions, KubernetesClient, PatchType } from './client/kubernetes-client.ts'
export { objectKey, parseObject } from './client/kubernetes-object.ts'
export type {
  KubernetesObject,
  ObjectDraft,
  ObjectMetadata,
  ObjectParse,
  OwnerReference,
} from './client/kubernetes-object.ts'
export type { ListOptions, ObjectList, Selection } from './client/list-objects.ts'
export {
  apiVersionOf,
  collectionPath,
  eventResource,
  leaseResource,
  namespaceResource,
  nodeResource,
  objectPath,
  secretResource,
  serviceResource,
} from './client/resource-type.ts'
export type { ObjectName, ResourceType } from './client/resource-type.ts'
export { createEventWriter } from './events/event-writer.ts'
export type { EventRecord, EventWriter, EventWriterOptions } from './events/event-writer.ts'
export { createLeaderElection, LeadershipLostError, ScopeDidNotEndError } from './leader-election/leader-election.ts'
export type {
  LeaderElection,
  LeaderElectionEvent,
  LeaderElectionOptions,
  LeaderScope,
} from './leader-election/leader-election.ts'
export { defaultLeaderElectionTiming, leaderElectionTimingProblem } from './leader-election/leader-election-timing.ts'
export type { LeaderElectionTiming } from './leader-election/leader-election-timing.ts'
export type { LeaseOptions } from './leader-election/lease-store.ts'
export type { ChangeHandler } from './reflector/change-feed.ts'
export type { CacheChange, CacheEntry, ObjectCache } from './reflector/object-cache.ts'
export { createReflector } from './reflector/reflector.ts'
export type { Reflector, ReflectorOptions } from './reflector/reflector.ts'
export type { ReflectorState } from './reflector/reflector-health.ts'
export type { ReflectorProblem, ReflectorProblemCode } from './reflector/reflector-problem.ts'
export { compareResourceVersions } from './reflector/resource-version.ts'
export { createResourceVersionGate } from './reflector/resource-version-gate.ts'
export type { ResourceVersionGate } from './reflector/resource-version-gate.ts'
export { crds, printCrd, printCrds } from './resources/crds.ts'
export type { CustomResourceDefinition } from './resources/crds.ts'
export type {
  FailoverIPClassSpec,
  FailoverIPClassStatus,
  LabelSelector,
  LabelSelectorRequirement,
  RecentOperation,
} from './resources/failover-ip-class.ts'
export { canonicalAddress, canonicalCidr } from './resources/canonical-address.ts'
export type { FieldError } from './resources/field-error.ts'
export { matchesLabels } from './resources/label-selector.ts'
export {
  parseConditions,
  parseFailoverIP,
  parseFailoverIPClass,
  parseFailoverIPClassStatus,
  parseFailoverIPStatus,
  parseFailoverNode,
} from './resources/parse-resource.ts'
export type {
  ParsedFailoverIP,
  ParsedFailoverIPClass,
  ParsedFailoverNode,
  ParseProblem,
  ParseResult,
  ResourceIdentity,
} from './resources/parse-resource.ts'
export {
  abandonAnnotation,
  apiGroup,
  apiVersion,
  defaultClassAnnotation,
  failoverIPClassResource,
  failoverIPResource,
  failoverNodeResource,
  finalizer,
} from './resources/resource-types.ts'
export { validateFailoverIP, validateFailoverIPClass } from './resources/validate-resource.ts'
export { setCondition } from './status/condition.ts'
export type { ConditionUpdate, ClassConditionType } from './status/condition.ts'
export { createStatusWriter } from './status/status-writer.ts'
export type { StatusTarget, StatusWriter, StatusWriterOptions, StatusWriteResult } from './status/status-writer.ts'
export { formatDuration, parseDuration } from './time/duration.ts'
export { createKubernetesTransport } from './transport/create-kubernetes-transport.ts'
export type { ConnectedTransport, KubernetesTransportOptions } from './transport/create-kubernetes-transport.ts'
export type { KubeConfigSource } from './transport/kube-config.ts'
export type { KubernetesRequest, KubernetesResponse, KubernetesTransport } from './transport/kubernetes-transport.ts'
export { createNodeTransport } from './transport/node-transport.ts'
export type { ClosableTransport, NodeTransportOptions } from './transport/node-transport.ts'
export { TransportError } from './transport/transport-error.ts'
export type { TransportErrorOptions } from './transport/transport-error.ts'
export { version } from './version.ts'
export type { Priority } from './work-queue/ready-keys.ts'
export { runWorkers } from './work-queue/run-workers.ts'
export type { WorkersOptions, WorkResult } from './work-queue/run-workers.ts'
export { createWorkQueue } from './work-queue/work-queue.ts'
export type { WorkQueue, WorkQueueOptions } from './work-queue/work-queue.ts'
