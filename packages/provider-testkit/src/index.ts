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
export type { Fault, FaultRule, Faults } from './http/fault.ts'
export { serveEmulator } from './http/serve-emulator.ts'
export type { ServedEmulator } from './http/serve-emulator.ts'
export { createScalewayEmulator, scalewayZones } from './scaleway/emulator.ts'
export type { ScalewayAccount, ScalewayEmulator, ScalewayEmulatorOptions } from './scaleway/emulator.ts'
export type { Attachment, ScalewayIp, ScalewayIpState, ScalewayServer, ScalewayServerState } from './scaleway/cloud.ts'
export { scalewayErrors } from './scaleway/errors.ts'
export type { ScalewaySwitches } from './scaleway/switches.ts'
export { createVirtualClock } from './virtual-clock.ts'
export type { AdvanceUntilOptions, VirtualClock, VirtualClockOptions } from './virtual-clock.ts'
