import type { Catalog } from '../billing/catalog.ts'
import type { PriceBook } from '../billing/price-book.ts'

/**
 * The text of `shared/generated/catalogs.ts`. The same catalogs give the same bytes, on every machine, already in the
 * project's format, so that neither the formatter nor the up-to-date check has anything to say.
 */
export function generatedCatalogs(catalogs: readonly Catalog[]): string {
  const ids = catalogs.map(({ id }) => literal(id)).join(', ')
  const withPrices = catalogs.map((catalog) =>
    catalog.pricing === undefined ? catalog : { ...catalog, pricing: new Expression(`pricing[${literal(catalog.id)}]`) },
  )
  return `// Generated from shared/catalogs/*/*.yaml by \`npm run generate\`. Never edit: change the YAML and run it again.
import type { Catalog } from '../billing/catalog.ts'
${catalogs.some(({ pricing }) => pricing !== undefined) ? "import { pricing } from './pricing.ts'\n" : ''}
export const catalogIds = [${ids}] as const
export type CatalogId = (typeof catalogIds)[number]

export const catalogs: Readonly<Record<CatalogId, Catalog>> = ${literal(Object.fromEntries(withPrices.map((catalog) => [catalog.id, catalog])))}
`
}

/** The text of `shared/generated/pricing.ts`: the resolver tables of every catalog with a wallet. */
export function generatedPricing(catalogs: readonly Catalog[]): string {
  const books: Record<string, PriceBook> = {}
  for (const { id, pricing } of catalogs) if (pricing !== undefined) books[id] = pricing
  const keys = Object.keys(books).map(quoted).join(' | ')
  return `// Generated from shared/catalogs/*/pricing/**/pricing.yaml by \`npm run generate\`. Never edit: change the YAML and run it again.
import type { PriceBook } from '../billing/price-book.ts'

export const pricing: Readonly<Record<${keys === '' ? 'never' : keys}, PriceBook>> = ${literal(books)}
`
}

/** Stands in the source as it is. */
class Expression {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const LINE_WIDTH = 160

/**
 * A value as TypeScript source. Objects are always broken over lines (the formatter keeps them so); an array stands on
 * one line where it fits, as the formatter would put it.
 */
function literal(value: unknown, indent = '', column = 0): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Expression) return value.text
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const holdsObjects = value.some((element) => typeof element === 'object' && element !== null)
    const oneLine = `[${value.map((element) => literal(element)).join(', ')}]`
    if (!holdsObjects && indent.length + column + oneLine.length + 1 <= LINE_WIDTH) return oneLine
    return `[\n${value.map((element) => `${inner}${literal(element, inner)},\n`).join('')}${indent}]`
  }
  if (typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    if (fields.length === 0) return '{}'
    const lines = fields.map(([name, field]) => {
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
      return `${inner}${key}: ${literal(field, inner, key.length + 2)},\n`
    })
    return `{\n${lines.join('')}${indent}}`
  }
  throw new TypeError(`A catalog cannot hold a ${typeof value}`)
}

/** In single quotes, except where that needs more escapes than double ones. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
  if (text.includes("'") && !text.includes('"')) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
