/**
 * A file of usage events as records, each with the line on which it begins. CSV as spreadsheets and programs write it: "," or ";" or tabs between fields,
 * lines that end with LF, CRLF or CR, names of columns in any case. What cannot be read is said, with its line.
 */
import type { Options, Parser } from 'csv-parse'

/** The parser of `csv-parse`, which needs the streams of Node: whoever reads a file has them, a page that imports from here does not. */
export type ParseCsv = (options: Options) => Parser

export type FileRecord = { readonly line: number; readonly fields: Readonly<Record<string, unknown>> } | { readonly line: number; readonly problem: string }

type FileForm = 'csv' | 'jsonl'

/** `how`: in words, for whoever wants to see whether the file was understood. */
export type OpenedFile = { readonly how: string; readonly records: AsyncGenerator<FileRecord> }

/** The whole file is no file of events; the message says why, and where. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

/** What an event may say; a column is one of them, however it is written ("User ID"). */
const FIELDS = ['metric', 'timestamp', 'quantity', 'reading', 'key', 'service', 'user_id', 'source', 'id', 'metadata'] as const
const NEEDED = ['metric', 'timestamp'] as const
const MEASURES = ['quantity', 'reading', 'key'] as const
const DELIMITERS = [
  { sign: ',', words: 'commas' },
  { sign: ';', words: 'semicolons' },
  { sign: '\t', words: 'tabs' },
] as const
const LINE_END = /\r\n|\n|\r/
/** Enough for the first line, and for any record. */
const RECORD_MAX_BYTES = 1024 * 1024

/** @throws UnreadableFile */
export async function openRecords(name: string, pieces: AsyncIterable<string>, parseCsv: ParseCsv): Promise<OpenedFile> {
  const { head, text } = await withHead(pieces)
  const form = formOfFile(name, head)
  if (form === 'jsonl') return { how: 'JSON lines', records: jsonRecords(text) }
  return await openCsv(head, text, parseCsv)
}

/** By the name, else by the first character: JSON lines begin with a brace. */
export function formOfFile(name: string, firstText: string): FileForm {
  if (/\.(csv|tsv)$/i.test(name)) return 'csv'
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return 'jsonl'
  return firstText.trimStart().startsWith('{') ? 'jsonl' : 'csv'
}

/** The text up to the end of its first line that says something, and the whole text from its beginning. */
async function withHead(pieces: AsyncIterable<string>): Promise<{ head: string; text: AsyncGenerator<string> }> {
  const iterator = pieces[Symbol.asyncIterator]()
  let head = ''
  let ended = false
  while (!ended && head.length < RECORD_MAX_BYTES && !/[\r\n]/.test(head.trimStart())) {
    const next = await iterator.next()
    if (next.done === true) ended = true
    else head += next.value
  }
  async function* all(): AsyncGenerator<string> {
    try {
      yield head
      while (!ended) {
        const next = await iterator.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head, text: all() }
}

async function* jsonRecords(text: AsyncIterable<string>): AsyncGenerator<FileRecord> {
  let rest = ''
  let line = 0
  let found = false
  // What of a line came before is forgotten: it would only grow.
  let isTooLong = false
  const read = (written: string): FileRecord[] => {
    line += 1
    if (isTooLong || written.length > RECORD_MAX_BYTES) {
      isTooLong = false
      found = true
      return [{ line, problem: 'is longer than 1 MiB' }]
    }
    // A byte-order mark is no sign either.
    if (written.trim() === '') return []
    found = true
    try {
      const value: unknown = JSON.parse(written.trim())
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [{ line, fields: { ...value } }]
      return [{ line, problem: 'is not a JSON object' }]
    } catch {
      return [{ line, problem: 'is not JSON' }]
    }
  }
  for await (const piece of text) {
    // A CR at the end may be the first half of a CRLF.
    const whole = `${rest}${piece}`
    const lines = (whole.endsWith('\r') ? whole.slice(0, -1) : whole).split(LINE_END)
    rest = `${lines.pop() ?? ''}${whole.endsWith('\r') ? '\r' : ''}`
    for (const each of lines) yield* read(each)
    if (rest.length <= RECORD_MAX_BYTES) continue
    isTooLong = true
    rest = rest.endsWith('\r') ? '\r' : ''
  }
  for (const each of rest.split(LINE_END)) yield* read(each)
  if (!found) throw new UnreadableFile('the file is empty')
}

async function openCsv(head: string, text: AsyncIterable<string>, parseCsv: ParseCsv): Promise<OpenedFile> {
  const { delimiter, words } = delimiterOf(head)
  const rows = csvRows(text, delimiter, parseCsv)
  const first = await rows.next()
  if (first.done === true) throw new UnreadableFile('the file is empty')
  const { line, problem, cells } = first.value
  if (problem !== null) throw new UnreadableFile(`line ${line} ${problem}`)
  const columns = columnsOf(line, cells)
  const named = columns.filter((column) => column !== null)
  return { how: `CSV with ${words} between fields; columns: ${named.join(', ')}`, records: csvRecords(rows, columns, line) }
}

type CsvRow = { readonly line: number; readonly cells: readonly string[]; readonly problem: string | null }

/** The rows that hold something, by the line on which each begins. */
async function* csvRows(text: AsyncIterable<string>, delimiter: string, parseCsv: ParseCsv): AsyncGenerator<CsvRow> {
  // A failure that ended the parser would take along what it had read before: it is noted instead, with the number of records before it.
  let failure: { readonly after: number } | null = null
  const parser = parseCsv({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: RECORD_MAX_BYTES,
    relax_column_count: true,
    // A quote within a field is a sign like others.
    relax_quotes: true,
    skip_empty_lines: true,
    ltrim: true,
    raw: true,
    skip_records_with_error: true,
    on_skip: () => {
      failure ??= { after: parser.info.records }
      return undefined
    },
  })
  void feed(text, parser)
  const failedHere = (read: number): boolean => failure !== null && read >= failure.after
  let nextLine = 1
  let read = 0
  try {
    for await (const { record, raw } of parser as AsyncIterable<{ record: string[]; raw: string }>) {
      if (failedHere(read)) break
      read += 1
      const blank = /^(?:\r\n|\n|\r|\uFEFF)*/.exec(raw)?.[0] ?? ''
      const line = nextLine + lineEndsIn(blank)
      nextLine += lineEndsIn(raw)
      const cells = record.map((cell) => cell.trim())
      // The hint of a spreadsheet about what stands between its fields.
      if (line === 1 && /^sep=/i.test(raw.replace('\uFEFF', ''))) continue
      if (cells.some((cell) => cell !== '')) yield { line, cells, problem: null }
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? new UnreadableFile(`after line ${nextLine - 1}: ${error.message}`) : error
  }
  if (failedHere(read)) yield { line: nextLine, cells: [], problem: 'has a quote that is never closed, or is longer than 1 MiB' }
}

/** Hands the text on as fast as the parser takes it. A failure of the text is the parser's too; one that was closed early is handed no more. */
async function feed(text: AsyncIterable<string>, parser: Parser): Promise<void> {
  try {
    for await (const piece of text) {
      if (parser.destroyed) return
      if (!parser.write(piece)) await roomIn(parser)
    }
    parser.end()
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new UnreadableFile('it could not be read to its end'))
  }
}

function roomIn(parser: Parser): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const goOn = (): void => {
    parser.off('drain', goOn).off('close', goOn)
    resolve()
  }
  parser.on('drain', goOn).on('close', goOn)
  return promise
}

async function* csvRecords(rows: AsyncGenerator<CsvRow>, columns: readonly (string | null)[], headerLine: number): AsyncGenerator<FileRecord> {
  let found = false
  for await (const { line, cells, problem } of rows) {
    found = true
    if (problem !== null) yield { line, problem }
    else if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== ''))
      yield { line, problem: `has ${cells.length} fields; line ${headerLine} names ${columns.length}` }
    else yield recordOf(line, cells, columns)
  }
  if (!found) throw new UnreadableFile(`line ${headerLine} names the columns, and no line with an event follows it`)
}

