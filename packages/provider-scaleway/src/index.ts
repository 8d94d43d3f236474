export { createScaleway, scaleway } from './scaleway.ts'
export type { ScalewaySettings } from './scaleway.ts'
export type { ScalewayCredentials, ScalewayParameters } from './settings.ts'
