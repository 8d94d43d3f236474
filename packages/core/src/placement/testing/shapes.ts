import { preferring, role, type Shape, spreading } from './arbitrary-input.ts'
import { anywhere } from './fixture.ts'

const large: Partial<Shape> = { items: 13, nodes: 6 }
const calm: Partial<Shape> = { ...large, verdicts: ['healthy', 'healthy', 'healthy', 'suspect'], taints: ['none'] }

/** Inputs that are hard each in its own way; all but the last rarely leave room for anything else. */
export const shapes: Readonly<Record<string, Partial<Shape>>> = {
  ample: { ...calm, capacities: [null], spreads: [undefined] },
  tight: { ...large, capacities: [2, 2, 3], spreads: [undefined] },
  scarce: { ...large, capacities: [0, 1, 1, 2], spreads: [undefined] },
  'spread groups': { ...large, capacities: [null, 2, 3], spreads: [undefined, ...spreading] },
  'groups bound to a zone': {
    ...calm,
    items: 8,
    capacities: [0, 1, 1, 2],
    zones: [undefined],
    priorities: [0, 1, 1, 2, 3],
    eligibilities: [anywhere, { ...anywhere, nodeSelector: role.edge }, { ...anywhere, nodeSelector: role.inner }],
    preferences: [[]],
    spreads: [undefined, { group: 'bound', maxPerZone: 1 }, { group: 'bound', maxPerZone: 2, maxPerNode: 1 }],
  },
  'servers alike': {
    ...calm,
    items: 16,
    nodes: 8,
    verdicts: ['healthy'],
    unstable: [false],
    capacities: [2],
    homeless: 5,
    priorities: [0, 0, 1],
    eligibilities: [anywhere, { ...anywhere, location: 'x' }, { ...anywhere, nodeSelector: role.edge }],
    preferences: [[]],
    spreads: [undefined],
    failbacks: [undefined],
    refused: 0,
  },
  'unequal capacities': { ...calm, capacities: [1, 2, 3, 5, 8], spreads: [undefined], preferences: [[]] },
  preferences: {
    ...large,
    taints: ['none'],
    capacities: [null, 2, 3],
    preferences: preferring,
    spreads: [undefined],
    failbacks: [undefined, { delay: 0 }, { delay: 100 }],
  },
  'pre-emption': { ...large, capacities: [1, 1, 2], priorities: [0, 1, 2, 5], spreads: [undefined] },
  'cool-downs': { ...large, capacities: [1, 2, 3], refused: 4, preferences: [[]] },
  'refusals in a group that may choose the zone': {
    ...calm,
    items: 7,
    refused: 4,
    capacities: [null, 1, 2],
    spreads: [undefined, ...spreading.filter(({ group }) => group === 'twins')],
    preferences: [[]],
  },
  'bad health': {
    ...large,
    verdicts: ['suspect', 'leaving', 'leaving', 'unfit', 'unfit', 'dead'],
    taints: ['none'],
    capacities: [null, 2, 3],
    spreads: [undefined],
  },
  'bad input': { ...large, items: 8, strays: true },
  everything: large,
}