function recordOf(line: number, cells: readonly string[], columns: readonly (string | null)[]): FileRecord {
  const fields: Record<string, unknown> = {}
  for (const [index, text] of cells.entries()) {
    const name = columns[index] ?? null
    if (text === '' || name === null) continue
    if (name === 'quantity' || name === 'reading') {
      // "1.000" is one to some and a thousand to others.
      if (!/^\d+(?:\.0{1,2})?$/.test(text)) return { line, problem: `${name} ${JSON.stringify(text)} is not a whole number, written with digits alone` }
      fields[name] = Number(text)
    } else if (name === 'metadata') {
      try {
        fields[name] = JSON.parse(text)
      } catch {
        return { line, problem: 'metadata is not JSON' }
      }
    } else fields[name] = text
  }
  return { line, fields }
}

/** Which field each column is; null: it has no name. */
function columnsOf(line: number, cells: readonly string[]): (string | null)[] {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const columns = cells.map((cell) => (cell === '' ? null : (FIELDS.find((field) => plain(field) === plain(cell)) ?? undefined)))
  const unknown = cells.filter((_, index) => columns[index] === undefined)
  const may = `it may name ${FIELDS.join(', ')}`
  if (unknown.length === cells.length) throw new UnreadableFile(`line ${line} names no column that an event has; ${may}`)
  if (unknown.length > 0)
    throw new UnreadableFile(`line ${line} names ${unknown.map((name) => JSON.stringify(name)).join(', ')}, which an event does not have; ${may}`)
  const named = columns.map((column) => column ?? null)
  for (const field of NEEDED) if (!named.includes(field)) throw new UnreadableFile(`line ${line} names no column ${field}`)
  if (!MEASURES.some((measure) => named.includes(measure))) throw new UnreadableFile(`line ${line} names none of the columns ${MEASURES.join(', ')}`)
  const twice = named.find((name, index) => name !== null && named.indexOf(name) !== index)
  if (twice !== undefined) throw new UnreadableFile(`line ${line} names the column ${twice} twice`)
  return named
}

/** What stands most often between the names of the columns. */
function delimiterOf(head: string): { delimiter: string; words: string } {
  const first = head.trimStart().split(LINE_END, 1)[0] ?? ''
  const hinted = /^sep=(.)$/i.exec(first)?.[1]
  const outside = first.replaceAll(/"[^"]*"/g, '')
  const counted = DELIMITERS.map(({ sign, words }) => ({ delimiter: sign, words, count: hinted === sign ? Infinity : outside.split(sign).length - 1 }))
  const [best = { delimiter: ',', words: 'commas' }] = counted.toSorted((one, other) => other.count - one.count)
  return { delimiter: best.delimiter, words: best.words }
}

function lineEndsIn(text: string): number {
  return text.split(LINE_END).length - 1
}
