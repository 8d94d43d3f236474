export { createNetcup } from './create-netcup.ts'
export type { NetcupSettings } from './create-netcup.ts'
export { netcup } from './netcup.ts'
export type { NetcupCredentials, NetcupParameters, RestCredentials, SoapCredentials } from './settings.ts'
