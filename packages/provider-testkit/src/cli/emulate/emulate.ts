import { parseSettings } from '@failover-ip/provider'
import type { Clock } from '@failover-ip/provider'
import { z } from 'zod'
import { PortError } from '../../http/port-error.ts'
import { serveEmulator } from '../../http/serve-emulator.ts'
import type { EmulateOptions, EmulatedAccount, EmulatedCloud } from './emulated-account.ts'
import { emulatedDigitalOcean } from './emulated-digitalocean.ts'
import { emulatedNetcup } from './emulated-netcup.ts'
import { emulatedScaleway } from './emulated-scaleway.ts'

export interface EmulateContext {
  readonly clock: Clock
  readonly write: (text: string) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface EmulateCommand {
  readonly cloud: string
  /** 0: any that is free. */
  readonly port: number
  readonly latencyMs: number
  /** As given: text by name. */
  readonly switches: Readonly<Record<string, string>>
}

type Opened = { readonly account: EmulatedAccount; readonly title: string; readonly switches: object }
type OpenResult = Opened | { readonly problem: string }

interface Cloud {
  open(options: EmulateOptions, switches: EmulateCommand['switches']): Promise<OpenResult>
  /** `name=default` each, with what it takes where that is a few words. */
  switches(): Promise<readonly string[]>
}

/** The clouds by name. */
const clouds: Readonly<Record<string, Cloud>> = {
  scaleway: cloudOf(emulatedScaleway),
  netcup: cloudOf(emulatedNetcup),
  digitalocean: cloudOf(emulatedDigitalOcean),
}

export const emulatedClouds: readonly string[] = Object.keys(clouds)

/** Serves the emulator of a cloud on the loopback until the signal ends it. Gives a problem in words, if there is one. */
export async function emulate(command: EmulateCommand, context: EmulateContext): Promise<string | undefined> {
  const { clock, write, signal } = context
  const cloud = clouds[command.cloud]
  if (cloud === undefined) return `There is no cloud "${command.cloud}"; there are ${emulatedClouds.join(', ')}.`
  const opened = await cloud.open({ clock, latencyMs: command.latencyMs }, command.switches)
  if ('problem' in opened) return opened.problem
  const { account } = opened
  const served = await serveEmulator(
    async (request) => {
      const { length } = account.requests
      const response = await account.handle(request)
      for (const { method, path, status, effect } of account.requests.slice(length)) {
        if (effect !== null) write(`${method} ${path} ${status ?? 'unanswered'}: ${effect}\n`)
      }
      return response
    },
    { port: command.port },
  ).catch((error: unknown) => {
    if (error instanceof PortError) return { problem: `${error.message} Choose another with --port.` }
    throw error
  })
  if ('problem' in served) return served.problem
  write(describe(opened, served.url))
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await served.close()
  return undefined
}

/** All switches of all clouds, for the help. */
export async function describeSwitches(): Promise<string> {
  const sections = Object.entries(clouds).map(async ([name, cloud]) => {
    const lines = (await cloud.switches()).map((line) => `  ${line}\n`)
    return `Switches of ${name}:\n${lines.join('')}`
  })
  return (await Promise.all(sections)).join('')
}

function cloudOf<Switches extends object>(cloud: EmulatedCloud<Switches>): Cloud {
  const open: Cloud['open'] = async (options, given) => {
    const parsed = await parseSettings(cloud.switches, given)
    if (!parsed.ok) return { problem: `--switch: ${parsed.problems.join('; ')}.` }
    const account = cloud.open({ ...options, switches: parsed.value })
    return { account, title: cloud.title, switches: parsed.value }
  }
  const switches: Cloud['switches'] = async () => {
    const defaults = await parseSettings(cloud.switches, {})
    const known = cloud.switches['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })['properties']
    const properties = z
      .record(z.string(), z.object({ enum: z.array(z.string()).default([]) }))
      .catch({})
      .parse(known)
    return Object.entries(defaults.ok ? defaults.value : {}).map(([name, value]) => {
      const words = properties[name]?.enum ?? []
      return `${name}=${String(value)}${words.length === 0 ? '' : `  (${words.join(' or ')})`}`
    })
  }
  return { open, switches }
}

function describe({ account, title, switches }: Opened, url: string): string {
  const { credentials, servers, units } = account
  const pairs = (values: object): readonly string[] => Object.entries(values).map(([name, value]) => `${name}=${value}`)
  const sections: Readonly<Record<string, readonly string[]>> = {
    credentials: pairs(credentials),
    parameters: pairs(account.parameters(url)),
    servers: servers.map(({ name, reference, location }) => `${name}  ${reference}  in ${location}`),
    addresses: units.map(({ unit, holder, location }) => `${unit}  in ${location}, with ${holder ?? 'nobody'}`),
    switches: pairs(switches),
  }
  const lines = Object.entries(sections).flatMap(([name, values]) =>
    values.map((value, index) => `  ${(index === 0 ? name : '').padEnd(12)} ${value}`),
  )
  return [`${title}, emulated at ${url}`, ...lines, 'Turn a switch with --switch NAME=VALUE. Ctrl-C ends it.', ''].join(
    '\n',
  )
}
