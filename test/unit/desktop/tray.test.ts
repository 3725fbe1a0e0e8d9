import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { drainProgress } from '../../../main/desktop/surroundings/drain-progress.ts'
import { drawGauge } from '../../../main/desktop/surroundings/gauge-icon.ts'
import { type MeterReading, trayViewOf } from '../../../main/desktop/surroundings/worst-meter.ts'
import type { Drain } from '../../../shared/contract/console.ts'

const reading = (changes: Partial<MeterReading>): MeterReading => ({
  workspaceId: 'a',
  workspaceName: 'Harbour Research',
  name: 'Encrypted bytes',
  percent: 40,
  level: 'normal',
  ...changes,
})

describe('the tray', () => {
  test('shows the worst meter of all workspaces and names the workspace', () => {
    const view = trayViewOf([reading({}), reading({ workspaceId: 'b', workspaceName: 'Acme', name: 'Branches', percent: 92.4, level: 'red' })], 1200)
    expect(view).toMatchObject({ tone: 'red', percent: 92, tooltip: 'Tidemark: Branches 92 % (Acme), 1,200 held' })
    expect(view.lines.map(({ text }) => text)).toEqual(['Branches 92 % (Acme)', 'Encrypted bytes 40 % (Harbour Research)'])
  })
  test('goes by the platform’s own level before the number: 70 % can be worse than 80 %', () => {
    expect(trayViewOf([reading({ percent: 80, level: 'green' }), reading({ name: 'Branches', percent: 70, level: 'amber' })], 0)).toMatchObject({
      tone: 'amber',
      percent: 70,
    })
  })
  test('says no workspace where there is one only, and stops at a full ring', () => {
    expect(trayViewOf([reading({ percent: 240, level: 'over' })], 0)).toMatchObject({ tone: 'red', percent: 100, tooltip: 'Tidemark: Encrypted bytes 240 %' })
  })
  test('names five meters at most and none that is unlimited', () => {
    const many = Array.from({ length: 9 }, (_, index) => reading({ percent: index }))
    expect(trayViewOf([...many, reading({ percent: null, level: null })], 0).lines).toHaveLength(5)
    expect(trayViewOf([reading({ percent: null, level: null })], 0)).toEqual({ tone: 'unknown', percent: 0, tooltip: 'Tidemark', lines: [] })
  })
})

describe('its icon', () => {
  const pixel = (png: Buffer, x: number, y: number): number[] => {
    const idat = png.indexOf('IDAT')
    const lines = inflateSync(png.subarray(idat + 4, idat + 4 + png.readUInt32BE(idat - 4)))
    const at = y * (32 * 4 + 1) + 1 + x * 4
    return [...lines.subarray(at, at + 4)]
  }
  test('is a PNG whose ring is filled from the top, clockwise', () => {
    const png = drawGauge({ tone: 'amber', percent: 50, sizePixels: 32, template: false })
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(pixel(png, 28, 16)).toEqual([226, 164, 60, 255])
    expect(pixel(png, 3, 16)[3]).toBeLessThan(120)
    expect(pixel(png, 16, 16)[3]).toBe(0)
  })
  test('is a full disc at the limit, so that colour is not the only sign', () => {
    expect(pixel(drawGauge({ tone: 'red', percent: 100, sizePixels: 32, template: false }), 16, 16)).toEqual([224, 74, 68, 255])
  })
  test('is black for the menu bar of macOS, which colours it by itself', () => {
    expect(pixel(drawGauge({ tone: 'red', percent: 99, sizePixels: 32, template: true }), 28, 16)).toEqual([0, 0, 0, 255])
  })
})

describe('the bar on the dock or taskbar', () => {
  const drain = (changes: Partial<Drain>): Drain => ({
    active: true,
    releasing: true,
    deliveredCount: 0,
    totalCount: 100,
    ratePerSecond: 1,
    etaMs: null,
    startedAt: 0,
    finishedAt: null,
    ...changes,
  })
  test('is the share of all drains together', () => {
    expect(drainProgress([drain({ deliveredCount: 50 }), drain({ totalCount: 300 })])).toBe(0.125)
  })
  test('is gone when nothing drains, or so little that it would only flicker', () => {
    expect(drainProgress([])).toBe(-1)
    expect(drainProgress([drain({ active: false })])).toBe(-1)
    expect(drainProgress([drain({ totalCount: 19 })])).toBe(-1)
  })
  test('never runs past its end', () => {
    expect(drainProgress([drain({ deliveredCount: 140 })])).toBe(1)
  })
})
