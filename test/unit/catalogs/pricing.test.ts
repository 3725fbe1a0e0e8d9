import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readPricingFiles } from '../../../build/pricing-files.ts'
import type { PriceBook } from '../../../shared/billing/price-book.ts'
import { describeProblem } from '../../../shared/catalogs/parse.ts'
import { parsePricing } from '../../../shared/catalogs/pricing.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { pricing } from '../../../shared/generated/pricing.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const good: Readonly<Record<string, string>> = {
  'wallet.yaml': `
source: ours
opening_balance_micro_au: 0
notice_from_micro_au: 10
insistent_from_micro_au: 20
approval_above_micro_au: 30
reserve_minutes: 60
approval_minutes: 10
`,
  'pricing/pricing.yaml': `
source: ours
dimensions:
  - { id: per_creation, name: Creation, singular: one, plural: many }
  - { id: per_day_existence, name: Daily existence, singular: day, plural: days }
  - { id: calls, name: Calls, singular: call, plural: calls }
operations:
  create: { per_creation: { rate_micro_au: 100, per: 1 } }
  exist: { per_day_existence: { rate_micro_au: 5, per: 1 } }
`,
  'pricing/tool/pricing.yaml': `
name: Tools
description: What is used
source: ours
operations:
  use: { calls: { rate_micro_au: 7, per: 10 } }
`,
  'pricing/tool/hammer/pricing.yaml': `
name: Hammer
description: Hits
source: ours
operations:
  use: { calls: { rate_micro_au: 9, per: 10 } }
`,
  'pricing/tool/saw/pricing.yaml': 'name: Saw\ndescription: Cuts\nsource: ours\n',
}

/** The good files with some replaced; null takes one away. */
function parse(changed: Readonly<Record<string, string | null>> = {}) {
  const files = Object.entries({ ...good, ...changed }).flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]))
  return parsePricing('example', new Map(files))
}

function book(): PriceBook {
  const result = parse()
  if (!result.ok || result.pricing === null) throw new Error('no prices')
  return result.pricing
}

