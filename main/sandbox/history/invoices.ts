import { rewriteUsage } from '../invoices/write-invoices.ts'
import { openAccount } from '../meter/open-account.ts'
import type { HistoryPart } from './history.ts'

/** The orders are the payment provider's; here what the past used beyond the plan comes onto their invoices. */
export const invoiceHistory: HistoryPart = {
  name: 'invoices',
  *slices({ id }) {
    yield async (unit) => await rewriteUsage(unit, await openAccount(unit, id))
  },
}
