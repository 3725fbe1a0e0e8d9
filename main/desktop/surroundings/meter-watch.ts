import { calls, type ConsoleEvent, type Overview, type Workspace } from '../../../shared/contract/console.ts'
import type { EngineHost } from '../../bridge/engine-host.ts'
import type { MeterReading } from './worst-meter.ts'

/** One look at all workspaces in this time: a drain changes its counters with every push. */
const lookEveryMs = 2_000
/** After a look that failed, as while the engine is being started again. */
const lookAgainMs = 10_000
/** Topics that change what is read here. */
const meterTopics: readonly string[] = [...calls['workspaces.list'].topics, ...calls['overview.read'].topics]

export type MeterWatch = {
  start(): void
  stop(): void
  note(event: ConsoleEvent): void
  /** As of the last look. */
  workspaces(): readonly { id: string; name: string }[]
}

export type MeterWatchInput = {
  call: EngineHost['call']
  changed: (state: { readings: MeterReading[]; heldCount: number; holding: string[] }) => void
  report: (line: string) => void
}

/** Knows the meters of all workspaces, from the engine's own read models: nothing is computed here. */
export function createMeterWatch({ call, changed, report }: MeterWatchInput): MeterWatch {
  let workspaces: Workspace[] = []
  const readings = new Map<string, MeterReading[]>()
  /** Null: all of them. */
  let stale: Set<string> | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const look = async (): Promise<void> => {
    const due = stale
    stale = new Set()
    // The router's check is not on this way: the engine and its host are one program.
    const list = await call('workspaces.list', {})
    if (!list.ok) throw new Error(list.error.code)
    workspaces = list.value as Workspace[]
    for (const id of readings.keys()) if (!workspaces.some((workspace) => workspace.id === id)) readings.delete(id)
    for (const { id, name } of workspaces) {
      if (due !== null && !due.has(id) && readings.has(id)) continue
      const read = await call('overview.read', { workspaceId: id })
      if (read.ok) readings.set(id, readingsOf(id, name, read.value as Overview))
    }
    if (stopped) return
    changed({
      readings: [...readings.values()].flat(),
      heldCount: workspaces.reduce((sum, { queue }) => sum + queue.held, 0),
      holding: workspaces.filter(({ queue }) => queue.held > 0).map(({ id }) => id),
    })
  }
  const lookSoon = (delayMs: number): void => {
    if (stopped) return
    timer ??= setTimeout(() => {
      look()
        .catch(() => {
          stale = null
          report('The meters of the tray could not be read')
        })
        .finally(() => {
          timer = undefined
          if (stale === null) lookSoon(lookAgainMs)
          else if (stale.size > 0) lookSoon(lookEveryMs)
        })
    }, delayMs)
  }
  const mark = (workspaceId: string | null): void => {
    if (workspaceId === null) stale = null
    else stale?.add(workspaceId)
    lookSoon(lookEveryMs)
  }

  return {
    start: () => lookSoon(0),
    stop() {
      stopped = true
      clearTimeout(timer)
    },
    note(event) {
      if (event.event === 'workspaces.changed') mark(null)
      else if (event.event === 'cache.changed' && event.payload.topics.some((topic) => meterTopics.includes(topic))) mark(event.payload.workspaceId)
      // What is held is counted beside the meters.
      else if (event.event === 'outbox.changed' || event.event === 'release.finished') mark(event.payload.workspaceId)
    },
    workspaces: () => workspaces,
  }
}

function readingsOf(workspaceId: string, workspaceName: string, { meters }: Overview): MeterReading[] {
  return meters.map(({ name, percent, level }) => ({ workspaceId, workspaceName, name, percent, level }))
}
