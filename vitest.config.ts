import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@failover-ip/source'] },
  ssr: { resolve: { conditions: ['@failover-ip/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
