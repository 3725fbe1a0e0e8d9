import { createHash } from 'node:crypto'
import { parse } from 'csv-parse'
import { describe, expect, it } from 'vitest'
import { FileEvents } from '../../../shared/usage-file/file-events.ts'
import { formOfFile, type FileRecord, openRecords } from '../../../shared/usage-file/records.ts'

async function* pieces(text: string, length: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += length) yield text.slice(start, start + length)
}

async function recordsOf(name: string, text: AsyncIterable<string>): Promise<FileRecord[]> {
  const found: FileRecord[] = []
  const { records } = await openRecords(name, text, parse)
  for await (const record of records) found.push(record)
  return found
}

/** In one piece, and character by character: where a file is cut must not matter. */
async function read(form: 'csv' | 'jsonl', text: string): Promise<FileRecord[]> {
  const inPieces = (length: number): Promise<FileRecord[]> => recordsOf(`use.${form}`, pieces(text, length))
  const whole = await inPieces(text.length || 1)
  expect(await inPieces(1)).toEqual(whole)
  return whole
}

const header = 'metric,timestamp,quantity,service'
const first = { metric: 'calls', timestamp: '2026-11-10T08:00:00Z', quantity: 3 }

describe('CSV', () => {
  it('names the fields by the first line and counts lines, not records', async () => {
    expect(await read('csv', `${header}\ncalls,2026-11-10T08:00:00Z,3,search\r\n\ncalls,2026-11-10T08:00:00Z,3,\n`)).toEqual([
      { line: 2, fields: { ...first, service: 'search' } },
      { line: 4, fields: first },
    ])
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR alone', '\r'],
  ])('reads lines that end with %s', async (_, end) => {
    const text = ['', 'metric,timestamp,quantity', 'calls,2026-11-10T08:00:00Z,3', '', '"calls",2026-11-10T08:00:00Z,3', ''].join(end)
    expect(await read('csv', text)).toEqual([
      { line: 3, fields: first },
      { line: 5, fields: first },
    ])
  })

  it.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['commas', ','],
  ])('tells %s between fields by the first line', async (_, sign) => {
    const text = `${['metric', 'timestamp', 'quantity'].join(sign)}\n${['calls', '2026-11-10T08:00:00Z', '3'].join(sign)}\n`
    expect(await read('csv', text)).toEqual([{ line: 2, fields: first }])
  })

  it('takes a spreadsheet’s own hint, its mark at the beginning, its rows of nothing, and names in any case', async () => {
    expect(await read('csv', '\uFEFFsep=;\r\nMetric; Timestamp;QUANTITY;User ID\r\ncalls;2026-11-10T08:00:00Z;3;ada\r\n;;;\r\n')).toEqual([
      { line: 3, fields: { ...first, user_id: 'ada' } },
    ])
  })

  it('reads quoted separators, quotes and ends of line', async () => {
    expect(await read('csv', `${header}\r\ncalls,2026-11-10T08:00:00Z,3,"say ""hello"",\r\nthere"\r\ncalls,2026-11-10T08:00:00Z,3,5" disk`)).toEqual([
      { line: 2, fields: { ...first, service: 'say "hello",\r\nthere' } },
      { line: 4, fields: { ...first, service: '5" disk' } },
    ])
  })

  it('names what is no record, with its line', async () => {
    expect(await read('csv', `metric,timestamp,quantity,metadata\na,b,1,{]\na,b,1,{},d\na,b,many,\na,b,1.000,\na,b,"1,5",\na,b,-1,\na,b,1,"f`)).toEqual([
      { line: 2, problem: 'metadata is not JSON' },
      { line: 3, problem: 'has 5 fields; line 1 names 4' },
      { line: 4, problem: 'quantity "many" is not a whole number, written with digits alone' },
      { line: 5, problem: 'quantity "1.000" is not a whole number, written with digits alone' },
      { line: 6, problem: 'quantity "1,5" is not a whole number, written with digits alone' },
      { line: 7, problem: 'quantity "-1" is not a whole number, written with digits alone' },
      { line: 8, problem: 'has a quote that is never closed, or is longer than 1 MiB' },
    ])
  })

  it.each([
    ['nothing at all', '', 'the file is empty'],
    ['empty lines', '\n\n', 'the file is empty'],
    ['columns and no event', 'metric,timestamp,quantity\n', 'line 1 names the columns, and no line with an event follows it'],
    ['no columns', 'calls,2026-11-10T08:00:00Z,3\n', /^line 1 names no column that an event has; it may name metric, timestamp/],
    ['a column that no event has', '\nmetric,timestamp,quantity,colour\n', /^line 2 names "colour", which an event does not have/],
    ['no column for the time', 'metric,quantity\n', 'line 1 names no column timestamp'],
    ['no column for how much', 'metric,timestamp\n', 'line 1 names none of the columns quantity, reading, key'],
    ['a column twice', 'metric,Metric,timestamp,quantity\n', 'line 1 names the column metric twice'],
  ])('refuses a file with %s, in words', async (_, text, words) => {
    await expect(read('csv', text)).rejects.toThrow(words)
  })
})

