import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { conformanceReport } from './conformance-report.ts'

/**
 * A reporter for vitest that prints the results of `testProvider` as a table for a README, and nothing else.
 *
 * @example
 * npx vitest run --reporter=@failover-ip/provider-testkit/reporter > CONFORMANCE.md
 */
// oxlint-disable-next-line import/no-default-export -- vitest takes a reporter that is named by its path so
export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const report = conformanceReport(tests.map((test) => ({ path: pathOf(test), state: test.result().state })))
    process.stdout.write(report)
  }
}

function pathOf(test: TestCase): readonly string[] {
  const path = [test.name]
  for (let at = test.parent; at.type === 'suite'; at = at.parent) path.unshift(at.name)
  return path
}
