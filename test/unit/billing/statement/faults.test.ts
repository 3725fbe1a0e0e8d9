/** Each of these faults, put alone into the source text of the statement, makes the property find a difference. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { difference, type StatementModule } from './compare.ts'
import { randomHistory } from './random-history.ts'

const source = resolve(import.meta.dirname, '../../../../shared/billing/statement.ts')
const text = readFileSync(source, 'utf8')

type Fault = { what: string; from: string; to: string }
const faults: readonly Fault[] = [
  // Rounding.
  {
    what: 'a billed amount is cut off, not rounded',
    from: 'return unitPrice === null ? 0n : roundHalfAwayFromZero(units * BigInt(unitPrice.cents), BigInt(unitPrice.per))',
    to: 'return unitPrice === null ? 0n : (units * BigInt(unitPrice.cents)) / BigInt(unitPrice.per)',
  },
  {
    what: 'a billed amount is rounded twice',
    from: 'roundHalfAwayFromZero(units * BigInt(unitPrice.cents), BigInt(unitPrice.per))',
    to: 'roundHalfAwayFromZero(roundHalfAwayFromZero(units * BigInt(unitPrice.cents) * 10n, BigInt(unitPrice.per)), 10n)',
  },
  {
    what: 'each period of an order is rounded by itself',
    from: 'const minors = first === undefined ? [] : splitMinor(minorOfUnits(first.use.meter, units), weights)',
    to: 'const minors = first === undefined ? [] : weights.map((weight) => minorOfUnits(first.use.meter, weight))',
  },
  { what: 'what is left of a split goes to nobody', from: '(raised.has(index) ? 1n : 0n)', to: '(raised.has(index) ? 0n : 0n)' },
  {
    what: 'a price in micros is cut off',
    from: 'roundHalfAwayFromZero(units * BigInt(unitPrice.cents) * MICROS_PER_MINOR, BigInt(unitPrice.per))',
    to: '(units * BigInt(unitPrice.cents) * MICROS_PER_MINOR) / BigInt(unitPrice.per)',
  },
  {
    what: 'a change is prorated by whole days',
    from: 'BigInt(totalSeconds - usedSeconds), BigInt(totalSeconds))',
    to: 'BigInt(totalSeconds - Math.floor(usedSeconds / 86_400) * 86_400), BigInt(totalSeconds))',
  },
  // Boundaries.
  { what: 'the first instant of a period is not in it', from: 'if (fromMs < period.startMs ||', to: 'if (fromMs <= period.startMs ||' },
  {
    what: 'a cut day of a peak counts whole',
    from: 'billed += roundHalfAwayFromZero(beyond(quantity) * coveredMs, BigInt(DAY_MS))',
    to: 'billed += beyond(quantity)',
  },
  {
    what: 'a cut day ends with its day',
    from: 'Math.min((Math.floor(fromMs / DAY_MS) + 1) * DAY_MS, period.endMs) - fromMs',
    to: '(Math.floor(fromMs / DAY_MS) + 1) * DAY_MS - fromMs',
  },
  { what: 'a period goes on at its end', from: 'running.period.endMs <= atMs', to: 'running.period.endMs < atMs - 1_000' },
  { what: 'what is included begins one too early', from: 'amount <= free ? 0n : amount - free', to: 'amount < free ? 0n : amount - free + 1n' },
  { what: 'the use of a day takes the place of the days before', from: "pricedFor === 'use' ? before + quantity", to: "pricedFor === 'use' ? quantity" },
  { what: 'late use is lost', from: "late = portionsOf(period, known, 'late')", to: 'late = []' },
  { what: 'late use is billed again', from: 'billedUnits: use.billedUnits - atCycle, late: true', to: 'billedUnits: use.billedUnits, late: true' },
  // Signs.
  { what: 'a credit is charged', from: "const sign = as === 'given_back' ? -1n : 1n", to: "const sign = as === 'given_back' ? 1n : 1n" },
  { what: 'the balance is added to', from: 'return [balanceLine(-applied,', to: 'return [balanceLine(applied,' },
  {
    what: 'included use is charged',
    from: 'includedAmountMicros: listAmountMicros - billedMicros',
    to: 'includedAmountMicros: listAmountMicros + billedMicros',
  },
  // Currencies.
  { what: 'balances of two currencies are one', from: "const currency = lines[0]?.currency ?? ''\n  const total", to: "const currency = 'usd'\n  const total" },
  {
    what: 'a sale is in the plan’s currency',
    from: '    billedAmountMinor: quantity * unitPriceMinor,\n    currency,',
    to: "    billedAmountMinor: quantity * unitPriceMinor,\n    currency: 'usd',",
  },
  // Credits and plans.
  { what: 'more of the balance is used than there is', from: 'const applied = total < held ? total : held', to: 'const applied = total' },
  { what: 'the balance is used and stays', from: 'balance.set(currency, held - applied)', to: 'balance.set(currency, held)' },
  { what: 'seats are charged once', from: "line('seat', BigInt(seats), 'seat', price.seatPriceMinor)", to: "line('seat', 1n, 'seat', price.seatPriceMinor)" },
  { what: 'a scheduled plan never comes', from: 'const price = pending ?? subscribed.price', to: 'const price = subscribed.price' },
  { what: 'a cancelled plan is renewed', from: '...(cancelled ? [] : periodLines(to, next)),', to: '...periodLines(to, next),' },
  { what: 'a resumed plan ends', from: "case 'resume':\n      return { ...running, cancelled: false }", to: "case 'resume':\n      return running" },
  {
    what: 'what stays as it is is charged again',
    from: "!samePlan || (line.unit === 'seat' && from.seats !== to.seats)",
    to: "!samePlan || line.unit === 'seat'",
  },
]

const folder = mkdtempSync(join(tmpdir(), 'tidemark-statement-faults-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(faults.map((fault, index) => ({ ...fault, index })))('found: $what', async ({ from, to, index }) => {
  expect(text.split(from)).toHaveLength(2)
  const copy = join(folder, `statement-${index}.ts`)
  // What it imports stays where it is.
  writeFileSync(
    copy,
    text.replace(from, () => to).replaceAll(/from '\.\/([^']+)'/g, (_, path: string) => `from '${join(dirname(source), path)}'`),
  )
  const faulty: StatementModule = await import(/* @vite-ignore */ pathToFileURL(copy).href)
  const found = await fc.check(
    fc.property(randomHistory, (history) => {
      expect(difference(faulty, history)).toBeNull()
    }),
    // Rare ones need many; it ends with the first that is found.
    { numRuns: 30_000, endOnFailure: true },
  )
  expect(found.failed).toBe(true)
})
