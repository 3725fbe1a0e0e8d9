/** The desktop's main thread while 20,000 envelopes are drained: how late its timers come, against the same thread with nothing to do. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { drainProgress } from '../../main/desktop/surroundings/drain-progress.ts'
import { drawGauge } from '../../main/desktop/surroundings/gauge-icon.ts'
import { createMeterWatch } from '../../main/desktop/surroundings/meter-watch.ts'
import { noticeFor, nothingSaid } from '../../main/desktop/surroundings/notices.ts'
import { trayViewOf } from '../../main/desktop/surroundings/worst-meter.ts'
import { sealedSize } from '../../main/engine/vault/envelopes/envelope-format.ts'
import { runAgents } from './agents.ts'
import { fillFreePlan } from './bare-client.ts'
import { firstWorkspace, pause, startConsole, untilTally } from './console.ts'
import { median, reportValue, roundsOr, temporaryFolder } from './measure.ts'
import { startPlatform } from './platform.ts'
import { contentBytes } from './queue.ts'

const ROUNDS = roundsOr(3)
const HELD = 20_000
const IDLE_MS = 5_000
/** The histogram counts its own resolution as delay. */
const RESOLUTION_MS = 1

/** 99 of a hundred timers of this thread come at most so late while something is under way. */
async function lateness(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  await work()
  delay.disable()
  return delay.percentile(99) / 1e6 - RESOLUTION_MS
}

async function runRound(): Promise<{ idleMs: number; drainMs: number }> {
  const folder = temporaryFolder()
  const dataDir = join(folder.path, 'console')
  const platformDir = join(folder.path, 'platform')
  for (const path of [dataDir, platformDir]) mkdirSync(path)
  const platform = await startPlatform(platformDir)
  await fillFreePlan(platform)
  const engine = await startConsole(dataDir, platform)
  const workspaceId = await firstWorkspace(engine)
  const { secret } = await engine.call('subKeys.create', { workspaceId, name: 'bench' })
  const contentText = contentBytes({ sealedSize }).toString('latin1')
  await runAgents({ port: Number(new URL(engine.intakeUrl).port), secret, kind: 'batch', connections: 4, firstNo: 0, total: HELD, contentText })
  await untilTally(engine, workspaceId, (tally) => tally.held?.count === HELD)

  // What the desktop does on this thread with everything that the engine says; the copy is what sending it to the window makes.
  const meters = createMeterWatch({
    call: async (name, input) => ({ ok: true, value: await engine.call(name, input as never) }),
    changed({ readings, heldCount }) {
      const { tone, percent } = trayViewOf(readings, heldCount)
      drawGauge({ tone, percent, sizePixels: 32, template: false })
    },
    report: (line) => console.warn(line),
  })
  let said = nothingSaid
  engine.subscribe((event) => {
    structuredClone(event)
    meters.note(event)
    said = noticeFor(event, said).said
    if (event.event === 'outbox.changed') drainProgress([event.payload.drain])
  })
  meters.start()
  await pause(3_000)

  const idleMs = await lateness(() => pause(IDLE_MS))
  const drainMs = await lateness(async () => {
    await platform.buy('team')
    await untilTally(engine, workspaceId, (tally) => tally.delivered?.count === HELD)
  })
  meters.stop()
  await engine.stop()
  await platform.stop()
  folder.remove()
  return { idleMs, drainMs }
}

console.log('The work of the desktop’s main thread, without Electron: events checked, copied, turned into tray, progress and notices.')
const rounds: { idleMs: number; drainMs: number }[] = []
for (let round = 0; round < ROUNDS; round += 1) rounds.push(await runRound())
const idle = median(rounds.map(({ idleMs }) => idleMs))
const drain = median(rounds.map(({ drainMs }) => drainMs))
reportValue('main thread’s delay, p99, with nothing to do', idle, 'ms', null)
reportValue('main thread’s delay, p99, during a drain of 20,000 envelopes, more than that', drain - idle, 'ms', 10)
process.exit()
