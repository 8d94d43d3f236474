export type { AgentPorts } from './agent-ports.ts'
export { createAnchorBook } from './anchor/anchor-book.ts'
export type { AnchorBook, AnchorBookOptions } from './anchor/anchor-book.ts'
export { createAskMetadata } from './anchor/ask-metadata.ts'
export type { AskMetadata, AskMetadataOptions } from './anchor/ask-metadata.ts'
export { MetadataError } from './anchor/metadata-error.ts'
export type { MetadataErrorCode } from './anchor/metadata-error.ts'
export { CommandError } from './commands/command-error.ts'
export type { CommandErrorCode } from './commands/command-error.ts'
export { defineAgent } from './define-agent.ts'
export type { Agent } from './define-agent.ts'
export { AnswerError } from './network/answer-error.ts'
export type { Change } from './network/change.ts'
export { createIpNetwork } from './network/ip-network.ts'
export type { ChangeFailure, Network } from './network/network.ts'
export type {
  CarriedAddress,
  DeviceAddress,
  Link,
  NetworkState,
  Route,
  Translation,
  TranslationTable,
} from './network/network-state.ts'
export { addressMetric, translationTable } from './network/our-mark.ts'
export { createAddressPlane } from './plane/address-plane.ts'
export type { AddressPlane, AddressPlaneOptions, AddressReport } from './plane/address-plane.ts'
export type { Problem, ProblemCode } from './target/problem.ts'
export type { PublishedPlan } from './wanted/published-plan.ts'
export type { Wanted, WantedAddress } from './wanted/wanted-address.ts'
export { shareOfNode, wantedOf } from './wanted/share-of-node.ts'
export type { NodeShare } from './wanted/share-of-node.ts'
