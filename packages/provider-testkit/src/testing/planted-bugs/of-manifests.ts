import type { PlantedBug } from './planted-bug.ts'

/** What a manifest promises and the cloud does not keep. */
export const bugsOfManifests: readonly PlantedBug[] = [
  {
    bug: 'promises more changes than the account may ask for',
    variant: 'jobs',
    foundBy: 'pace > takes 128 changes in a row, of a unit each',
    manifest: { accountWindows: [] },
  },
  {
    bug: 'promises twice as many changes as the account may ask for',
    variant: 'jobs',
    foundBy: 'pace > takes 40 changes in 3600 s, and is told when it is one too many',
    manifest: {
      accountWindows: [
        { mutations: 10, seconds: 300 },
        { mutations: 40, seconds: 3600 },
      ],
    },
  },
  {
    bug: 'promises that reads do not lag',
    variant: 'jobs',
    foundBy: 'observe > sees a change at once',
    manifest: { eventualReadSeconds: 0 },
  },
  {
    bug: 'promises that a unit can be changed again at once',
    variant: 'jobs',
    foundBy: 'pace > changes a unit again at once',
    manifest: { coolDownSeconds: 0 },
  },
  {
    bug: 'promises more slots than a server has',
    variant: 'strict',
    foundBy: 'limits > carries 4 units on one server',
    manifest: { slotsPerServer: 4 },
  },
  {
    bug: 'promises that a server takes two changes at a time',
    variant: 'jobs',
    foundBy: 'changes at one server > of two units run side by side',
    manifest: { oneChangePerServer: false },
  },
  {
    bug: 'promises a direct move where a release must come first',
    variant: 'strict',
    foundBy: 'assign, ipv4 > moves what is held elsewhere',
    manifest: { move: 'direct' },
  },
  {
    bug: 'promises that a unit goes to every place',
    variant: 'jobs',
    foundBy: 'limits > moves a unit to any location',
    manifest: { locationRule: null },
  },
  {
    bug: 'denies a release that it does',
    variant: 'jobs',
    foundBy: 'release > is refused as unsupported, changing nothing',
    manifest: { release: false },
  },
]
