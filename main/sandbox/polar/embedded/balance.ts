import { sql } from 'kysely'
import type { PolarUnit } from './store/polar-store.ts'

/** What a customer has in that currency: what orders below zero have left, and later ones have not used. Two currencies never meet in one balance. */
export async function balanceCents({ tx }: PolarUnit, customerId: string, currency: string): Promise<number> {
  const { applied } = await tx
    .selectFrom('orders')
    .select(sql<number>`COALESCE(SUM(applied_credit_cents), 0)`.as('applied'))
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .executeTakeFirstOrThrow()
  // Not -0.
  return 0 - applied
}
