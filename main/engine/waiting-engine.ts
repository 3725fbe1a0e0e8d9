import type { Result } from '../../shared/contract/console.ts'
import type { Clock } from './base/clock.ts'
import type { Engine } from './running-engine.ts'
import { type FullDiskDoor, openFullDiskDoor } from './intake/full-disk-door.ts'
import { isDiskFullError } from './store/disk-space.ts'
import { DiskFullError } from './store/errors.ts'

const TRY_AGAIN_MS = 2_000

/**
 * An engine on a disk without a free byte, where the stores cannot even be opened: agents are answered 507, and as soon as there is
 * room the real one takes its place by itself.
 */
export async function startWaitingEngine({
  port,
  clock,
  report,
  start,
}: {
  /** Of the agents' door; 0: any. */
  port: number
  clock: Clock
  report: (line: string) => void
  /** Starts the real one with the agents' door at this port. */
  start: (port: number) => Promise<Engine>
}): Promise<Engine> {
  let door: FullDiskDoor | null = await openFullDiskDoor(port)
  const doorPort = door.port
  let engine: Engine | null = null
  let stopped = false
  let trying: Promise<void> = Promise.resolve()
  let cancel = (): void => undefined
  report('The disk is full: the stores cannot be opened. Agents are answered 507 until there is room')

  async function tryAgain(): Promise<void> {
    try {
      await door?.close()
      door = null
      engine = await start(doorPort)
      report('There is room on the disk again')
    } catch (error) {
      if (!isDiskFullError(error)) report(`The stores could not be opened: ${error instanceof Error ? error.name : 'unknown error'}`)
      if (stopped) return
      door = await openFullDiskDoor(doorPort)
      plan()
    }
  }

  function plan(): void {
    if (stopped) return
    cancel = clock.after(TRY_AGAIN_MS, () => {
      trying = tryAgain()
    })
  }
  plan()

  return {
    get intakePort() {
      return engine?.intakePort ?? doorPort
    },
    call: (name, input) => engine?.call(name, input) ?? Promise.resolve(diskFull()),
    power: (state) => engine?.power(state),
    noteRequest(note) {
      if (engine === null) throw new DiskFullError(null)
      return engine.noteRequest(note)
    },
    noteLeftOut: (name, leftOut) => engine?.noteLeftOut(name, leftOut),
    noteAnswer: (row, status, durationMs) => engine?.noteAnswer(row, status, durationMs),
    async stop() {
      stopped = true
      cancel()
      await trying
      await door?.close()
      await engine?.stop()
    },
  }
}

function diskFull(): Result<never> {
  return { ok: false, error: new DiskFullError(null).toError() }
}
