import { parseProbeAddress } from '@failover-ip/core'
import { z } from 'zod'

const milliseconds = z
  .number()
  .refine((value) => value >= 1 && value <= 3_600_000, 'must be a number of milliseconds from 1 to 3600000')

/** An address alone, of one family. */
const address = (family: 'IPv4' | 'IPv6') =>
  z.string().refine((text) => {
    const { host, port } = parseProbeAddress(text) ?? {}
    return host !== undefined && port === undefined && host.includes(':') === (family === 'IPv6')
  }, `must be an ${family} address without a port`)

const callable = z.custom<object>((value) => typeof value === 'function', 'must be a function')

/** The form of `TcpProberOptions`. */
export const optionsSchema: z.ZodType<unknown> = z.strictObject({
  interval: milliseconds.optional(),
  timeout: milliseconds.optional(),
  port: z.int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535').optional(),
  lieTestAddress: address('IPv4').optional(),
  lieTestAddressIPv6: address('IPv6').optional(),
  onLieTest: callable.optional(),
  clock: z.custom<object>((value) => typeof value === 'object' && value !== null, 'must be a clock').optional(),
  connect: callable.optional(),
})
