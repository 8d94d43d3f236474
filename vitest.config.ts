import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@failover-ip/source'] },
  ssr: { resolve: { conditions: ['@failover-ip/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
    // Many tests wait for a cluster's clock more than they compute; the default leaves one core of two idle.
    maxWorkers: '100%',
  },
})
