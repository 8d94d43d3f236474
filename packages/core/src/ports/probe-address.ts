import ipaddr from 'ipaddr.js'

/** Where a probe goes. */
export interface ProbeAddress {
  /** IP address in canonical form. */
  readonly host: string
  /** `undefined`: the prober's own. */
  readonly port: number | undefined
}

/**
 * Reads a probe target: an IP address, `IPv4:port` or `[IPv6]:port`. Names are refused: what they mean may depend on the
 * node that is probed. Gives `undefined` for anything else.
 */
export function parseProbeAddress(text: string): ProbeAddress | undefined {
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):([1-9][0-9]{0,4})$/.exec(text)
  const host = canonicalAddress(withPort?.[1] ?? withPort?.[2] ?? text)
  if (host === undefined || (withPort?.[1] !== undefined && !host.includes(':'))) return undefined
  const port = withPort === null ? undefined : Number(withPort[3])
  return port !== undefined && port > 65_535 ? undefined : { host, port }
}

function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString()
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text).toRFC5952String() : undefined
}
