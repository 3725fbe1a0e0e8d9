/** A number as decimal text, which is no formula although it may begin with a minus. */
export type CsvDecimal = { readonly decimal: string }
export type CsvValue = string | number | CsvDecimal | null

type Rows = readonly (readonly CsvValue[])[]

/**
 * For programs: RFC 4180 with CRLF, texts exactly as they are, numbers with a point. A program that runs what it finds in a text has its own fault; one
 * that reads a changed name has ours. `header` null: the file has begun already.
 */
export function csvForPrograms(header: readonly string[] | null, rows: Rows): string {
  return lines(header, rows, ',', (value) => (value === null ? '' : typeof value === 'object' ? value.decimal : String(value)))
}

/** How a spreadsheet of this language reads numbers: its sign for the decimals, and what then stands between fields. */
export type SheetLocale = { readonly decimalSign: string; readonly delimiter: ',' | ';' }

/** That of English, where the language is none. */
export function sheetLocaleOf(language: string): SheetLocale {
  const sign = ((): string => {
    try {
      return new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'
    } catch {
      return '.'
    }
  })()
  // Any other sign (as in Arabic script) is none that a spreadsheet reads in a file.
  return sign === ',' ? { decimalSign: ',', delimiter: ';' } : { decimalSign: '.', delimiter: ',' }
}

/**
 * For spreadsheets: numbers as the reader's language writes them, no text that would be taken for a formula, and no control character: a user's name must not
 * run on the reader's computer.
 */
export function csvForSpreadsheets(
  header: readonly string[] | null,
  rows: Rows,
  { decimalSign, delimiter }: SheetLocale = { decimalSign: '.', delimiter: ',' },
): string {
  const text = lines(header, rows, delimiter, (value) => {
    if (value === null) return ''
    if (typeof value === 'object') return value.decimal.replace('.', decimalSign)
    return typeof value === 'number' ? String(value).replace('.', decimalSign) : harmless(value)
  })
  // By this mark at the beginning of a file a spreadsheet knows that it is UTF-8.
  return header === null ? text : `\uFEFF${text}`
}

function harmless(text: string): string {
  // Some read the wide forms of these signs, and look past spaces before them.
  const isFormula = /^[\t\r]|^[\s\p{Cf}\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text)
  // An end of line and a tab are seen; what else is a control character is not, and may end the reading of the file.
  const shown = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\t\n]/gu, '')
  return isFormula ? `'${shown}` : shown
}

function lines(header: readonly string[] | null, rows: Rows, delimiter: string, textOf: (value: CsvValue) => string): string {
  const quoted = (text: string): string => (text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return [...(header === null ? [] : [header]), ...rows].map((row) => `${row.map((value) => quoted(textOf(value))).join(delimiter)}\r\n`).join('')
}
