import { explainer } from '../explain.ts'
import { place } from '../place.ts'
import type { PlacementInput } from '../placement-input.ts'
import type { DecidingLevel, RejectionCode } from '../placement-result.ts'
import { isStray } from './arbitrary-input.ts'
import { type Choice, levelNames, type LevelName, rate } from './objective.ts'
import { placedGreedily, watchExchanges } from './placed-by.ts'

/** What has come up in the inputs that were counted: a counter that stays 0 says what they do not try. */
export class Coverage {
  /** By the level that decided on an item's node. */
  readonly levels: Record<DecidingLevel, number> = {
    only: 0,
    sticky: 0,
    health: 0,
    preference: 0,
    home: 0,
    load: 0,
    hash: 0,
    none: 0,
  }
  /** By the first rule that rejected a node for an item. */
  readonly rejections: Record<RejectionCode, number> = {
    InvalidItem: 0,
    SpreadUndecidable: 0,
    NoServer: 0,
    WrongLocation: 0,
    SelectorMismatch: 0,
    TaintNotTolerated: 0,
    RefusedByProvider: 0,
    NoFreeSlot: 0,
    SpreadPerNode: 0,
    SpreadPerZone: 0,
    Dead: 0,
    Leaving: 0,
    Unfit: 0,
    Unstable: 0,
    WorseHealth: 0,
    LessPreferred: 0,
    HomeIsFit: 0,
    MoreLoaded: 0,
    TieBreak: 0,
  }
  /** By the first level on which the greedy steps alone would have been worse. Never moves: who is at home sits first. */
  readonly greedyWorse: Record<Exclude<LevelName, 'moves'>, number> = {
    service: 0,
    health: 0,
    liking: 0,
    away: 0,
    load: 0,
  }
  /** Cycles that were cancelled, by how many items each moved. */
  readonly exchanges = { ofOne: 0, ofTwo: 0, ofMore: 0 }

  count(input: PlacementInput): void {
    const choice = new Map<string, string | null>()
    for (const [name, { node, level }] of place(input).assignments) {
      this.levels[level] += 1
      choice.set(name, node)
    }
    const explain = explainer(input)
    for (const { name } of input.items) {
      for (const { code } of explain(name)?.rejections ?? []) this.rejections[code] += 1
    }
    watchExchanges(input, (cycle, { firstBranch }) => {
      // Whoever comes somewhere or goes from there does so through its branch.
      this.#countExchange(cycle.filter((vertex) => vertex >= firstBranch).length)
    })
    const level = firstLevelWorse(input, placedGreedily(input), choice)
    if (level !== undefined && level !== 'moves') this.greedyWorse[level] += 1
  }

  /** By what is counted, and what of it. */
  counters(): ReadonlyMap<string, Readonly<Record<string, number>>> {
    return new Map(
      Object.entries({
        'level that decided': this.levels,
        'rule that rejected': this.rejections,
        'level on which greedy is worse': this.greedyWorse,
        'items in an exchange': this.exchanges,
      }),
    )
  }

  #countExchange(items: number): void {
    this.exchanges[items <= 1 ? 'ofOne' : items === 2 ? 'ofTwo' : 'ofMore'] += 1
  }
}

function firstLevelWorse(input: PlacementInput, one: Choice, other: Choice): LevelName | undefined {
  const sound = { ...input, items: input.items.filter((item) => !isStray(item)) }
  const vector = rate(sound, one, true)
  const best = rate(sound, other, true)
  return levelNames(sound)[vector.findIndex((value, level) => value !== best[level])]
}
