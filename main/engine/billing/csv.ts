/** A number as decimal text, which is no formula although it may begin with a minus. */
export type CsvDecimal = { readonly decimal: string }
export type CsvValue = string | number | CsvDecimal | null

/** Comma-separated values (RFC 4180): CRLF, quotes where they are needed. `header` null: the file has begun already. */
export function csvText(header: readonly string[] | null, rows: readonly (readonly CsvValue[])[]): string {
  return [...(header === null ? [] : [header]), ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

/** A text that a spreadsheet would take for a formula is marked as text: a user's name must not run on the reader's computer. */
function field(value: CsvValue): string {
  if (value === null) return ''
  if (typeof value === 'object') return value.decimal
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
