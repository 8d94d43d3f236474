import { readFileSync } from 'node:fs'

/** RSS counts the Node.js binary's own pages, RssAnon does not. */
export function memoryOf(pid: number | undefined): { readonly rssMB: number; readonly rssAnonMB: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string): number =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024)
  return { rssMB: megabytes('VmRSS'), rssAnonMB: megabytes('RssAnon') }
}

/** User and system time that the process has used; Linux counts in hundredths. */
export function processorSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
