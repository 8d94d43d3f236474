export { createModelNetwork } from './model-network.ts'
export type { ModelNetwork } from './model-network.ts'
export { plainNode } from './plans.ts'
