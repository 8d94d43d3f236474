import { describe, expect, it } from 'vitest'

import type { ClusterView, FailoverIPView, NodeReport } from './cluster-view.ts'
import { clockTime } from './clock-time.ts'
import { renderView } from './render-view.ts'
import type { Screen } from './render-view.ts'
import { paintLine } from './styled-line.ts'

const now = Date.parse('2026-03-01T10:05:10Z')
const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`)

const moved: FailoverIPView = {
  name: 'web',
  addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'],
  status: {
    node: 'node-2',
    lastMove: {
      reason: 'NodeDead',
      from: 'node-1',
      to: 'node-2',
      startedAt: '2026-03-01T10:04:00.000Z',
      detectedAt: '2026-03-01T10:04:00.700Z',
      decidedAt: '2026-03-01T10:04:00.700Z',
      acceptedAt: '2026-03-01T10:04:00.800Z',
      confirmedAt: '2026-03-01T10:04:05.000Z',
    },
  },
  ready: {
    type: 'Ready',
    status: 'True',
    reason: 'Serving',
    message: 'On node-2.',
    lastTransitionTime: '2026-03-01T10:04:05Z',
  },
}

const node = (name: string, more: Partial<NodeReport> = {}): NodeReport => ({
  name,
  ready: 'True',
  cordoned: false,
  bootID: 'boot',
  ...more,
})

const view: ClusterView = {
  failoverIP: moved,
  nodes: [node('node-1', { ready: 'Unknown' }), node('node-2'), node('node-3', { cordoned: true })],
  leader: { name: 'replica-2', renewedAt: at('10:05:09') },
  events: [{ at: at('10:04:01'), type: 'Warning', reason: 'NodeDead', note: 'node-1 silent at the leader' }],
}

const screen: Screen = {
  view,
  machines: new Map([
    ['node-1', { powered: false, partitioned: false }],
    ['node-2', { powered: true, partitioned: false }],
    ['node-3', { powered: true, partitioned: true }],
  ]),
  replicas: [
    { name: 'replica-1', startedAt: undefined },
    { name: 'replica-2', startedAt: at('10:00:00') },
  ],
  deeds: [{ at: at('10:04:00'), text: 'node-1 loses its power' }],
  pending: undefined,
  now,
  columns: 100,
}

const textOf = (shown: Screen): readonly string[] =>
  renderView(shown).map((line) => paintLine(line, { columns: shown.columns, color: false }).trimEnd())

describe('the live view', () => {
  it('says where the address is, since when, why, and how it came there', () => {
    expect(textOf(screen).slice(0, 4)).toEqual([
      'web  Ready  51.15.129.35  2001:bc8:710:3c3b::1',
      `  on node-2 since ${clockTime(at('10:04:05'))} (1 min 5 s)`,
      '  node-1 died.',
      '  node-1 -> node-2 in 5.0s (detected 0.7 decided 0.0 accepted 0.1 confirmed 4.2)',
    ])
  })

  it('shows each machine, what Kubernetes says of it, and which one holds the address', () => {
    expect(textOf(screen).slice(6, 9)).toEqual([
      '  1 node-1  no power  NotReady',
      '> 2 node-2  running   Ready',
      '  3 node-3  cut off   Ready     cordoned',
    ])
  })

  it('says what is wrong while it is', () => {
    const ready = { ...moved.ready, type: 'Ready', status: 'False', reason: 'Moving' } as const
    const message = 'On the way from node-1 to node-2.'
    const lastTransitionTime = '2026-03-01T10:05:03Z'
    const moving = { ...moved, ready: { ...ready, message, lastTransitionTime } }
    const lines = textOf({ ...screen, view: { ...view, failoverIP: moving } })
    expect(lines[0]).toContain('web  Moving')
    expect(lines[1]).toBe(`  on node-2 since ${clockTime(at('10:05:03'))} (7 s)`)
    expect(lines[2]).toBe('  Moving: On the way from node-1 to node-2.')
  })

  it('does not take a Lease for that of a replica that was started later', () => {
    expect(textOf(screen)).toContain('  replica-1 is down, replica-2 leads')
    const replicas = [{ name: 'replica-2', startedAt: at('10:05:10') }]
    expect(textOf({ ...screen, replicas })).toContain('  replica-2 stands by')
  })

  it('tells deeds and events in the order in which they happened', () => {
    const lines = textOf(screen)
    const deed = lines.findIndex((line) => line.endsWith('node-1 loses its power'))
    expect(lines[deed + 1]).toMatch(/NodeDead node-1 silent at the leader$/u)
  })

  it('keeps its height as events come', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({ at: index, type: 'Normal', reason: 'Moved', note: '' }))
    const more = { ...screen, view: { ...view, events } }
    expect(renderView(more)).toHaveLength(renderView(screen).length)
  })

  it('explains every key on a narrow terminal too', () => {
    const lines = textOf({ ...screen, columns: 40 })
    const help = lines.slice(lines.findIndex((line) => line.startsWith('1-3 power')))
    expect(help.join('   ')).toBe('1-3 power off/on   p+N partition   c+N cordon   k kill the leading replica   q quit')
  })

  it('has something to say before there is anything', () => {
    const empty = { failoverIP: undefined, nodes: [], leader: undefined, events: [] }
    expect(textOf({ ...screen, view: empty })[0]).toBe('There is no FailoverIP.')
  })
})