describe('parsePricing', () => {
  test('resolves the cascade: the narrowest scope that declares a rate wins, and says which it was', () => {
    const prices = Object.fromEntries(book().elements.map((element) => [element.id, element.prices]))
    expect(prices.hammer).toEqual({
      create: [{ dimension: 'per_creation', rateMicroAu: 100n, per: 1n, scope: 'root' }],
      exist: [{ dimension: 'per_day_existence', rateMicroAu: 5n, per: 1n, scope: 'root' }],
      use: [{ dimension: 'calls', rateMicroAu: 9n, per: 10n, scope: 'element' }],
    })
    expect(prices.saw?.use).toEqual([{ dimension: 'calls', rateMicroAu: 7n, per: 10n, scope: 'category' }])
    expect(book().policy).toMatchObject({ approvalAboveMicroAu: 30n, reserveMs: 3_600_000, approvalMs: 600_000 })
  })

  test('a catalog without such files has no wallet', () => {
    expect(parsePricing('example', new Map())).toEqual({ ok: true, pricing: null })
  })

  test.each([
    [
      'a rate that is no whole number',
      { 'pricing/tool/hammer/pricing.yaml': good['pricing/tool/hammer/pricing.yaml']?.replace('9, per', '9.5, per') ?? '' },
      /^example\/pricing\/tool\/hammer\/pricing\.yaml:6: operations\.use\.calls\.rate_micro_au: /,
    ],
    [
      'per 0',
      { 'pricing/tool/pricing.yaml': good['pricing/tool/pricing.yaml']?.replace('per: 10', 'per: 0') ?? '' },
      /^example\/pricing\/tool\/pricing\.yaml:6: operations\.use\.calls\.per: /,
    ],
    [
      'a dimension that the root does not know',
      { 'pricing/tool/hammer/pricing.yaml': good['pricing/tool/hammer/pricing.yaml']?.replace('calls:', 'cals:') ?? '' },
      /hammer\/pricing\.yaml:6: operations\.use\.cals: there is no dimension cals/,
    ],
    [
      'a misspelt field',
      { 'pricing/tool/pricing.yaml': good['pricing/tool/pricing.yaml']?.replace('description', 'descripton') ?? '' },
      /tool\/pricing\.yaml:3: descripton: is not a field/,
    ],
    ['a category without its file', { 'pricing/tool/pricing.yaml': null }, /hammer\/pricing\.yaml:1: \(file\): there is no pricing\/tool\/pricing\.yaml/],
    [
      'an element in two categories',
      {
        'pricing/other/pricing.yaml': good['pricing/tool/pricing.yaml'] ?? '',
        'pricing/other/hammer/pricing.yaml': good['pricing/tool/hammer/pricing.yaml'] ?? '',
      },
      /the element hammer is in another category too/,
    ],
    ['a file in a place of its own', { 'pricing/a/b/c/pricing.yaml': '' }, /pricing\/a\/b\/c\/pricing\.yaml:1: \(file\): is neither/],
    ['prices without a policy', { 'wallet.yaml': null }, /^example\/wallet\.yaml:1: /],
    [
      'a policy that insists before it is noticed',
      { 'wallet.yaml': good['wallet.yaml']?.replace('insistent_from_micro_au: 20', 'insistent_from_micro_au: 9') ?? '' },
      /wallet\.yaml:5: insistent_from_micro_au: must not be less/,
    ],
    [
      'no charge for creation',
      { 'pricing/pricing.yaml': good['pricing/pricing.yaml']?.replace('  create:', '  make:') ?? '' },
      /pricing\/pricing\.yaml:\d+: operations(?:\.create)?: must declare per_creation/,
    ],
  ])('%s is named by file, line and field', (_, changed, message) => {
    const result = parse(changed)
    if (result.ok) throw new Error('was accepted')
    expect(result.problems.map(describeProblem).join('\n')).toMatch(message)
  })
})

describe('the prices that are shipped', () => {
  test.each(Object.keys(pricing))('the generated tables of %s are what its YAML says', (id) => {
    const result = parsePricing(id, readPricingFiles(join(root, 'shared/catalogs', id)))
    if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'))
    expect(result.pricing).toEqual(Object.entries(pricing).find(([known]) => known === id)?.[1])
  })

  const books = Object.values(catalogs).flatMap((catalog) => catalog.pricing ?? [])
  test('there are enough of them to be a cascade: categories, elements, inherited and overridden rates', () => {
    expect(books).toHaveLength(1)
    for (const { categories, elements } of books) {
      expect(categories.length).toBeGreaterThanOrEqual(6)
      expect(elements.length).toBeGreaterThanOrEqual(20)
      const scopes = elements.flatMap(({ prices }) => Object.values(prices).flat()).map(({ scope }) => scope)
      expect(new Set(scopes)).toEqual(new Set(['root', 'category', 'element']))
      // Universal, independent of whether the element is ever invoked. (seed: triform)
      for (const { prices } of elements) expect([prices.create?.[0]?.dimension, prices.exist?.[0]?.dimension]).toEqual(['per_creation', 'per_day_existence'])
    }
  })

  test('no element or category name stands in code', () => {
    const names = books.flatMap(({ categories, elements }) => [...categories, ...elements].map(({ id }) => id))
    const pattern = new RegExp(`(?<![\\w-])(?:${names.join('|')})(?![\\w-])`)
    // It would find one if there were one.
    expect(`const price = table['${names[0]}']`).toMatch(pattern)
    const guilty = ['shared', 'main', 'renderer', 'preload'].flatMap(codeFiles).filter((file) => pattern.test(readFileSync(file, 'utf8')))
    expect(guilty.map((file) => file.slice(root.length))).toEqual([])
  })
})

function codeFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|css|sql)$/.test(entry.name) && !entry.parentPath.endsWith(join('shared', 'generated')))
    .map((entry) => join(entry.parentPath, entry.name))
}
