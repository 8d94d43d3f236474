/** Label values of one series, by label name. */
export type Labels = Readonly<Record<string, string>>

export interface Counter {
  increment(labels: Labels): void
}

export interface Histogram {
  observe(labels: Labels, value: number): void
}

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Metrics in Prometheus' text format. */
export interface MetricRegistry {
  counter(name: string, help: string): Counter
  /** Bucket bounds ascending; `+Inf` is added. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram
  /** Asked at each scrape, so that a series is gone as soon as its object is. */
  gauge(name: string, help: string, collect: () => readonly Sample[]): void
  /** A counter that is kept elsewhere, asked at each scrape. */
  total(name: string, help: string, collect: () => readonly Sample[]): void
  render(): string
}

interface Series {
  readonly labels: Labels
  readonly buckets: number[]
  sum: number
  count: number
}

/** Labels come from closed lists; this keeps a mistake from filling the memory. */
const maximumSeries = 10_000

export function createMetricRegistry(): MetricRegistry {
  const metrics: (() => readonly string[])[] = []
  const head = (name: string, help: string, type: string): readonly string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
  ]
  const collected =
    (type: 'gauge' | 'counter'): MetricRegistry['gauge'] =>
    (name, help, collect) => {
      metrics.push(() => [
        ...head(name, help, type),
        ...collect().map(({ labels, value }) => line(name, labels, value)),
      ])
    }
  return {
    counter: (name, help) => {
      const series = new Map<string, { readonly labels: Labels; value: number }>()
      metrics.push(() => [
        ...head(name, help, 'counter'),
        ...[...series.values()].map(({ labels, value }) => line(name, labels, value)),
      ])
      return {
        increment: (labels) => {
          const key = keyOf(labels)
          const known = series.get(key)
          if (known !== undefined) known.value++
          else if (series.size < maximumSeries) series.set(key, { labels, value: 1 })
        },
      }
    },
    histogram: (name, help, bounds) => {
      const series = new Map<string, Series>()
      metrics.push(() => [
        ...head(name, help, 'histogram'),
        ...[...series.values()].flatMap((each) => histogramLines(name, bounds, each)),
      ])
      return {
        observe: (labels, value) => {
          const key = keyOf(labels)
          const known = series.get(key) ?? { labels, buckets: bounds.map(() => 0), sum: 0, count: 0 }
          if (!series.has(key) && series.size < maximumSeries) series.set(key, known)
          bounds.forEach((bound, index) => {
            if (value <= bound) known.buckets[index] = (known.buckets[index] ?? 0) + 1
          })
          known.sum += value
          known.count++
        },
      }
    },
    gauge: collected('gauge'),
    total: collected('counter'),
    render: () => `${metrics.flatMap((metric) => metric()).join('\n')}\n`,
  }
}

function histogramLines(name: string, bounds: readonly number[], { labels, buckets, sum, count }: Series): string[] {
  const lines = bounds.map((bound, index) =>
    line(`${name}_bucket`, { ...labels, le: String(bound) }, buckets[index] ?? 0),
  )
  return [
    ...lines,
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels))
}
