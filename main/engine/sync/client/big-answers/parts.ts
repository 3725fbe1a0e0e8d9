/**
 * An answer in pieces, as it crosses from the thread that read it: what is long in it (a list, or a record of many entries, of the answer
 * or the answer itself) is taken out and follows in parts, each asked for.
 */

/** At most so many rows a part: a thread that is handed more at once does nothing else meanwhile. */
export const PART_MAX_ROWS = 500
/** Rows may be large; a part with more than one row holds about so many letters of JSON at most. */
const PART_MAX_LETTERS = 1024 * 1024

/** Where rows belong: a field of the answer; null: they are the answer. */
export type RowsPlace = { field: string | null; shape: 'list' | 'record' }
type Rows = RowsPlace & { rows: readonly unknown[] }

/** Takes what is long out of a value. */
export function detachRows(value: unknown): { head: unknown; long: Rows[] } {
  const whole = rowsOf(null, value)
  if (whole !== null) return { head: whole.shape === 'list' ? [] : {}, long: [whole] }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { head: value, long: [] }
  const long = Object.entries(value).flatMap(([field, inner]) => rowsOf(field, inner) ?? [])
  return { head: { ...value, ...Object.fromEntries(long.map(({ field, shape }) => [field, shape === 'list' ? [] : {}])) }, long }
}

/** The parts of what was taken out, in order. */
export function* partsOf(long: readonly Rows[]): Generator<Rows> {
  for (const { field, shape, rows } of long) {
    for (let from = 0; from < rows.length; ) {
      let upto = from
      for (let letters = 0; upto < rows.length && upto - from < PART_MAX_ROWS; upto += 1) {
        letters += JSON.stringify(rows[upto])?.length ?? 0
        if (letters > PART_MAX_LETTERS && upto > from) break
      }
      yield { field, shape, rows: rows.slice(from, upto) }
      from = upto
    }
  }
}

/** Puts a part back. Changes `head`. */
export function attachRows(head: unknown, { field, shape, rows }: Rows): void {
  const target: unknown = field === null ? head : typeof head === 'object' && head !== null ? Reflect.get(head, field) : null
  if (shape === 'list' && Array.isArray(target)) for (const row of rows) target.push(row)
  if (shape === 'record' && typeof target === 'object' && target !== null)
    for (const entry of rows) if (Array.isArray(entry)) Reflect.set(target, String(entry[0]), entry[1])
}

function rowsOf(field: string | null, value: unknown): Rows | null {
  if (Array.isArray(value)) return { field, shape: 'list', rows: value }
  if (typeof value !== 'object' || value === null) return null
  const entries = Object.entries(value)
  return entries.length > PART_MAX_ROWS ? { field, shape: 'record', rows: entries } : null
}
