export interface BindAddress {
  /** Absent: every interface. */
  readonly host: string | undefined
  readonly port: number
}

/** `:8080`, `127.0.0.1:8080` or `[::1]:8080`; undefined for anything else. */
export function parseBindAddress(text: string): BindAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})$/.exec(text)
  if (match === null) return undefined
  const host = match[1] ?? match[2]
  const port = Number(match[3])
  return port > 65_535 ? undefined : { host: host === '' ? undefined : host, port }
}
