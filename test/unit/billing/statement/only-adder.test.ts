/** The statement is the only place that adds money: whatever shows an amount is a view of it. Found by searching the sources. */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../../..')

/** An amount in minor units or micros, as they are named here. AU are no money of an invoice. */
const AMOUNT = String.raw`\b\w*(?:[cC]ents|Minor|[mM]icros|_micros)\b`
const patterns: readonly { what: string; pattern: RegExp }[] = [
  { what: 'adds two amounts', pattern: new RegExp(`${AMOUNT} ?\\+ ?\\(?\\w*\\.?${AMOUNT}`) },
  { what: 'adds up a list of amounts', pattern: new RegExp(`reduce\\(.*\\+ ?\\(?\\w*\\.?${AMOUNT}`) },
  { what: 'adds to an amount', pattern: new RegExp(`${AMOUNT} \\+= `) },
]

/** Where amounts are added that are on no invoice of a subscription, or where the payment provider is played; each with its reason. */
const allowed: Readonly<Record<string, string>> = {
  'shared/billing/statement.ts': 'the statement',
  'shared/billing/cost.ts': 'sums of the statement’s micros by service, user and category, each split back into its total',
  'shared/billing/cheapest-plan.ts': 'what a period would have cost on another plan: nobody is charged that',
  'main/engine/calls/cheapest-plan-calls.ts': 'the same, by kind',
  'main/sandbox/purchases/purchase.ts': 'a price tag of a plan with its seats, before it is bought',
  'shared/billing/projected-cost.ts': 'a projection: what nobody has used yet is on no invoice',
}

test('nothing else adds money', () => {
  const found = globSync('{shared,main,renderer}/**/*.{ts,tsx}', { cwd: root, exclude: (path) => path.includes('generated') })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => allowed[path] === undefined)
    .flatMap((path) =>
      readFileSync(resolve(root, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const code = line.replace(/\/\/.*|^\s*\/?\*.*/, '')
          return patterns.filter(({ pattern }) => pattern.test(code)).map(({ what }) => `${path}:${index + 1} ${what}: ${line.trim()}`)
        }),
    )
  expect(found).toEqual([])
})

test.each([
  ['const due = planCents + seatCents', 'adds two amounts'],
  ['const total = lines.reduce((sum, line) => sum + line.amount_cents, 0)', 'adds up a list of amounts'],
  ['return parts.reduce((sum, { billedMicros }) => sum + billedMicros, 0n)', 'adds up a list of amounts'],
  ['totalMinor += part', 'adds to an amount'],
])('the search finds %s', (line, what) => {
  expect(patterns.filter(({ pattern }) => pattern.test(line)).map((pattern) => pattern.what)).toContain(what)
})
