export const serverVersionText: string = 'v1.36.0+failover-ip-local-cluster'

/** What `/version` answers: clients compare themselves with major and minor. */
export const serverVersion: Readonly<Record<string, string>> = {
  major: '1',
  minor: '36',
  gitVersion: serverVersionText,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'in-process',
}
