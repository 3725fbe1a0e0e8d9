import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseWindowMemory, readWindowMemory, writeWindowMemory } from '../../../main/desktop/window/window-memory.ts'
import { placeWindow } from '../../../main/desktop/window/window-place.ts'

const laptop = { x: 0, y: 0, width: 1440, height: 860 }
const right = { x: 1440, y: 0, width: 1920, height: 1040 }
const place = { x: 1600, y: 100, width: 1000, height: 700, maximized: false }

describe('where the window opens', () => {
  test('the first time in the middle of the first screen', () => {
    expect(placeWindow(null, [laptop])).toEqual({ x: 80, y: 10, width: 1280, height: 840, maximized: false })
  })
  test('where it was', () => {
    expect(placeWindow(place, [laptop, right])).toEqual(place)
    expect(placeWindow({ ...place, maximized: true }, [laptop, right]).maximized).toBe(true)
  })
  test('in the middle of the first screen, at its size, when its screen is gone', () => {
    expect(placeWindow(place, [laptop])).toEqual({ x: 220, y: 80, width: 1000, height: 700, maximized: false })
  })
  test('never with its title bar out of reach', () => {
    expect(placeWindow({ ...place, y: -300 }, [laptop, right])).toMatchObject({ x: 220, y: 80 })
    expect(placeWindow({ ...place, y: 1020 }, [laptop, right])).toMatchObject({ x: 220, y: 80 })
    expect(placeWindow({ ...place, x: 3300 }, [laptop, right])).toMatchObject({ x: 220, y: 80 })
  })
  test('half outside is fine as long as it can be grasped', () => {
    expect(placeWindow({ ...place, x: -880 }, [laptop])).toMatchObject({ x: -880, y: 100 })
    expect(placeWindow({ ...place, x: -881 }, [laptop])).toMatchObject({ x: 220 })
  })
  test('no larger than its screen and no smaller than it can be used', () => {
    expect(placeWindow({ x: 0, y: 0, width: 5000, height: 4000, maximized: false }, [laptop])).toMatchObject({ width: 1440, height: 860 })
    expect(placeWindow({ x: 0, y: 0, width: 10, height: 10, maximized: false }, [laptop])).toMatchObject({ width: 720, height: 480 })
    expect(placeWindow(null, [{ x: 0, y: 0, width: 640, height: 400 }])).toMatchObject({ x: 0, y: 0, width: 720, height: 480 })
  })
  test('also on a computer that names no screen', () => {
    expect(placeWindow(null, [])).toMatchObject({ width: 1280, height: 840 })
  })
})

describe('what is remembered of the window', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'tidemark-window-'))
    folders.push(made)
    return made
  }

  test('comes back', () => {
    const dataDir = join(folder(), 'new')
    writeWindowMemory(dataDir, { place, theme: 'dark' })
    expect(readWindowMemory(dataDir)).toEqual({ place, theme: 'dark' })
  })
  test('is nothing when there is no file, or one that is damaged', () => {
    const dataDir = folder()
    expect(readWindowMemory(dataDir)).toEqual({ place: null, theme: 'auto' })
    writeFileSync(join(dataDir, 'window.json'), '{"place"')
    expect(readWindowMemory(dataDir)).toEqual({ place: null, theme: 'auto' })
    expect(readFileSync(join(dataDir, 'window.json'), 'utf8')).toBe('{"place"')
  })
  test.each([
    [null],
    [7],
    [{ place: { ...place, x: '0' } }],
    [{ place: { ...place, width: 0 } }],
    [{ place: { ...place, height: Number.NaN } }],
    [{ place: { ...place, x: 1e12 } }],
    [{ place: { x: 0, y: 0, width: 1, height: 1 } }],
  ])('a place that is none is not taken: %j', (value) => {
    expect(parseWindowMemory(value).place).toBeNull()
  })
  test('one damaged part does not spoil the other', () => {
    expect(parseWindowMemory({ place: null, theme: 'dark' })).toEqual({ place: null, theme: 'dark' })
    expect(parseWindowMemory({ place, theme: 'pink' })).toEqual({ place, theme: 'auto' })
  })
})
