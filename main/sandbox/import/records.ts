/** A record of a file of usage events: its fields, and the line on which it begins. */
export type FileRecord = { readonly line: number; readonly fields: Readonly<Record<string, unknown>> } | { readonly line: number; readonly problem: string }

export type FileForm = 'csv' | 'jsonl'

/** By the name, else by the first character: JSON lines begin with a brace. */
export function formOfFile(name: string, firstText: string): FileForm {
  if (/\.csv$/i.test(name)) return 'csv'
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return 'jsonl'
  return firstText.trimStart().startsWith('{') ? 'jsonl' : 'csv'
}

/** Takes the text of a file piece by piece and gives the records that are complete. */
export type RecordReader = { push(text: string): FileRecord[]; end(): FileRecord[] }

export function recordReader(form: FileForm): RecordReader {
  return form === 'csv' ? new CsvReader() : new JsonLinesReader()
}

class JsonLinesReader implements RecordReader {
  #rest = ''
  #line = 0

  push(text: string): FileRecord[] {
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#read(line))
  }

  end(): FileRecord[] {
    const last = this.#rest
    this.#rest = ''
    return this.#read(last)
  }

  #read(text: string): FileRecord[] {
    this.#line += 1
    if (text.trim() === '') return []
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [{ line: this.#line, fields: { ...value } }]
      return [{ line: this.#line, problem: 'is not a JSON object' }]
    } catch {
      return [{ line: this.#line, problem: 'is not JSON' }]
    }
  }
}

/** The fields whose text is a number, and the one whose text is JSON. */
const NUMBER_FIELDS = new Set(['quantity', 'reading'])

/** RFC 4180: fields in quotes may hold commas, quotes and line ends. The first record names the fields; an empty field is left out. */
class CsvReader implements RecordReader {
  #names: readonly string[] | null = null
  #row: string[] = []
  #field = ''
  #quoted = false
  /** A quote within quotes: the end of the field, or the first of two that stand for one. */
  #quote = false
  #line = 1
  #startsAt = 1

  push(text: string): FileRecord[] {
    const records: FileRecord[] = []
    for (const character of text) this.#take(character, records)
    return records
  }

  end(): FileRecord[] {
    const records: FileRecord[] = []
    if (this.#quoted && !this.#quote) return [{ line: this.#startsAt, problem: 'has a quote that is never closed' }]
    if (this.#field !== '' || this.#row.length > 0) this.#finish(records)
    return records
  }

  #take(character: string, records: FileRecord[]): void {
    if (this.#quoted && !this.#quote) {
      if (character === '"') this.#quote = true
      else this.#field += character
    } else if (this.#quote && character === '"') {
      this.#field += '"'
      this.#quote = false
    } else if (character === '"' && this.#field === '') this.#quoted = true
    else if (character === ',') this.#next()
    else if (character === '\n') this.#finish(records)
    // A byte-order mark and the first half of a Windows line end say nothing.
    else if (character !== '\r' && character !== '\uFEFF') this.#field += character
    if (character === '\n') {
      this.#line += 1
      if (this.#row.length === 0 && this.#field === '') this.#startsAt = this.#line
    }
  }

  #next(): void {
    this.#row.push(this.#field)
    this.#field = ''
    this.#quoted = false
    this.#quote = false
  }

  #finish(records: FileRecord[]): void {
    this.#next()
    const row = this.#row
    this.#row = []
    if (row.length === 1 && row[0] === '') return
    if (this.#names === null) this.#names = row.map((name) => name.trim())
    else if (row.length > this.#names.length)
      records.push({ line: this.#startsAt, problem: `has ${row.length} fields; the first line names ${this.#names.length}` })
    else records.push(this.#toRecord(this.#names, row))
  }

  #toRecord(names: readonly string[], row: readonly string[]): FileRecord {
    const fields: Record<string, unknown> = {}
    for (const [index, text] of row.entries()) {
      const name = names[index] ?? ''
      if (text === '' || name === '') continue
      if (NUMBER_FIELDS.has(name)) fields[name] = /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text
      else if (name === 'metadata') {
        try {
          fields[name] = JSON.parse(text)
        } catch {
          return { line: this.#startsAt, problem: 'metadata is not JSON' }
        }
      } else fields[name] = text
    }
    return { line: this.#startsAt, fields }
  }
}
