export type { AccountWindow, Capabilities } from './capabilities.ts'
export { configureProvider } from './configured-provider.ts'
export type { ConfiguredProvider, OpenContext } from './configured-provider.ts'
export type { Clock } from './clock.ts'
export { defineProvider } from './define-provider.ts'
export { isProviderError, ProviderError } from './errors.ts'
export type { Outcome, ProviderErrorCode, ProviderErrorOptions } from './errors.ts'
export type { JsonValue } from './json.ts'
export { ManifestError } from './manifest-error.ts'
export type { NodePlan } from './node-plan.ts'
export type { Observation } from './observation.ts'
export type { CallOptions, MutationResult, Provider, ProviderContext, Routing } from './provider.ts'
export type { NodeFacts, ServerMatch, ServerReference, ServerState } from './server.ts'
export { parseSettings } from './settings.ts'
export type { SettingsResult } from './settings.ts'
export type {
  StandardIssue,
  StandardResult,
  StandardSchema,
  StandardSchemaProperties,
} from './standard-schema.ts'
