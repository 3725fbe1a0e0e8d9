/** Restore: every envelope of another computer comes back to a new data folder. `npm run bench -- restore ENVELOPES` for another number of them. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { postAll, preparePushes } from './bare-client.ts'
import { firstWorkspace, pause, startConsole } from './console.ts'
import { reportValue, roundsOr, temporaryFolder } from './measure.ts'
import { startPlatform } from './platform.ts'

const ENVELOPES = roundsOr(100_000)
const PUSHED_AT_ONCE = 10_000
/** What the engine's process may grow by while it restores. */
const GROWTH_MAX_MB = 64
const MB = 1_000_000

const folder = temporaryFolder()
const dataDir = join(folder.path, 'console')
const platformDir = join(folder.path, 'platform')
for (const path of [dataDir, platformDir]) mkdirSync(path)

const platform = await startPlatform(platformDir)
await platform.buy('team')
for (let pushed = 0; pushed < ENVELOPES; pushed += PUSHED_AT_ONCE) await postAll(platform, preparePushes(Math.min(PUSHED_AT_ONCE, ENVELOPES - pushed)))
const engine = await startConsole(dataDir, platform)
const workspaceId = await firstWorkspace(engine)
await pause(2_000)

let done = 0
let failed: string | null = null
const finished = new Promise<void>((resolve) => {
  engine.subscribe((event) => {
    if (event.event !== 'restore.progress') return
    const { progress } = event.payload
    done = progress.done
    if (progress.state === 'failed') failed = progress.detail
    if (progress.state === 'done' || progress.state === 'failed') resolve()
  })
})
globalThis.gc?.()
const before = process.memoryUsage().rss
const mappedBefore = mappedBytes()
let highest = before
const watching = setInterval(() => {
  highest = Math.max(highest, process.memoryUsage().rss)
}, 50)
const since = performance.now()
await engine.call('vault.restore', { workspaceId })
await finished
const seconds = (performance.now() - since) / 1000
clearInterval(watching)
if (failed !== null || done !== ENVELOPES) throw new Error(`${done} of ${ENVELOPES} envelopes came back: ${failed ?? 'it ended early'}`)
reportValue(`restore of ${ENVELOPES.toLocaleString('en')} envelopes, a second`, ENVELOPES / seconds, '/s', null)
reportValue('memory that the engine’s process grew by at most', (highest - before) / MB, 'MB', GROWTH_MAX_MB)
// Loaded with the first envelope, whoever brings it, and shared by all that run it: no restore can do without.
reportValue('of that, program code of LanceDB and other mapped files', (mappedBytes() - mappedBefore) / MB, 'MB', null)
await engine.stop()
await platform.stop()
folder.remove()
process.exit()

/** Not to be told apart elsewhere than on Linux. */
function mappedBytes(): number {
  return process.platform === 'linux' ? 1024 * Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) : 0
}
