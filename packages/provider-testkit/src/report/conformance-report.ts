/** One test of the conformance suite, as vitest names it. */
export interface ConformanceResult {
  /** The groups around it and its title, the outermost first. */
  readonly path: readonly string[]
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
}

const contract = /^(.+) keeps the provider contract(?:, (.+))?$/

interface Counts {
  readonly passed: number
  readonly failed: number
}

/**
 * What the conformance suite found, as a table in Markdown for a README: a row for each part of the contract, a column for
 * each run of `testProvider` with its `title`. Other tests are left out.
 *
 * @example
 * conformanceReport([{ path: ['acme keeps the provider contract', 'observe', 'finds all of many'], state: 'passed' }])
 */
export function conformanceReport(results: readonly ConformanceResult[]): string {
  const providers = Map.groupBy(
    results.flatMap(({ path: [suite = '', part = ''], state }) => {
      const [, provider, title = 'as it is'] = contract.exec(suite) ?? []
      return provider === undefined ? [] : [{ provider, title, part, state }]
    }),
    ({ provider }) => provider,
  )
  return [...providers]
    .map(([provider, tests]) => {
      const titles = [...new Set(tests.map(({ title }) => title))]
      const parts = [...new Set(tests.map(({ part }) => part))]
      const countOf = (title: string, part?: string): Counts => {
        const found = tests.filter((test) => test.title === title && (part === undefined || test.part === part))
        const inState = (state: string): number => found.filter((test) => test.state === state).length
        return { passed: inState('passed'), failed: inState('failed') }
      }
      return [
        `| ${provider} | ${titles.join(' | ')} |`,
        `|---|${titles.map(() => '--:').join('|')}|`,
        ...parts.map((part) => `| ${part} | ${titles.map((title) => cell(countOf(title, part))).join(' | ')} |`),
        `| all | ${titles.map((title) => cell(countOf(title))).join(' | ')} |`,
        '',
      ].join('\n')
    })
    .join('\n')
}

function cell({ passed, failed }: Counts): string {
  if (failed > 0) return `**${failed} of ${passed + failed} failed**`
  return passed === 0 ? '' : String(passed)
}
