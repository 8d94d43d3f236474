export { parseBindAddress } from './http/bind-address.ts'
export type { BindAddress } from './http/bind-address.ts'
export type { EndpointResponse, Endpoints } from './http/endpoint.ts'
export { serveEndpoints } from './http/serve-endpoints.ts'
export type { ServedEndpoints, ServeEndpoints } from './http/serve-endpoints.ts'
export { serveHealthAndMetrics } from './http/serve-health-and-metrics.ts'
export { errorText } from './logging/error-text.ts'
export { logClusterProblems } from './logging/log-cluster-problems.ts'
export type { ClusterProblemLog } from './logging/log-cluster-problems.ts'
export { logTrouble } from './logging/log-trouble.ts'
export { createLogger, logFormats, logLevels } from './logging/logger.ts'
export type { LogFields, LogFormat, Logger, LoggerOptions, LogLevel } from './logging/logger.ts'
export { createRedaction } from './logging/redaction.ts'
export type { Redaction } from './logging/redaction.ts'
export { createMetricRegistry } from './metrics/metric-registry.ts'
export type { Counter, Histogram, Labels, MetricRegistry, Sample } from './metrics/metric-registry.ts'
export { helpText } from './options/help-text.ts'
export { misspeltVariables } from './options/misspelt-variables.ts'
export { readSettings } from './options/read-settings.ts'
export type { Command, ReadSettings, SettingProblem, SettingsSource, SettingValues } from './options/read-settings.ts'
export {
  bindAddressSetting,
  durationSetting,
  kubeconfigSetting,
  logSettings,
  matches,
  oneOfSetting,
  portSetting,
  switchSetting,
  variableOf,
} from './options/setting.ts'
export type { Setting } from './options/setting.ts'
export { connect } from './program/connection.ts'
export type { Connect, Connection } from './program/connection.ts'
export { processPort } from './program/process-port.ts'
export type { Environment, ProcessPort } from './program/process-port.ts'
export { runProgram } from './program/run-program.ts'
export type { ProgramPorts, Task } from './program/run-program.ts'
export { StartError } from './start-error.ts'
