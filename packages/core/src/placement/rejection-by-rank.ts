import type { Claim } from './claim.ts'
import type { BrokenRule } from './hard-rules.ts'
import type { Solution } from './solution.ts'

/** Why a target that the claim could have had is not the one chosen. */
export function rejectionByRank(solution: Solution, claim: Claim, index: number): BrokenRule {
  const target = solution.targets[index]
  const chosenIndex = solution.targetOf(claim)
  const chosen = solution.targets[chosenIndex]
  if (target === undefined || chosen === undefined) throw new RangeError('both must be targets of the solution')
  const name = target.node.name
  const other = chosen.node.name
  if (target.node.verdict === 'dead') return { code: 'Dead', message: `${name} is dead.` }
  if (target.node.verdict === 'leaving') return { code: 'Leaving', message: `${name} is about to leave.` }
  if (target.node.verdict === 'unfit') return { code: 'Unfit', message: `${name} is alive, but not fit to serve.` }
  if (target.penalty > chosen.penalty) {
    return target.node.unstable && !chosen.node.unstable && target.penalty === chosen.penalty + 1
      ? { code: 'Unstable', message: `${name} failed lately, ${other} did not.` }
      : { code: 'WorseHealth', message: `${name} is in worse health than ${other}.` }
  }
  if (chosenIndex === claim.home) return { code: 'HomeIsFit', message: `It is at ${other} already, which is fit.` }
  const load = solution.loadOf(index)
  const chosenLoad = solution.loadOf(chosenIndex) - 1
  if (load > chosenLoad) {
    return { code: 'MoreLoaded', message: `Without it, ${name} has ${load} items and ${other} ${chosenLoad}.` }
  }
  return { code: 'TieBreak', message: `${name} would be as good as ${other}; a fixed tie-break decides.` }
}
