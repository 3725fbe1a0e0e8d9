import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../bridge/atomic-file.ts'
import type { WindowPlace } from './window-place.ts'

export type Theme = 'auto' | 'light' | 'dark'
export type WindowMemory = { place: WindowPlace | null; theme: Theme }

const nothingKnown: WindowMemory = { place: null, theme: 'auto' }
const furthest = 100_000

/** What the window was like at the end of the last start. Read before anything else is drawn; a damaged file is as good as none. */
export function readWindowMemory(dataDir: string): WindowMemory {
  try {
    return parseWindowMemory(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')))
  } catch {
    return nothingKnown
  }
}

export function writeWindowMemory(dataDir: string, memory: WindowMemory): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  replaceFile(fileIn(dataDir), `${JSON.stringify(memory)}\n`)
}

/** By hand and not by a schema: loading the schema library here would delay the window. Each part that is not right counts as not known. */
export function parseWindowMemory(value: unknown): WindowMemory {
  if (typeof value !== 'object' || value === null) return nothingKnown
  const { place, theme }: { place?: unknown; theme?: unknown } = value
  return { place: isPlace(place) ? place : null, theme: theme === 'light' || theme === 'dark' ? theme : 'auto' }
}

function isPlace(value: unknown): value is WindowPlace {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height, maximized }: Partial<Record<keyof WindowPlace, unknown>> = value
  return isCoordinate(x) && isCoordinate(y) && isCoordinate(width) && isCoordinate(height) && width > 0 && height > 0 && typeof maximized === 'boolean'
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= furthest
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'window.json')
}
