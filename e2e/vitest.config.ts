import { defineConfig } from 'vitest/config'
import { ByPath } from './harness/by-path.ts'

const conditions = ['@failover-ip/source']
const shared = {
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
}
const serial = { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }

export default defineConfig({
  test: {
    // One file at a time over all projects: the machine is shared, and so is each project's cluster.
    fileParallelism: false,
    sequence: { sequencer: ByPath },
    teardownTimeout: 90_000,
    projects: [
      {
        ...shared,
        test: {
          ...serial,
          name: 'packages',
          include: ['packages/**/*.e2e.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          ...serial,
          name: 'agent',
          include: ['agent/**/*.e2e.ts'],
          globalSetup: ['agent/global-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          ...serial,
          name: 'api',
          include: ['api/**/*.e2e.ts'],
          globalSetup: ['api/global-setup.ts'],
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...shared,
        test: {
          ...serial,
          name: 'cluster',
          include: ['nodes/**/*.e2e.ts'],
          globalSetup: ['nodes/global-setup.ts'],
          sequence: { groupOrder: 3 },
        },
      },
      {
        ...shared,
        test: {
          ...serial,
          name: 'chart',
          include: ['chart/**/*.e2e.ts'],
          globalSetup: ['chart/global-setup.ts'],
          sequence: { groupOrder: 4 },
        },
      },
      {
        ...shared,
        test: {
          ...serial,
          name: 'failover',
          include: ['failover/**/*.e2e.ts'],
          globalSetup: ['failover/global-setup.ts'],
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
})
