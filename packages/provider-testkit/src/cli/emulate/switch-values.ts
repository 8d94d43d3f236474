import { z } from 'zod'

/** A switch of two positions, from its text. */
export function trueOrFalse(): z.ZodType<boolean, 'true' | 'false'> {
  return z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')
}

/** A number, from its text. */
export function numberFrom(least: number): z.ZodType<number, unknown> {
  const problem = `must be a number, at least ${least}`
  return z.coerce.number(problem).min(least, problem)
}
