/**
 * Watches the room on the disk that holds the data folder. The intake asks before it takes a write, so that an
 * agent hears 507 while the outbox still has room to record what happens to the items that it already holds.
 */
import { statfs } from 'node:fs/promises'
import type { z } from 'zod'
import type { storeWarning } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import { DiskFullError, isDiskFull } from './errors.ts'

export type StoreWarning = z.infer<typeof storeWarning>

/** Room kept back: 16 MiB that SQLite’s log may still have to put into the table, and as much for the outbox’s own rows and the mover’s files. */
const RESERVE_BYTES = 32 * 1024 * 1024
/** Below this, or below 2 % of the disk where that is less, the person is warned. */
const LOW_BYTES = 500_000_000
const LOW_FRACTION = 0.02
const CALM_CHECK_MS = 15_000
const TIGHT_CHECK_MS = 2_000
/** After a write failed for want of room, so long nothing new is taken, whatever the disk says of itself (quotas are not seen by statfs). */
const FULL_HOLD_MS = 5_000
/** What is written goes to SQLite's log first and to its table afterwards: until the log is used again it takes the room twice. */
const COPIES_OF_A_WRITE = 2
/** A text per exact byte would make an event of every check: figures in words are rounded to this. */
const WORDS_STEP_BYTES = 10_000_000

export type DiskRoom = { freeBytes: number; totalBytes: number }
export type DiskState = 'ok' | 'low' | 'full'

export type DiskGuardOptions = {
  dataDir: string
  clock: Clock
  /** The warning to show from now on; null: none. Called only when it changes. */
  changed: (warning: StoreWarning | null) => void
  /** Reads the room of the disk; the real one by default. */
  readRoom?: (path: string) => Promise<DiskRoom>
  reserveBytes?: number
}

export type DiskGuard = {
  /** Reads the room once and goes on watching. Resolves after the first reading. */
  start(): Promise<void>
  stop(): void
  /** Reads the room now; for a wake from sleep, and for tests. */
  check(): Promise<void>
  state(): DiskState
  /** Free bytes at the last reading less what was taken since; null before the first reading. */
  freeBytes(): number | null
  /** Whether so many bytes may be taken without touching the reserve. */
  hasRoomFor(sizeBytes: number): boolean
  /** So many bytes were written: keeps `hasRoomFor` honest between two readings. */
  noteWritten(sizeBytes: number): void
  /** Says whether this error of a write means a full disk, and remembers it when so. */
  noteWriteError(error: unknown): boolean
  warning(): StoreWarning | null
}

export function createDiskGuard(options: DiskGuardOptions): DiskGuard {
  const { clock } = options
  const readRoom = options.readRoom ?? statfsRoom
  const reserveBytes = options.reserveBytes ?? RESERVE_BYTES
  let room: DiskRoom | null = null
  let writtenSinceReading = 0
  let failedUntil: number | null = null
  let current: StoreWarning | null = null
  let reading: Promise<void> | null = null
  let cancelTimer: (() => void) | null = null
  let running = false

  const freeBytes = (): number | null => (room === null ? null : Math.max(0, room.freeBytes - writtenSinceReading))
  const writesFail = (): boolean => failedUntil !== null && clock.monotonic() < failedUntil
  const state = (): DiskState => diskState(room === null ? null : { freeBytes: freeBytes() ?? 0, totalBytes: room.totalBytes }, writesFail(), reserveBytes)

  function announce(): void {
    const next = warningFor(state(), freeBytes(), clock.now())
    if (next?.kind === current?.kind && next?.text === current?.text) return
    current = next
    options.changed(current)
  }

  function check(): Promise<void> {
    // One at a time: what was written meanwhile would be taken off twice.
    reading ??= readOnce().finally(() => {
      reading = null
    })
    return reading
  }

  async function readOnce(): Promise<void> {
    const before = writtenSinceReading
    try {
      room = await readRoom(options.dataDir)
      // What was written while the reading was under way may or may not be in it: count it once more rather than never.
      writtenSinceReading -= before
    } catch {
      // A file system that cannot say how full it is must not stop the intake; a failing write still says it.
      room = null
      writtenSinceReading = 0
    }
    announce()
  }

  function schedule(): void {
    if (!running) return
    cancelTimer?.()
    cancelTimer = clock.after(state() === 'ok' ? CALM_CHECK_MS : TIGHT_CHECK_MS, () => {
      void check().then(schedule)
    })
  }

  return {
    async start() {
      running = true
      await check()
      schedule()
    },
    stop() {
      running = false
      cancelTimer?.()
      cancelTimer = null
    },
    check,
    state,
    freeBytes,
    hasRoomFor(sizeBytes) {
      if (writesFail()) return false
      const free = freeBytes()
      return free === null || free - sizeBytes >= reserveBytes
    },
    noteWritten(sizeBytes) {
      writtenSinceReading += COPIES_OF_A_WRITE * sizeBytes
      // A burst may fill the disk between two readings of the timer: read again before half of the room is used up.
      if (running && room !== null && writtenSinceReading > (room.freeBytes - reserveBytes) / 2) void check()
    },
    noteWriteError(error) {
      if (!isDiskFullError(error)) return false
      failedUntil = clock.monotonic() + FULL_HOLD_MS
      announce()
      schedule()
      return true
    },
    warning: () => current,
  }
}

/** Pure: how the disk stands. An unknown room counts as enough, unless writes fail. */
export function diskState(room: DiskRoom | null, writesFail: boolean, reserveBytes: number): DiskState {
  if (writesFail) return 'full'
  if (room === null) return 'ok'
  if (room.freeBytes < reserveBytes) return 'full'
  return room.freeBytes < lowMarkBytes(room.totalBytes, reserveBytes) ? 'low' : 'ok'
}

/** On a small disk 500 MB would warn from the first day on, so the lesser of the two marks counts, but never less than four reserves. */
function lowMarkBytes(totalBytes: number, reserveBytes: number): number {
  return Math.max(4 * reserveBytes, Math.min(LOW_BYTES, totalBytes * LOW_FRACTION))
}

function warningFor(state: DiskState, freeBytes: number | null, at: number): StoreWarning | null {
  switch (state) {
    case 'ok':
      return null
    case 'low':
      return { kind: 'disk_low', at, text: `The disk is nearly full: ${inWords(freeBytes)} left. Agents can still write. Make room soon.` }
    case 'full':
      return { kind: 'disk_full', at, text: 'The disk is full. What was stored is safe; new writes of agents are refused until there is room again.' }
  }
}

function inWords(bytes: number | null): string {
  if (bytes === null) return 'very little'
  const rounded = Math.floor(bytes / WORDS_STEP_BYTES) * WORDS_STEP_BYTES
  return rounded >= WORDS_STEP_BYTES ? `about ${rounded / 1_000_000} MB` : 'less than 10 MB'
}

const NODE_DISK_FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Whether an error of node:fs, better-sqlite3 or the store says that the disk, a quota or a file-size limit is full. */
export function isDiskFullError(error: unknown): boolean {
  if (error instanceof DiskFullError || isDiskFull(error)) return true
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && NODE_DISK_FULL_CODES.has(error.code)
}

async function statfsRoom(path: string): Promise<DiskRoom> {
  const found = await statfs(path)
  return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize }
}
