/**
 * Many rows by one statement. Handing values over one by one takes longer than SQLite takes to store them: each costs
 * a call out of JavaScript. So the columns of all rows are packed side by side into one buffer of lines of one length,
 * and the statement takes them apart again.
 */
type Column = { name: string; bytes: number; kind: 'blob' | 'integer' }

/** Decimal digits of the largest safe integer. */
const INTEGER_BYTES = 16
const SPACE = 0x20
const ZERO = 0x30

export function blobColumn(name: string, bytes: number): Column {
  return { name, bytes, kind: 'blob' }
}

export function integerColumn(name: string): Column {
  return { name, bytes: INTEGER_BYTES, kind: 'integer' }
}

/** The rows of one statement while they are put together; `at` counts the bytes of the whole. */
export class PackedRows {
  readonly bytes: Buffer
  #at = 0

  constructor(columns: readonly Column[], count: number) {
    this.bytes = Buffer.alloc(lineBytes(columns) * count, SPACE)
  }

  blob(value: Uint8Array): void {
    this.bytes.set(value, this.#at)
    this.#at += value.length
  }

  /** @throws RangeError when it is not hex of so many bytes: the columns after it would be read from the wrong place. */
  hex(text: string, bytes: number): void {
    if (text.length !== bytes * 2 || this.bytes.write(text, this.#at, 'hex') !== bytes) throw new RangeError(`not hex of ${bytes} bytes`)
    this.#at += bytes
  }

  /** @throws RangeError when it is no integer from 0 up. */
  integer(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no integer from 0 up`)
    this.#at += INTEGER_BYTES
    // Digit by digit from the end; SQLite skips the spaces before them. A text made for each number would take three times as long.
    let at = this.#at
    for (let rest = value; at === this.#at || rest > 0; rest = Math.floor(rest / 10)) {
      at -= 1
      this.bytes[at] = ZERO + (rest % 10)
    }
  }
}

/** `WITH` clause in which `line` numbers the `@count` lines from 0. */
export const LINES = 'WITH RECURSIVE line (no) AS (SELECT 0 UNION ALL SELECT no + 1 FROM line WHERE no + 1 < @count)'

/** What a column is in the line at hand of the packed rows in `@rows`. */
export function unpacked(columns: readonly Column[], name: string): string {
  let from = 1
  for (const column of columns) {
    const value = `substr(@rows, line.no * ${lineBytes(columns)} + ${from}, ${column.bytes})`
    if (column.name === name) return column.kind === 'blob' ? value : `CAST(${value} AS INTEGER)`
    from += column.bytes
  }
  throw new Error(`${name} is not among the packed columns`)
}

function lineBytes(columns: readonly Column[]): number {
  return columns.reduce((sum, { bytes }) => sum + bytes, 0)
}
