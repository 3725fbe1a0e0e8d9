/** What the wallet's routes and its topics of the changes feed say, built from rows. The shapes are the contract's. */
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { dateOf } from '../../../shared/billing/cost-day.ts'
import type { PriceBook, PricedElement } from '../../../shared/billing/price-book.ts'
import type { DebitLine } from '../../../shared/billing/pricing.ts'
import { exactNumber, roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import { microAuToWire } from '../../../shared/billing/wallet.ts'
import type * as contract from '../../../shared/contract/platform/wallet.ts'
import { isoTime } from '../clock.ts'
import type { Unit } from '../store/store.ts'
import type { InstancesTable, LedgerLinesTable, RunsTable } from '../store/wallet-tables.ts'
import type { Circle } from './circle.ts'

/** A cent is 10,000 micro-AU: 1 AU = €1.00. */
const MICRO_AU_PER_CENT = 10_000n
/** More than a person looks at; the amount held is exact whatever is listed. */
const RESERVES_LISTED = 50

type ReserveRow = Pick<Selectable<RunsTable>, 'id' | 'element' | 'operation' | 'reserved_micro_au' | 'expires_at'>

export async function walletDocument(unit: Unit, circle: Circle): Promise<z.output<typeof contract.walletDocument>> {
  const reserves: ReserveRow[] =
    circle.wallet.held_micro_au === 0
      ? []
      : await unit.tx
          .selectFrom('runs')
          .select(['id', 'element', 'operation', 'reserved_micro_au', 'expires_at'])
          .where('circle_id', '=', circle.id)
          .where('status', '=', 'reserved')
          .orderBy('expires_at')
          .orderBy('id')
          .limit(RESERVES_LISTED)
          .execute()
  return {
    circle: circle.id,
    name: circle.name,
    created_at: isoTime(circle.createdAt),
    balance_micro_au: circle.wallet.balance_micro_au,
    held_micro_au: circle.wallet.held_micro_au,
    balance_eur: exactNumber(roundHalfAwayFromZero(BigInt(circle.wallet.balance_micro_au), MICRO_AU_PER_CENT)) / 100,
    plan: circle.account.plan.id,
    hard_wall: circle.hardWall,
    reserves: reserves.map((run) => ({
      run_id: run.id,
      element: run.element,
      operation: run.operation,
      reserved_micro_au: run.reserved_micro_au,
      expires_at: isoTime(run.expires_at ?? 0),
    })),
  }
}

export function ledgerLineDocument(row: Selectable<LedgerLinesTable>): z.output<typeof contract.ledgerLineDocument> {
  const { circle_id: circle, at, ...line } = row
  return { circle, ...line, at: isoTime(at) }
}

export function elementDocument({ id, name, description, category, prices }: PricedElement): z.output<typeof contract.elementDocument> {
  return {
    id,
    name,
    description,
    category,
    prices: Object.entries(prices).flatMap(([operation, rates]) =>
      rates.map(({ dimension, rateMicroAu, per, scope }) => ({
        operation,
        dimension,
        rate_micro_au: microAuToWire(rateMicroAu),
        per: exactNumber(per),
        scope,
      })),
    ),
  }
}

export function pricingDocument({ dimensions, categories, policy }: PriceBook): z.output<typeof contract.pricingDocument> {
  return {
    dimensions: [...dimensions],
    categories: [...categories],
    policy: {
      notice_from_micro_au: microAuToWire(policy.noticeFromMicroAu),
      insistent_from_micro_au: microAuToWire(policy.insistentFromMicroAu),
      approval_above_micro_au: microAuToWire(policy.approvalAboveMicroAu),
    },
  }
}

export function instanceDocument(row: Selectable<InstancesTable>): z.output<typeof contract.instanceDocument> {
  return {
    id: row.id,
    circle: row.circle_id,
    element: row.element,
    name: row.name,
    created_at: isoTime(row.created_at),
    deleted_at: row.deleted_at === null ? null : isoTime(row.deleted_at),
    suspended_at: row.suspended_at === null ? null : isoTime(row.suspended_at),
    paid_through: dateOf(row.charged_day),
  }
}

export function debitLineDocument({ dimension, quantity, rateMicroAu, per, amountMicroAu, scope }: DebitLine): z.output<typeof contract.debitLine> {
  return {
    dimension,
    quantity: exactNumber(quantity),
    rate_micro_au: microAuToWire(rateMicroAu),
    per: exactNumber(per),
    amount_micro_au: microAuToWire(amountMicroAu),
    scope,
  }
}

export async function announceWallet(unit: Unit, circle: Circle): Promise<void> {
  unit.changes.put({ workspaceId: circle.account.workspace.id, topic: 'wallet', id: circle.id, body: await walletDocument(unit, circle) })
}

export function announceInstance(unit: Unit, { account }: Circle, row: Selectable<InstancesTable>): void {
  unit.changes.put({ workspaceId: account.workspace.id, topic: 'instance', id: row.id, body: instanceDocument(row) })
}

/** The prices in force, for consoles that cost an operation without asking. */
export function announcePrices(unit: Unit, { account, book }: Pick<Circle, 'account' | 'book'>): void {
  const workspaceId = account.workspace.id
  unit.changes.put({ workspaceId, topic: 'pricing', id: 'pricing', body: pricingDocument(book) })
  for (const element of book.elements) unit.changes.put({ workspaceId, topic: 'element', id: element.id, body: elementDocument(element) })
}
