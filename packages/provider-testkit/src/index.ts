export { runLiveTrial } from './cli/live/live.ts'
export type { LiveContext, LiveResult, LiveTrial } from './cli/live/live.ts'
export { createCloudModel } from './cloud/create-cloud-model.ts'
export type {
  ChangeCourse,
  CloudAction,
  CloudModel,
  CloudModelOptions,
  CloudServer,
  CloudUnit,
  CloudWindow,
  Holding,
} from './cloud/cloud-model.ts'
export { createHttpEmulator } from './http/emulator.ts'
export type {
  EmulatedAnswer,
  EmulatedRequest,
  Handler,
  HttpEmulator,
  HttpEmulatorOptions,
  LoggedRequest,
} from './http/emulator.ts'
export { createDigitalOceanEmulator } from './digitalocean/emulator.ts'
export type { DigitalOceanAccount, DigitalOceanEmulator, DigitalOceanEmulatorOptions } from './digitalocean/emulator.ts'
export { digitalOceanErrors } from './digitalocean/errors.ts'
export type { EmulatedFirewall, Firewalls } from './digitalocean/firewalls.ts'
export type { EmulatedAddress, EmulatedDroplet } from './digitalocean/objects.ts'
export type { RequestWindow } from './digitalocean/rate-limit.ts'
export type { DigitalOceanSwitches } from './digitalocean/switches.ts'
export type { Fault, FaultRule, Faults } from './http/fault.ts'
export { PortError } from './http/port-error.ts'
export { serveEmulator } from './http/serve-emulator.ts'
export type { ServedEmulator } from './http/serve-emulator.ts'
export { createNetcupEmulator } from './netcup/emulator.ts'
export type { NetcupAccount, NetcupEmulator, NetcupEmulatorOptions } from './netcup/emulator.ts'
export type { NetcupServer, NetcupServerState, NetcupUnit } from './netcup/cloud.ts'
export type { NetcupLogin } from './netcup/login.ts'
export { netcupErrors } from './netcup/rest-errors.ts'
export { soapFault } from './netcup/soap-envelope.ts'
export { netcupFaults } from './netcup/soap-routes.ts'
export type { NetcupSwitches } from './netcup/switches.ts'
export { createScalewayEmulator, scalewayZones } from './scaleway/emulator.ts'
export type { ScalewayAccount, ScalewayEmulator, ScalewayEmulatorOptions } from './scaleway/emulator.ts'
export type { Attachment, ScalewayIp, ScalewayIpState, ScalewayServer, ScalewayServerState } from './scaleway/cloud.ts'
export { scalewayErrors } from './scaleway/errors.ts'
export { scalewayIpamId } from './scaleway/ipam-routes.ts'
export type { ScalewaySwitches } from './scaleway/switches.ts'
export { createVirtualClock } from './virtual-clock.ts'
export type { AdvanceUntilOptions, VirtualClock, VirtualClockOptions } from './virtual-clock.ts'
