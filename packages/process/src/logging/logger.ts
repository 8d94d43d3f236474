import type { Clock } from '@failover-ip/provider'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export const logFormats = ['json', 'text'] as const
export type LogFormat = (typeof logFormats)[number]

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Structured lines about what the process does. Secrets that are known are taken out of every line. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export interface LoggerOptions {
  readonly clock: Clock
  readonly level: LogLevel
  readonly format: LogFormat
  /** Takes one line with its line end. */
  readonly write: (line: string) => void
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string
}

export function createLogger(options: LoggerOptions): Logger {
  const { clock, write, redact } = options
  const least = logLevels.indexOf(options.level)
  const lineOf = options.format === 'json' ? jsonLine : textLine
  const log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(level) < least) return
    write(`${redact(lineOf(new Date(clock.now()).toISOString(), level, message, fields))}\n`)
  }
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  }
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time, level, message, ...fields })
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}=${typeof value === 'string' ? JSON.stringify(value) : value}`],
  )
  return `${time} ${level.toUpperCase().padEnd(5)} ${singleLine(message)}${pairs.join('')}`
}

function singleLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}
