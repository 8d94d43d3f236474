/** The first of the moments that are known. */
export function earliest(moments: Iterable<number | undefined>): number | undefined {
  let first: number | undefined
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment
  return first
}
