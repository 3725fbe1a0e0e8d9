import { defineConfig } from 'vitest/config'

/**
 * Three suites. `unit` touches neither network nor disk (or only a temporary folder), `engine` runs real databases and real servers on
 * loopback, `faults` kills processes and fills disks; its files run one after the other, or they would disturb each other's timing.
 */
const shared = {
  environment: 'node' as const,
  // The native modules (SQLite, LanceDB) do not survive being unloaded with a worker thread that ends in mid-write: each file gets a process.
  pool: 'forks' as const,
  isolate: true,
  unstubGlobals: true,
  restoreMocks: true,
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 } },
      { test: { ...shared, name: 'engine', include: ['test/engine/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { ...shared, name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
