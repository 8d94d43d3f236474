export { defineOperator } from './define-operator.ts'
export type { Operator } from './define-operator.ts'
export type { OperatorPorts } from './operator-ports.ts'
export type { OperatorOptions } from './options/operator-options.ts'
export { StartError } from '@failover-ip/process'
export type {
  BindAddress,
  Connection,
  EndpointResponse,
  Endpoints,
  Environment,
  LogFormat,
  LogLevel,
  ProcessPort,
  ServedEndpoints,
  ServeEndpoints,
} from '@failover-ip/process'
