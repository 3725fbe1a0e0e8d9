/** The FOCUS files of random histories: no rule of the published model is broken, and each invoice's rows come to what it charges. */
import { existsSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { focusCsv } from '../../../../main/engine/billing/costs/focus.ts'
import { billedByMeter } from '../../../../main/engine/billing/statement/period-statement.ts'
import { statementOfPeriod } from '../../../../main/engine/billing/statement/workspace-statement.ts'
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import { FOCUS_MODEL, heldAgainst, readModel } from '../../engine-billing/focus-model.ts'
import { CURRENCY, knownFrom, ordinaryHistory } from './known-parts.ts'
import { meters, type RandomHistory } from './random-history.ts'

/** `TIDEMARK_STATEMENT_RUNS=10000` for a long look. */
const runs = Number(process.env.TIDEMARK_STATEMENT_RUNS ?? 60)
type Row = Record<string, string>

test(`the files of ${runs} random histories: each invoice’s rows come to what it charges`, { timeout: 600_000 }, () => {
  void fc.assert(
    fc.property(ordinaryHistory, (history) => {
      const { rows, charged } = filesOf(history)
      const found = charged.map(({ number }) => [number, centsOf(rows.filter(({ InvoiceId }) => InvoiceId === number))])
      expect(found).toEqual(charged.map(({ number, cents }) => [number, cents]))
    }),
    { numRuns: runs },
  )
})

test.skipIf(!existsSync(FOCUS_MODEL))(`and no rule of the requirements model is broken (skipped without ${FOCUS_MODEL})`, { timeout: 600_000 }, () => {
  const model = readModel()
  void fc.assert(
    fc.property(ordinaryHistory, (history) => {
      const { rows } = filesOf(history)
      if (rows.length > 0) expect(heldAgainst(model, rows).broken).toEqual([])
    }),
    { numRuns: runs },
  )
})

/** The rows of all periods, and what the invoices charge whose own period is one of them. */
function filesOf(history: RandomHistory): { rows: Row[]; charged: { number: string; cents: number }[] } {
  const known = knownFrom(history)
  if (known === null) return { rows: [], charged: [] }
  const { parts, workspace, invoices, periods } = known
  const rows = periods.flatMap((period) => {
    const statement = statementOfPeriod(parts, workspace, period)
    const text = focusCsv({
      version: '1.2',
      workspaceId: 'w',
      workspaceName: 'Harbour',
      names: (_, id) => id,
      plans,
      period: { ...period, name: 'of the history', current: false },
      days: parts.costDays.read('w', period),
      currency: CURRENCY,
      invoices,
      billedMinor: statement === null ? new Map() : billedByMeter(statement, CURRENCY),
    })
    return parse<Row>(text, { columns: true })
  })
  const inOne = (at: string): boolean => periods.some(({ startMs, endMs }) => Date.parse(at) >= startMs && Date.parse(at) < endMs)
  return {
    rows,
    charged: invoices.filter(({ period }) => inOne(period.start)).map(({ number, amount_cents: cents }) => ({ number, cents })),
  }
}

/** Of a catalog the files ask for what is sold by the unit. */
const plans = {
  catalog: 'harbour',
  name: 'Harbour',
  plans: [],
  boosters: [],
  meters: meters.map(({ id, unit, aggregation, enforcement, unitPrice }) => ({ id, name: id, unit, aggregation, enforcement, unit_price: unitPrice })),
} as unknown as PlansDocument

function centsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { BilledCost = '' }) => sum + Math.round(Number(BilledCost) * 100), 0)
}