it('lets go of a file that is read no further', async () => {
  let isClosed = false
  async function* endless(): AsyncGenerator<string> {
    try {
      yield `${header}\n`
      for (;;) yield 'calls,2026-11-10T08:00:00Z,3,\n'.repeat(1000)
    } finally {
      isClosed = true
    }
  }
  const { records } = await openRecords('use.csv', endless(), parse)
  for await (const record of records) {
    expect(record).toEqual({ line: 2, fields: first })
    break
  }
  await expect.poll(() => isClosed).toBe(true)
})

describe('JSON lines', () => {
  // An export may be a single line. Looked for again from each of its letters, its end would be found after minutes.
  it('reads a long first line', async () => {
    const long = { ...first, metadata: { note: 'x'.repeat(300_000) } }
    expect(await recordsOf('use.jsonl', pieces(`\n \n${JSON.stringify(long)}`, 65_536))).toEqual([{ line: 3, fields: long }])
  })

  it('refuses a line that is longer than a record may be, and reads the next one', async () => {
    const text = `{"metric":"${'x'.repeat(2_500_000)}"}\r\n{"metric":"calls"}\n`
    for (const length of [65_536, 10_000_000]) {
      expect(await recordsOf('use.jsonl', pieces(text, length))).toEqual([
        { line: 1, problem: 'is longer than 1 MiB' },
        { line: 2, fields: { metric: 'calls' } },
      ])
    }
  })

  it('reads objects and names every other line', async () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(await read('jsonl', ['{"metric":"calls"}', '', '[1]', 'nothing', '{"metric":"more"}'].join(end))).toEqual([
        { line: 1, fields: { metric: 'calls' } },
        { line: 3, problem: 'is not a JSON object' },
        { line: 4, problem: 'is not JSON' },
        { line: 5, fields: { metric: 'more' } },
      ])
    await expect(read('jsonl', ' \n')).rejects.toThrow('the file is empty')
  })
})

it('tells the form by the name, else by how the file begins', () => {
  expect(formOfFile('use.csv', '{')).toBe('csv')
  expect(formOfFile('use.JSONL', 'a,b')).toBe('jsonl')
  expect(formOfFile('use.txt', '  {"a":1}')).toBe('jsonl')
  expect(formOfFile('use', 'a,b')).toBe('csv')
})

describe('the identity of a row', () => {
  const ids = (rows: readonly Record<string, unknown>[]): unknown[] => {
    const events = new FileEvents((text) => createHash('sha256').update(text).digest('base64url'))
    return rows.map((fields, index) => {
      const taken = events.take({ line: index + 2, fields })
      return 'event' in taken ? taken.event.id : taken.reason
    })
  }

  it('is what it says and how often the file has said it: wherever it stands, and however its columns are ordered', () => {
    const other = { ...first, quantity: 4 }
    const [a, b, c] = ids([first, other, first])
    expect(new Set([a, b, c]).size).toBe(3)
    expect(ids([other, first, { quantity: 3, timestamp: first.timestamp, metric: 'calls' }])).toEqual([b, a, c])
  })

  it('is the same for one instant, whichever offset it is written with', () => {
    const [utc] = ids([first])
    for (const timestamp of ['2026-11-10T10:00:00+02:00', '2026-11-10 09:00+0100', '2026-11-10t08:00:00.000z'])
      expect(ids([{ ...first, timestamp }])).toEqual([utc])
  })

  it('is its id, where the file gives one', () => {
    expect(ids([{ ...first, source: 'meter', id: 'a' }])).toEqual(['a'])
  })

  it.each([
    ['2026-11-10T08:00:00', 'names no time zone: end it with Z, or with an offset such as +02:00'],
    ['10.11.2026 08:00', 'is not an instant such as 2026-11-10T08:00:00Z'],
    ['2026-02-30T08:00:00Z', 'names no instant that there is'],
    ['2026-11-10T25:00:00Z', 'names no instant that there is'],
  ])('%s is refused in words', (timestamp, words) => {
    expect(ids([{ ...first, timestamp }])).toEqual([`timestamp ${JSON.stringify(timestamp)} ${words}`])
  })
})
