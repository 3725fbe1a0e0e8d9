/**
 * Reads the prices of a catalog with a wallet: `wallet.yaml` and the cascade `pricing/pricing.yaml` →
 * `pricing/<category>/pricing.yaml` → `pricing/<category>/<element>/pricing.yaml`. Strict, and every problem is
 * reported with file, line and field.
 */
import { z } from 'zod'
import { CREATION, EXISTENCE, type PriceBook } from '../billing/price-book.ts'
import { type DeclaredRates, resolvePricing } from '../billing/pricing.ts'
import { type CatalogProblem, parseFile, type Report } from './parse.ts'

export type PricingResult = { ok: true; pricing: PriceBook | null } | { ok: false; problems: readonly CatalogProblem[] }

const identifier = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'must be lower-case letters, digits, "_", "-" or "."')
const words = z.string().trim().min(1)
const source = z.enum(['seed', 'ours'])
const microAu = z
  .int()
  .nonnegative()
  .transform((amount) => BigInt(amount))
const rate = z
  .strictObject({ rate_micro_au: microAu, per: z.int().positive() })
  .transform(({ rate_micro_au: rateMicroAu, per }) => ({ rateMicroAu, per: BigInt(per) }))
const operations = z.record(identifier, z.record(identifier, rate))

const rootFile = z.strictObject({
  source,
  dimensions: z.array(z.strictObject({ id: identifier, name: words, singular: words, plural: words })).min(1),
  operations,
})
const scopeFile = z.strictObject({ name: words, description: words, source, operations: operations.optional() })
const walletFile = z
  .strictObject({
    source,
    opening_balance_micro_au: microAu,
    notice_from_micro_au: microAu,
    insistent_from_micro_au: microAu,
    approval_above_micro_au: microAu,
    low_balance_micro_au: microAu.optional(),
    runs_out_within_days: z.int().min(1).max(365).optional(),
    reserve_minutes: z.int().positive(),
    approval_minutes: z.int().positive(),
  })
  .transform((file) => ({
    openingMicroAu: file.opening_balance_micro_au,
    noticeFromMicroAu: file.notice_from_micro_au,
    insistentFromMicroAu: file.insistent_from_micro_au,
    approvalAboveMicroAu: file.approval_above_micro_au,
    ...(file.low_balance_micro_au === undefined ? {} : { lowBalanceMicroAu: file.low_balance_micro_au }),
    ...(file.runs_out_within_days === undefined ? {} : { runsOutWithinDays: file.runs_out_within_days }),
    reserveMs: file.reserve_minutes * 60_000,
    approvalMs: file.approval_minutes * 60_000,
  }))

const WALLET_FILE = 'wallet.yaml'
const ROOT_FILE = 'pricing/pricing.yaml'

type Scope = { file: string; category: string; element: string | null }
type ReadScope = Scope & { value: z.output<typeof scopeFile>; report: Report }

/**
 * @param files path within the catalog's folder (with `/`) → text, of `wallet.yaml` and everything under `pricing/`.
 *   None: the catalog has no wallet.
 */
export function parsePricing(id: string, files: ReadonlyMap<string, string>): PricingResult {
  if (files.size === 0) return { ok: true, pricing: null }
  const problems: CatalogProblem[] = []
  const read = <S extends z.ZodType>(file: string, schema: S) => parseFile(`${id}/${file}`, files.get(file) ?? '', schema, problems)
  const complain = (file: string, message: string): void => void problems.push({ file: `${id}/${file}`, line: 1, field: '(file)', message })

  const wallet = read(WALLET_FILE, walletFile)
  const root = read(ROOT_FILE, rootFile)
  const scopes = [...files.keys()]
    .filter((file) => file !== WALLET_FILE && file !== ROOT_FILE)
    .sort()
    .flatMap((file): ReadScope[] => {
      const scope = scopeOf(file)
      if (scope === null) {
        complain(file, 'is neither pricing/<category>/pricing.yaml nor pricing/<category>/<element>/pricing.yaml')
        return []
      }
      const parsed = read(file, scopeFile)
      return parsed.ok ? [{ ...scope, value: parsed.value, report: parsed.report }] : []
    })
  if (problems.length > 0 || !wallet.ok || !root.ok) return { ok: false, problems }

  const categories = scopes.filter(({ element }) => element === null)
  const elements = scopes.flatMap((scope) => (scope.element === null ? [] : [{ ...scope, element: scope.element }]))
  const known = new Set(root.value.dimensions.map((dimension) => dimension.id))
  root.value.dimensions.forEach((dimension, index) => {
    if (root.value.dimensions.findIndex((other) => other.id === dimension.id) < index)
      root.report(['dimensions', index, 'id'], `the id ${dimension.id} is taken above`)
  })
  checkDimensions(root.value.operations, known, root.report)
  for (const { value, report } of scopes) checkDimensions(value.operations ?? {}, known, report)
  for (const { operation, dimension } of [CREATION, EXISTENCE]) {
    if (root.value.operations[operation]?.[dimension] === undefined)
      root.report(['operations', operation], `must declare ${dimension}: every element is charged for it`)
  }
  elements.forEach(({ element, category, file, report }, index) => {
    if (!categories.some((scope) => scope.category === category)) complain(file, `there is no pricing/${category}/pricing.yaml`)
    if (elements.findIndex((other) => other.element === element) < index) report([], `the element ${element} is in another category too`)
  })
  if (wallet.value.insistentFromMicroAu < wallet.value.noticeFromMicroAu)
    wallet.report(['insistent_from_micro_au'], 'must not be less than notice_from_micro_au')
  if (problems.length > 0) return { ok: false, problems }

  const tables = resolvePricing({
    root: root.value.operations,
    categories: Object.fromEntries(categories.map(({ category, value }) => [category, value.operations ?? {}])),
    elements: Object.fromEntries(elements.map(({ element, category, value }) => [element, { category, rates: value.operations ?? {} }])),
  })
  return {
    ok: true,
    pricing: {
      dimensions: root.value.dimensions,
      categories: categories.map(({ category, value: { name, description } }) => ({ id: category, name, description })),
      elements: elements.map(({ element, category, value: { name, description } }) => ({
        id: element,
        name,
        description,
        category,
        prices: Object.fromEntries(tables.get(element) ?? []),
      })),
      policy: wallet.value,
    },
  }
}

function scopeOf(file: string): Scope | null {
  const match = /^pricing\/([a-z][a-z0-9-]*)(?:\/([a-z][a-z0-9-]*))?\/pricing\.yaml$/.exec(file)
  return match?.[1] === undefined ? null : { file, category: match[1], element: match[2] ?? null }
}

function checkDimensions(declared: DeclaredRates, known: ReadonlySet<string>, report: Report): void {
  for (const [operation, dimensions] of Object.entries(declared)) {
    for (const dimension of Object.keys(dimensions)) {
      if (!known.has(dimension)) report(['operations', operation, dimension], `there is no dimension ${dimension} in ${ROOT_FILE}`)
    }
  }
}
