import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawsNames } from '../../../shared/billing/meter-draws.ts'
import { aggregations } from '../../../shared/billing/meter-kinds.ts'

const root = join(import.meta.dirname, '../../..')
/** Where the names are at home, and where they are data. */
const home = /^shared\/(?:billing\/meter-(?:kinds|draws)\.ts|billing\/meter-kinds\/|generated\/)/

/** Of these names each is a word that also means something else; they count only beside the field that holds a kind, or another name. */
const ambiguous: ReadonlySet<string> = new Set(['sum', 'none', 'sub_key'])

const patterns = [patternOf(aggregations, 'aggregation'), patternOf(drawsNames, 'draws')]

/** What compares with the name of a kind, or lists several. */
function patternOf(names: readonly string[], field: string): RegExp {
  const anyOf = (some: readonly string[]): string => `(?:'(?:${some.join('|')})'|"(?:${some.join('|')})")`
  const any = anyOf(names)
  const own = anyOf(names.filter((name) => !ambiguous.has(name)))
  const comparisons = [
    `[=!]==?\\s*${own}`,
    `${own}\\s*[=!]==?`,
    `\\bcase\\s+${own}`,
    `\\b${field}\\b\\s*[=!]==?\\s*${any}`,
    `${any}\\s*[=!]==?\\s*[\\w.?]*\\b${field}\\b`,
  ]
  const list = `${any}\\s*[,|]\\s*${any}`
  return new RegExp([...comparisons, list].join('|'), 'g')
}

function decisionsByName(source: string): string[] {
  return patterns.flatMap((pattern) => Array.from(source.matchAll(pattern), ([text]) => text))
}

test.each([
  "if (meter.aggregation === 'peak_daily') return",
  "aggregation !== 'sum'",
  "({ aggregation }) => 'gauge' === aggregation",
  "switch (kind) {\n  case 'unique_key':",
  "z.enum(['sum', 'gauge'])",
  "new Set<Draws>(['ciphertext_bytes',\n  'sub_key'])",
  "'none' | 'sub_key'",
  "view?.draws === 'none'",
  "'none' !== meter.draws",
])('finds what decides by a name: %s', (source) => {
  expect(decisionsByName(source)).not.toEqual([])
})

test.each(["topic === 'sub_key' || style.display === 'none'", "metersDrawnBy(catalog, 'open_session')", "definition?.draws ?? 'none'"])(
  'leaves alone what does not: %s',
  (source) => {
    expect(decisionsByName(source)).toEqual([])
  },
)

test('no kind of meter, and nothing that draws on one, is told by its name outside its own module', () => {
  const files = globSync('{main,preload,renderer,shared}/**/*.{ts,tsx}', { cwd: root }).filter((path) => !home.test(path))
  expect(files.length).toBeGreaterThan(500)
  expect(files.flatMap((path) => decisionsByName(readFileSync(join(root, path), 'utf8')).map((text) => `${path}: ${text}`))).toEqual([])
})
