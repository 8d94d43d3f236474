import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { prepare, type PlacementInput } from '@failover-ip/core'
import { z } from 'zod'
import { createScene, settled } from './scene.ts'

const collector = z.custom<() => void>((value) => typeof value === 'function')

/** MiB of the largest input, and of a prepared placement above that. */
export function memoryOfPrepared(): { readonly input: number; readonly prepared: number } {
  setFlagsFromString('--expose-gc')
  const collect = collector.parse(runInNewContext('gc'))
  const used = (): number => {
    // What was left by others takes several collections.
    for (let times = 0; times < 10; times++) collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return (heapUsed + arrayBuffers) / 2 ** 20
  }
  const before = used()
  const input = largestInput()
  const withInput = used()
  const placement = prepare()
  placement.update(input)
  const memory = { input: Math.round(withInput - before), prepared: Math.round(used() - withInput) }
  // It is needed until here, or it would have been collected.
  console.log('memory MiB', memory, { proven: placement.update(input).certificate.proven })
  return memory
}

/** Apart, so that nothing on its way to the input stays on the stack. */
function largestInput(): PlacementInput {
  return settled(createScene({ items: 100_000, nodes: 5000, classes: 30, room: 'ample' }))
}
