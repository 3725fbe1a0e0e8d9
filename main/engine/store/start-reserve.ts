import { existsSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { DiskGuard } from './disk-space.ts'

const FILE_NAME = 'start.reserve'
/** SQLite needs room for an index of each of its logs before it can read a single row, and a start writes a few rows. */
const RESERVE_BYTES = 2 * 1024 * 1024
const LOOK_AGAIN_MS = 60_000

export type StartReserve = { start(): void; stop(): Promise<void> }

/** Holds a little of the disk for the day on which it is full: given up, it lets the console start and say so. */
export function createStartReserve({ dataDir, disk, clock }: { dataDir: string; disk: Pick<DiskGuard, 'hasRoomFor'>; clock: Clock }): StartReserve {
  const path = join(dataDir, FILE_NAME)
  let cancel = (): void => undefined
  let making: Promise<void> = Promise.resolve()
  let started = false

  async function make(): Promise<void> {
    if (existsSync(path) || !disk.hasRoomFor(RESERVE_BYTES)) return
    const unfinished = `${path}.unfinished`
    try {
      const file = await open(unfinished, 'w', 0o600)
      try {
        await file.writeFile(Buffer.alloc(RESERVE_BYTES))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, path)
    } catch {
      // No room after all: there is nothing to hold.
      await rm(unfinished, { force: true })
    }
  }

  function look(): void {
    making = make().catch(() => undefined)
    void making.then(() => {
      if (started) cancel = clock.after(LOOK_AGAIN_MS, look)
    })
  }

  return {
    start() {
      started = true
      look()
    },
    async stop() {
      started = false
      cancel()
      await making
    },
  }
}

/** Gives the room free. Answers whether there was any. */
export function spendStartReserve(dataDir: string): boolean {
  const path = join(dataDir, FILE_NAME)
  if (!existsSync(path)) return false
  rmSync(path, { force: true })
  return true
}
