export { createScaleway, scaleway } from './scaleway.ts'
export type { ScalewaySettings } from './scaleway.ts'
export type { ReverseNames, ScalewayCredentials, ScalewayParameters } from './settings.ts'
export { unverifiedFacts } from './unverified-facts.ts'
