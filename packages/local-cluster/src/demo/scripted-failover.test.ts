import type { FailoverIPStatus } from '@failover-ip/core'
import { describe, expect, it } from 'vitest'

import type { ClusterView } from './cluster-view.ts'
import { hasMovedFrom, isBack, isServed, runScriptedFailover } from './scripted-failover.ts'
import type { ScriptContext } from './scripted-failover.ts'

const time = '2026-03-01T10:04:05.000Z'
const nodes = ['node-1', 'node-2', 'node-3']

function viewOf(status: FailoverIPStatus, ready: 'True' | 'False' = 'True', bootID = 'first'): ClusterView {
  const condition = { type: 'Ready', status: ready, reason: 'Serving', message: '', lastTransitionTime: time }
  return {
    failoverIP: { name: 'web', addresses: ['192.0.2.1'], status, ready: condition },
    nodes: nodes.map((name) => ({ name, ready: 'True', cordoned: false, bootID })),
    leader: undefined,
    events: [],
  }
}

const onNode1 = viewOf({ node: 'node-1' })
const move = { reason: 'NodeDead', from: 'node-1', to: 'node-2', startedAt: time, confirmedAt: time }
const onNode2 = viewOf({ node: 'node-2', lastMove: move })

/** A cluster that shows one view after the other; `server` is where the cloud routes to at each of them. */
function play(scenes: readonly { readonly view: ClusterView; readonly server: string }[]): {
  readonly context: ScriptContext
  readonly done: string[]
} {
  const done: string[] = []
  let now = 0
  const scene = (): { readonly view: ClusterView; readonly server: string } | undefined => scenes[now]
  const view = (): ClusterView => scene()?.view ?? onNode1
  const context: ScriptContext = {
    cluster: {
      nodes: {
        powerOff: (name) => void done.push(`off ${name}`),
        powerOn: (name) => void done.push(`on ${name}`),
      },
      cloud: { title: 'Acme', units: ['192.0.2.1/32', '2001:db8::/64'], holder: () => scene()?.server },
    },
    watch: {
      view,
      first: async (fits) => {
        while (!fits(view()) && now < scenes.length - 1) now += 1
        return fits(view()) ? view() : undefined
      },
    },
    say: () => undefined,
    signal: new AbortController().signal,
  }
  return { context, done }
}

describe('what the script waits for', () => {
  it('an address is served by a Ready FailoverIP that has a node', () => {
    expect(isServed(onNode1)).toBe(true)
    expect(isServed(viewOf({}))).toBe(false)
    expect(isServed(viewOf({ node: 'node-1' }, 'False'))).toBe(false)
  })

  it('a move is over once it is confirmed elsewhere', () => {
    expect(hasMovedFrom(onNode2, 'node-1')).toBe(true)
    expect(hasMovedFrom(onNode2, 'node-2')).toBe(false)
    const { confirmedAt: _confirmedAt, ...open } = move
    expect(hasMovedFrom(viewOf({ node: 'node-2', lastMove: open }), 'node-1')).toBe(false)
    expect(hasMovedFrom(viewOf({ node: 'node-2', lastMove: move }, 'False'), 'node-1')).toBe(false)
  })

  it('a node is back after another boot alone', () => {
    expect(isBack(onNode1, 'node-1', 'first')).toBe(false)
    expect(isBack(onNode1, 'node-1', 'before')).toBe(true)
    expect(isBack(onNode1, 'node-9', 'before')).toBe(false)
  })
})

describe('the script', () => {
  it('switches the holder off and on again and tells the move', async () => {
    const booted = viewOf({ node: 'node-2', lastMove: move }, 'True', 'second')
    const { context, done } = play([
      { view: onNode1, server: 'node-1' },
      { view: onNode2, server: 'node-2' },
      { view: booted, server: 'node-2' },
    ])
    const result = await runScriptedFailover(context)
    expect(result).toMatchObject({ from: 'node-1', to: 'node-2' })
    expect(result.split).toContain('in all')
    expect(done).toEqual(['off node-1', 'on node-1'])
  })

  it('fails with the stage and the state when the address does not come back', async () => {
    const { context } = play([{ view: onNode1, server: 'node-1' }])
    await expect(runScriptedFailover(context)).rejects.toThrow(
      'Moving the address away from node-1 took more than 30 s. It is on node-1: ',
    )
  })

  it('does not believe a status that the cloud contradicts', async () => {
    const { context } = play([
      { view: onNode1, server: 'node-1' },
      { view: onNode2, server: 'node-1' },
    ])
    await expect(runScriptedFailover(context)).rejects.toThrow(
      /The status says node-2, but Acme routes 192\.0\.2\.1\/32 to node-1/u,
    )
  })

  it('fails when the address does not stay', async () => {
    const backAgain = viewOf({ node: 'node-1', lastMove: { ...move, from: 'node-2', to: 'node-1' } }, 'True', 'second')
    const { context } = play([
      { view: onNode1, server: 'node-1' },
      { view: onNode2, server: 'node-2' },
      { view: viewOf({ node: 'node-2', lastMove: move }, 'True', 'second'), server: 'node-2' },
      { view: backAgain, server: 'node-1' },
    ])
    await expect(runScriptedFailover(context)).rejects.toThrow('The address did not stay on node-2.')
  })
})
