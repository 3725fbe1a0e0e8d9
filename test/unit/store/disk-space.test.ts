import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDiskGuard, type DiskRoom, diskState, isDiskFullError, type StoreWarning } from '../../../main/engine/store/disk-space.ts'
import { DiskFullError } from '../../../main/engine/store/errors.ts'
import { SteppedClock } from '../intake/stepped-clock.ts'

const MB = 1_000_000
const MIB = 1024 * 1024
const RESERVE = 32 * MIB

function guard(room: DiskRoom | Error) {
  const clock = new SteppedClock()
  const heard: (StoreWarning | null)[] = []
  const state = { room }
  const disk = createDiskGuard({
    dataDir: '/nowhere',
    clock,
    changed: (warning) => heard.push(warning),
    readRoom: async () => {
      if (state.room instanceof Error) throw state.room
      return state.room
    },
  })
  return { clock, heard, state, disk }
}

const withCode = (code: string): Error => Object.assign(new Error('write failed'), { code })

describe('diskState', () => {
  it.each([
    ['plenty', { freeBytes: 100_000 * MB, totalBytes: 500_000 * MB }, 'ok'],
    ['500 MB of a large disk', { freeBytes: 500 * MB, totalBytes: 500_000 * MB }, 'ok'],
    ['a byte less', { freeBytes: 500 * MB - 1, totalBytes: 500_000 * MB }, 'low'],
    ['2 % of a small disk', { freeBytes: 200 * MB, totalBytes: 10_000 * MB }, 'ok'],
    ['a byte less than that', { freeBytes: 200 * MB - 1, totalBytes: 10_000 * MB }, 'low'],
    ['the reserve', { freeBytes: RESERVE, totalBytes: 10_000 * MB }, 'low'],
    ['a byte less than the reserve', { freeBytes: RESERVE - 1, totalBytes: 10_000 * MB }, 'full'],
    ['four reserves of a tiny disk', { freeBytes: 4 * RESERVE, totalBytes: 5 * RESERVE }, 'ok'],
  ] as const)('calls %s what it is', (_name, room, expected) => {
    expect(diskState(room, false, RESERVE)).toBe(expected)
  })

  it('believes failing writes rather than the file system', () => {
    expect(diskState({ freeBytes: 100_000 * MB, totalBytes: 500_000 * MB }, true, RESERVE)).toBe('full')
    expect(diskState(null, false, RESERVE)).toBe('ok')
  })
})

describe('the guard', () => {
  it('warns before the disk is full, then says full, then takes both back', async () => {
    const { disk, state, heard, clock } = guard({ freeBytes: 1_000 * MB, totalBytes: 500_000 * MB })
    await disk.start()
    expect(heard).toEqual([])
    state.room = { freeBytes: 400 * MB, totalBytes: 500_000 * MB }
    await clock.step(15_000)
    expect(heard.map((warning) => warning?.kind)).toEqual(['disk_low'])
    expect(heard[0]?.text).toContain('about 400 MB')
    state.room = { freeBytes: 399 * MB, totalBytes: 500_000 * MB }
    await clock.step(2_000)
    state.room = { freeBytes: 398 * MB, totalBytes: 500_000 * MB }
    await clock.step(2_000)
    expect(heard).toHaveLength(2)
    state.room = { freeBytes: 1 * MB, totalBytes: 500_000 * MB }
    await clock.step(2_000)
    expect(disk.state()).toBe('full')
    expect(disk.hasRoomFor(0)).toBe(false)
    state.room = { freeBytes: 1_000 * MB, totalBytes: 500_000 * MB }
    await clock.step(2_000)
    expect(heard.map((warning) => warning?.kind ?? null)).toEqual(['disk_low', 'disk_low', 'disk_full', null])
    expect(disk.hasRoomFor(0)).toBe(true)
    disk.stop()
    state.room = { freeBytes: 1 * MB, totalBytes: 500_000 * MB }
    await clock.step(60_000)
    expect(heard).toHaveLength(4)
  })

  it('counts what was written since the last reading, twice, since the log takes it too', async () => {
    const { disk } = guard({ freeBytes: RESERVE + 1_000, totalBytes: 500_000 * MB })
    expect(disk.hasRoomFor(10_000 * MB)).toBe(true)
    await disk.start()
    expect(disk.hasRoomFor(1_000)).toBe(true)
    expect(disk.hasRoomFor(1_001)).toBe(false)
    disk.noteWritten(200)
    expect(disk.hasRoomFor(600)).toBe(true)
    expect(disk.hasRoomFor(601)).toBe(false)
    await disk.check()
    expect(disk.hasRoomFor(1_000)).toBe(true)
    disk.stop()
  })

  it('reads again without waiting for its timer when much is written at once', async () => {
    const { disk, state, clock } = guard({ freeBytes: RESERVE + 10 * MB, totalBytes: 500_000 * MB })
    await disk.start()
    state.room = { freeBytes: RESERVE - 1, totalBytes: 500_000 * MB }
    disk.noteWritten(2.4 * MB)
    await clock.step(0)
    expect(disk.state()).toBe('low')
    disk.noteWritten(0.2 * MB)
    await clock.step(0)
    expect(disk.state()).toBe('full')
    disk.stop()
  })

  it('takes nothing for a while after a write failed, whatever the file system says', async () => {
    const { disk, heard, clock } = guard({ freeBytes: 100_000 * MB, totalBytes: 500_000 * MB })
    await disk.start()
    expect(disk.noteWriteError(new Error('something else'))).toBe(false)
    expect(disk.hasRoomFor(1)).toBe(true)
    expect(disk.noteWriteError(new DiskFullError(withCode('SQLITE_FULL')))).toBe(true)
    expect(disk.hasRoomFor(1)).toBe(false)
    await clock.step(4_999)
    expect(disk.hasRoomFor(1)).toBe(false)
    await clock.step(1)
    expect(disk.hasRoomFor(1)).toBe(true)
    await clock.step(2_000)
    expect(heard.map((warning) => warning?.kind ?? null)).toEqual(['disk_full', null])
    disk.stop()
  })

  it('lets writes through when the file system cannot say how full it is', async () => {
    const { disk, heard } = guard(new Error('not supported'))
    await disk.start()
    expect(disk.hasRoomFor(1_000)).toBe(true)
    expect(heard).toEqual([])
    disk.stop()
  })

  it('reads a real disk', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-disk-'))
    const disk = createDiskGuard({ dataDir, clock: new SteppedClock(), changed: () => {} })
    await disk.check()
    expect(disk.freeBytes()).toBeGreaterThan(0)
    await rm(dataDir, { recursive: true })
  })
})

it('knows the errors of a full disk', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) expect(isDiskFullError(withCode(code))).toBe(true)
  for (const other of [withCode('EACCES'), new Error('ENOSPC'), 'ENOSPC', null]) expect(isDiskFullError(other)).toBe(false)
})
