import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SandboxFixture, SteppedClock } from './fixture.ts'

const catalog = 'analytics'
const shared = resolve('../shared/cases/import')
let platform: SandboxFixture

beforeAll(async () => {
  platform = await SandboxFixture.start({ clock: new SteppedClock(Date.UTC(2026, 10, 28, 12)), history: false })
})
afterAll(() => platform.stop())

function file(name: string, text: string | Buffer): string {
  const path = join(platform.dataDir, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const load = (path: string) => platform.sandbox.importUsage(path, catalog)

function month(number: string, from: number): string {
  return ['metric,timestamp,quantity', ...[3, 4, 5, 6, 7].map((day, index) => `queries,2026-${number}-0${day}T08:00:00Z,${from + 100 * index}`), ''].join('\n')
}

describe('the same rows are counted once, others each time', () => {
  it('next month’s file of the same name counts', async () => {
    const october = file('october/usage.csv', month('10', 1000))
    expect(await load(october)).toMatchObject({ accepted: 5, duplicates: 0, refused: [] })
    expect(await load(file('november/usage.csv', month('11', 2000)))).toMatchObject({ accepted: 5, duplicates: 0, refused: [] })
    expect(await load(october)).toMatchObject({ accepted: 0, duplicates: 5, refused: [] })
  })

  it('a file that grew at its top adds one event', async () => {
    const rows = ['queries,2026-11-10T08:00:00Z,10', 'queries,2026-11-11T08:00:00Z,20']
    const before = file('grown.csv', ['metric,timestamp,quantity', ...rows].join('\n'))
    expect(await load(before)).toMatchObject({ accepted: 2, duplicates: 0 })
    const grown = file('grown.csv', ['metric,timestamp,quantity', 'queries,2026-11-25T10:00:00Z,500', ...rows].join('\n'))
    expect(await load(grown)).toMatchObject({ accepted: 1, duplicates: 2 })
  })

  it('two equal rows are two events, and a third that comes later is one more', async () => {
    const row = 'queries,2026-11-12T08:00:00Z,5'
    expect(await load(file('equal.csv', ['metric,timestamp,quantity', row, row].join('\n')))).toMatchObject({ accepted: 2 })
    expect(await load(file('equal.csv', ['metric,timestamp,quantity', row, row, row].join('\n')))).toMatchObject({ accepted: 1, duplicates: 2 })
    // The same rows in another form.
    const json = JSON.stringify({ quantity: 5, metric: 'queries', timestamp: '2026-11-12T10:00:00+02:00' })
    expect(await load(file('equal.jsonl', [json, json].join('\r')))).toMatchObject({ accepted: 0, duplicates: 2 })
  })

  it.skipIf(!existsSync(shared))(`the files that failed once (skipped without ../shared/cases/import)`, async () => {
    for (const [name, accepted, duplicates] of [
      ['october/usage.csv', 5, 0],
      ['november/usage.csv', 5, 0],
      ['grown-before.csv', 2, 0],
      ['grown.csv', 1, 2],
    ] as const)
      expect(await platform.sandbox.importUsage(join(shared, name), 'truss'), name).toMatchObject({ accepted, duplicates, refused: [] })
  })
})

it('reads what a spreadsheet saves as Unicode text, and refuses letters that are not UTF-8 with words', async () => {
  const text = '\uFEFFMetric\tTimestamp\tQuantity\tService\r\nqueries\t2026-11-13T08:00:00Z\t7\tŁódź\r\n'
  expect(await load(file('unicode.txt', Buffer.from(text, 'utf16le')))).toMatchObject({ accepted: 1, refused: [] })
  await expect(load(file('latin.csv', Buffer.from('metric,timestamp,quantity,service\nqueries,2026-11-13T08:00:00Z,7,Caf\xe9\n', 'latin1')))).rejects.toThrow(
    'not UTF-8',
  )
})

it('a preview says of each of the first lines what would become of it, and loads nothing', async () => {
  const path = file(
    'preview.csv',
    [
      'metric;timestamp;quantity',
      'queries;2026-11-14T08:00:00Z;1',
      'nothing;2026-11-14T08:00:00Z;1',
      'queries;2026-11-14T08:00:00;1',
      ...Array.from({ length: 18 }, (_, index) => `queries;2026-11-15T08:00:00Z;${index}`),
    ].join('\n'),
  )
  const preview = await platform.sandbox.previewUsage(path, catalog)
  expect(preview).toMatchObject({
    how: 'CSV with semicolons between fields; columns: metric, timestamp, quantity',
    more: true,
  })
  expect(preview.lines.slice(0, 3)).toMatchObject([
    { line: 2, state: 'new', words: '2026-11-14T08:00:00.000Z  queries  quantity 1' },
    { line: 3, reason: expect.stringMatching(/^unknown_metric: /) },
    { line: 4, reason: expect.stringContaining('names no time zone') },
  ])
  expect(preview.lines).toHaveLength(20)
  // Nothing was loaded: all of it is new.
  expect(await load(path)).toMatchObject({ accepted: 19, duplicates: 0 })
  expect((await platform.sandbox.previewUsage(path, catalog)).lines[0]).toMatchObject({ state: 'known already' })
})

it('a long file says how far it is, also while it is refused', async () => {
  const rows = Array.from({ length: 6000 }, (_, index) => (index < 3000 ? `queries,never,${index}` : `queries,2026-10-20T08:00:00Z,${index}`))
  const seen: number[] = []
  const report = await platform.sandbox.importUsage(file('long.csv', ['metric,timestamp,quantity', ...rows].join('\n')), catalog, ({ events }) =>
    seen.push(events),
  )
  expect(report).toMatchObject({ accepted: 3000 })
  expect(report.refused).toHaveLength(3000)
  expect(seen.filter((events) => events <= 3000).length).toBeGreaterThanOrEqual(3)
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  expect(seen.at(-1)).toBe(6000)
})
