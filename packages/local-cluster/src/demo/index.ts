export type { ClusterView } from './cluster-view.ts'
export { withDemo } from './run-demo.ts'
export type { DemoContext, RunningDemo } from './run-demo.ts'
export { hasMovedFrom, isBack, isServed } from './scripted-failover.ts'
