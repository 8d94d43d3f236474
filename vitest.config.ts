import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@failover-ip/source'] },
  ssr: { resolve: { conditions: ['@failover-ip/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    setupFiles: ['./scripts/property-seed.ts'],
    // Hours of virtual time take some seconds, and many on a busy machine.
    testTimeout: 60_000,
    // Modules keep no state, so that files may share them: a tenth of the time is saved.
    isolate: false,
    // Many tests wait for a cluster's clock more than they compute; the default leaves one core of two idle.
    maxWorkers: '100%',
  },
})
