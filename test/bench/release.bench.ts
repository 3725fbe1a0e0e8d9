/** Release: 100,000 held envelopes leave after an upgrade that is paid in the sandbox, while the host's own thread must stay free. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { sealedSize } from '../../main/engine/vault/envelopes/envelope-format.ts'
import { runAgents } from './agents.ts'
import { fillFreePlan } from './bare-client.ts'
import { firstWorkspace, pause, residentBytes, startConsole, untilTally } from './console.ts'
import { median, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'
import { spanRate, startPlatform } from './platform.ts'
import { contentBytes } from './queue.ts'

const ROUNDS = roundsOr(3)
const HELD = 100_000
const MIB = 1024 * 1024
/** Shorter than a request's deadline: one is on its way while the platform stands still. */
const REST_MS = 12_000
/** The histogram counts its own resolution as delay. */
const RESOLUTION_MS = 1

type Round = { release: number; plain: number; delayP99Ms: number; delayMaxMs: number; growthBytes: number; firstAfterMs: number }

async function runRound(): Promise<Round> {
  const folder = temporaryFolder()
  const dataDir = join(folder.path, 'console')
  const platformDir = join(folder.path, 'platform')
  for (const path of [dataDir, platformDir]) mkdirSync(path)
  const contentText = contentBytes({ sealedSize }).toString('latin1')
  const platform = await startPlatform(platformDir)
  await fillFreePlan(platform)
  const engine = await startConsole(dataDir, platform)
  const workspaceId = await firstWorkspace(engine)
  const { secret } = await engine.call('subKeys.create', { workspaceId, name: 'bench' })
  const intakePort = Number(new URL(engine.intakeUrl).port)
  const write = (firstNo: number): Promise<number> => runAgents({ port: intakePort, secret, kind: 'batch', connections: 4, firstNo, total: HELD, contentText })

  await write(0)
  await untilTally(engine, workspaceId, (tally) => tally.held?.count === HELD)
  await pause(REST_MS)
  globalThis.gc?.()
  const before = residentBytes()
  let peak = before
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes())
  }, 100)
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const since = Date.now()
  const paidAt = await platform.buy('team')
  await untilTally(engine, workspaceId, (tally) => tally.delivered?.count === HELD)
  delay.disable()
  clearInterval(sampling)
  const released = platform.stored(since)

  platform.freeze()
  await write(HELD)
  await pause(REST_MS)
  const plainSince = Date.now()
  platform.thaw()
  await untilTally(engine, workspaceId, (tally) => tally.delivered?.count === 2 * HELD)
  const plain = platform.stored(plainSince)
  await engine.stop()
  await platform.stop()
  folder.remove()
  return {
    release: spanRate(released),
    plain: spanRate(plain),
    delayP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
    delayMaxMs: delay.max / 1e6 - RESOLUTION_MS,
    growthBytes: peak - before,
    firstAfterMs: released.firstAt - paidAt,
  }
}

console.log('Baseline: the same engine draining as many envelopes that were queued while the platform was out of reach.')
console.log('Subject: held by a full Free plan, Team bought through checkout, card form and webhook; the host’s thread checks and receives every event.')
const rounds: Round[] = []
for (let round = 0; round < ROUNDS; round += 1) rounds.push(await runRound())
const middle = (value: (round: Round) => number): number => median(rounds.map(value))
report(
  `release of ${HELD.toLocaleString('en')} held envelopes, against the plain drain`,
  middle(({ release }) => release),
  middle(({ plain }) => plain),
  '/s',
  { atLeast: 0.8 },
)
reportValue(
  'event-loop delay of the host’s thread during the release, p99',
  middle(({ delayP99Ms }) => delayP99Ms),
  'ms',
  10,
)
reportValue(
  'event-loop delay of the host’s thread during the release, longest',
  middle(({ delayMaxMs }) => delayMaxMs),
  'ms',
  null,
)
reportValue('memory growth of the process with engine and host (peak − before)', middle(({ growthBytes }) => growthBytes) / MIB, 'MB', 64)
reportValue(
  'first released envelope stored after the card was accepted',
  middle(({ firstAfterMs }) => firstAfterMs),
  'ms',
  1000,
)
process.exit()
