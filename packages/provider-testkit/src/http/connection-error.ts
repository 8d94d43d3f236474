/** How a broken connection looks to `fetch`: a `TypeError` whose cause carries the system's code. */
export function connectionError(kind: 'refused' | 'reset'): TypeError {
  const cause =
    kind === 'refused'
      ? Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })
      : Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  return new TypeError('fetch failed', { cause })
}
