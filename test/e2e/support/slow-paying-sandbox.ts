/**
 * A sandbox that is started like the built one, with what a test cannot wait or hope for: its Polar delivers no webhook, a payment takes a few
 * seconds to settle, and at SIGUSR2 a day passes. Bundled by `bundle-sandbox.ts`.
 */
import { parseArgs } from 'node:util'
import { type Clock, systemClock } from '../../../main/sandbox/clock.ts'
import { startSandbox } from '../../../main/sandbox/server.ts'

const SETTLE_MS = 4_000
const DAY_MS = 86_400_000

let passedMs = 0
const clock: Clock = { ...systemClock, now: () => systemClock.now() + passedMs }
const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' }, 'no-history': { type: 'boolean' } } })
const sandbox = await startSandbox({
  port: Number(values.port),
  dataDir: values.data ?? '',
  clock,
  polar: { deliverWebhooks: 'never', settleMs: SETTLE_MS },
  report: (error) => console.error(error),
})
process.on('SIGUSR2', () => {
  passedMs += DAY_MS
})
process.once('SIGTERM', () => void sandbox.stop().then(() => process.exit(0)))
console.log(`Tidemark sandbox listens on ${sandbox.url}`)
