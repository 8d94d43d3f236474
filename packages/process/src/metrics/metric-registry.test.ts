import { expect, test } from 'vitest'
import { createMetricRegistry } from './metric-registry.ts'

test("renders Prometheus' text format", () => {
  const registry = createMetricRegistry()
  const calls = registry.counter('calls_total', 'Calls.')
  const seconds = registry.histogram('seconds', 'Seconds.', [0.1, 1])
  registry.gauge('up', 'Up.', () => [{ labels: {}, value: 1 }])
  registry.total('seen_total', 'Seen.', () => [{ labels: {}, value: 7 }])
  calls.increment({ outcome: 'a "quoted"\\\n' })
  calls.increment({ outcome: 'a "quoted"\\\n' })
  for (const value of [0.1, 0.5, 5]) seconds.observe({ phase: 'total' }, value)
  expect(registry.render()).toBe(`# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{outcome="a \\"quoted\\"\\\\\\n"} 2
# HELP seconds Seconds.
# TYPE seconds histogram
seconds_bucket{phase="total",le="0.1"} 1
seconds_bucket{phase="total",le="1"} 2
seconds_bucket{phase="total",le="+Inf"} 3
seconds_sum{phase="total"} 5.6
seconds_count{phase="total"} 3
# HELP up Up.
# TYPE up gauge
up 1
# HELP seen_total Seen.
# TYPE seen_total counter
seen_total 7
`)
})

test('shows a gauge as it is at the scrape', () => {
  const registry = createMetricRegistry()
  const names = new Set(['a', 'b'])
  registry.gauge('info', 'Info.', () => [...names].map((name) => ({ labels: { name }, value: 1 })))
  names.delete('a')
  expect(registry.render()).not.toContain('name="a"')
  expect(registry.render()).toContain('info{name="b"} 1')
})
