import type { models, Polar } from '@polar-sh/sdk/2026-10'
import { errors } from '@polar-sh/sdk/2026-10'
import { z } from 'zod'
import type { Standing } from '../purchases/plan-in-force.ts'
import { cardWords } from './embedded/cards.ts'

const PAGE = 100
const cardMetadata = z.looseObject({ brand: z.string(), last4: z.string() })

/** What Polar knows of a customer at one moment. Null: it has no such customer, so nothing was ever bought. */
export type CustomerView = {
  state: models.CustomerState
  paymentMethod: string | null
  orders: models.Order[]
  /** Subscription by subscription: the product that a change leads to which begins later. */
  pendingProducts: ReadonlyMap<string, string>
} | null

/** Asks Polar's API for everything that the platform shows of a customer. */
export async function readCustomer(polar: Polar, externalId: string): Promise<CustomerView> {
  const state = await orNull(polar.customers.getStateExternal(externalId))
  if (state === null) return null
  const methods = await polar.customers.listPaymentMethodsExternal(externalId)
  const orders: models.Order[] = []
  for (let page = 1; ; page += 1) {
    const list = await polar.orders.list({ external_customer_id: externalId, page, limit: PAGE })
    orders.push(...list.items)
    if (page >= list.pagination.max_page) break
  }
  const pendingProducts = new Map<string, string>()
  for (const { id } of state.active_subscriptions) {
    const pending = (await orNull(polar.subscriptions.get(id)))?.pending_update?.product_id ?? null
    if (pending !== null) pendingProducts.set(id, pending)
  }
  return { state, paymentMethod: methodWords(methods.items), orders, pendingProducts }
}

/** The one subscription of a customer, as the platform puts it in force. `planOf` answers null for a product that is no plan. */
export function standingOf(view: CustomerView, planOf: (productId: string) => string | null): Standing {
  for (const subscription of view?.state.active_subscriptions ?? []) {
    const planId = planOf(subscription.product_id)
    if (planId === null) continue
    const startMs = Date.parse(subscription.current_period_start)
    const pendingProduct = view?.pendingProducts.get(subscription.id) ?? null
    return {
      subscription: {
        id: subscription.id,
        planId,
        seats: subscription.seats ?? 0,
        anchorMs: subscription.started_at === null ? startMs : Date.parse(subscription.started_at),
        period: { startMs, endMs: Date.parse(subscription.current_period_end) },
        cancelAtPeriodEnd: subscription.cancel_at_period_end,
        pendingPlanId: pendingProduct === null ? null : planOf(pendingProduct),
      },
      paymentMethod: view?.paymentMethod ?? null,
    }
  }
  return { subscription: null, paymentMethod: view?.paymentMethod ?? null }
}

/** Null where Polar answers that there is no such thing; any other failure goes on. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof errors.ResourceNotFound) return null
    throw error
  }
}

function methodWords(methods: readonly models.PaymentMethod[]): string | null {
  const method = methods.find(({ is_default: isDefault }) => isDefault) ?? methods[0]
  if (method === undefined) return null
  if (!('method_metadata' in method)) return method.type
  const card = cardMetadata.safeParse(method.method_metadata)
  return card.success ? cardWords(card.data) : method.type
}
