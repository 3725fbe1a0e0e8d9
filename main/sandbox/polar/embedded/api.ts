import { randomBytes, randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { isoTime } from '../../clock.ts'
import { limitBody } from '../../http/door.ts'
import type { RouteEnvironment } from '../../http/environment.ts'
import { Refusal } from '../../http/failure.ts'
import { OVERAGE_EVENT } from '../../overage/overage-event.ts'
import { createCheckout } from './checkouts.ts'
import { invoicePath } from './pages/invoice-page.ts'
import { takeEvents } from './metered.ts'
import { type EmbeddedPolar, hashToken } from './polar.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { findActive, findCheckout, findCustomer, findOrder, findProduct, findSubscription, orderParts, type SubscriptionParts } from './store/records.ts'
import type { CustomerRow } from './store/schema.ts'
import { changeLater, changeNow, changeSeats, setCancelled } from './subscriptions.ts'
import { checkoutWire, customerStateWire, customerWire, orderWire, paymentMethodWire, paymentWire, productWire, subscriptionWire } from './wire.ts'

const KNOWN_VERSIONS = new Set(['2026-04', '2026-10', '2027-01'])
const SESSION_MS = 3_600_000

const httpUrl = z.url({ protocol: /^https?$/ })
const metadata = z.record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean()]))
const newCheckout = z.looseObject({
  products: z.array(z.uuid()).min(1),
  external_customer_id: z.string().min(1).max(256),
  customer_email: z.email().nullish(),
  customer_name: z.string().max(256).nullish(),
  success_url: httpUrl,
  return_url: httpUrl.nullish(),
  metadata: metadata.optional(),
  amount: z.int().min(50).max(99_999_999).nullish(),
})
const newCustomer = z.looseObject({ external_id: z.string().min(1).max(256), email: z.email(), name: z.string().max(256).nullish() })
const newSession = z.looseObject({ external_customer_id: z.string().min(1).max(256), return_url: httpUrl.nullish() })
/** What is sold here: a dearer plan and seats are invoiced now, a cheaper plan begins with the next period. */
const subscriptionUpdate = z.union([
  z.strictObject({ product_id: z.uuid(), proration_behavior: z.enum(['invoice', 'next_period']) }),
  z.strictObject({ cancel_at_period_end: z.boolean() }),
  // Takes a change that was to begin later back.
  z.strictObject({ pending_update: z.null() }),
  z.strictObject({ seats: z.int().min(0).max(10_000), proration_behavior: z.literal('invoice') }),
])
/** Use that is billed by the unit; other events are not made here. */
const newEvents = z.looseObject({
  events: z
    .array(
      z.looseObject({
        name: z.literal(OVERAGE_EVENT),
        external_customer_id: z.string().min(1).max(256),
        external_id: z.string().min(1).max(512),
        timestamp: z.iso.datetime({ offset: true }),
        metadata: z.looseObject({ meter: z.string().min(1).max(500), units: z.int() }),
      }),
    )
    .max(1_000),
})
const paging = z.object({ page: z.coerce.number().int().min(1).default(1), limit: z.coerce.number().int().min(1).max(100).default(10) })

type PolarContext = Context<RouteEnvironment>

/** The calls of Polar's API that the platform makes, behind `/polar/v1`. Errors have Polar's shape, not the platform's. */
export function polarApi(polar: EmbeddedPolar): Hono<RouteEnvironment> {
  const api = new Hono<RouteEnvironment>()
  api.onError(answerError)
  api.use(limitBody())
  api.use(async (context, next) => {
    if (!KNOWN_VERSIONS.has(context.req.header('polar-version') ?? '')) throw notFound('Unknown API version')
    if (context.req.header('authorization') !== `Bearer ${polar.accessToken}`)
      throw new PolarFailure(401, { error: 'Unauthorized', detail: 'The access token is not valid' })
    await next()
  })

  api.get('/products/', (context) => {
    const { page, limit } = queryOf(context, paging)
    const wanted = metadataQuery(context)
    return polar.write(async ({ tx }) => {
      const rows = await tx.selectFrom('products').selectAll().orderBy('created_at').execute()
      const products = rows.map(productWire).filter((product) => wanted.every(([key, value]) => String(product.metadata[key]) === value))
      return context.json(listOf(products, page, limit))
    })
  })

  api.post('/customers/', async (context) => {
    const body = await bodyOf(context, newCustomer)
    return polar.write(async (unit) => {
      if ((await findCustomer(unit, body.external_id)) !== undefined) throw invalid('external_id', 'A customer with this external ID already exists.')
      return context.json(customerWire(await insertCustomer(unit, body.external_id, body.email, body.name ?? null)), 201)
    })
  })
  api.get('/customers/external/:id/state', (context) =>
    polar.write(async (unit) => {
      const customer = await requireCustomer(unit, context.req.param('id'))
      return context.json(customerStateWire(customer, await findActive(unit, customer.id)))
    }),
  )
  api.get('/customers/external/:id/payment-methods', (context) => {
    const { page, limit } = queryOf(context, paging)
    return polar.write(async (unit) => context.json(listOf(paymentMethodWire(await requireCustomer(unit, context.req.param('id'))), page, limit)))
  })

  api.post('/customer-sessions/', async (context) => {
    const body = await bodyOf(context, newSession)
    return polar.write(async (unit) => {
      const customer = await findCustomer(unit, body.external_customer_id)
      if (customer === undefined) throw invalid('external_customer_id', 'Customer does not exist.')
      const token = `polar_cst_${randomBytes(24).toString('base64url')}`
      const row = {
        id: randomUUID(),
        token_hash: hashToken(token),
        customer_id: customer.id,
        return_url: body.return_url ?? null,
        created_at: unit.now,
        expires_at: unit.now + SESSION_MS,
      }
      await unit.tx.insertInto('customer_sessions').values(row).execute()
      return context.json(
        {
          id: row.id,
          created_at: isoTime(row.created_at),
          modified_at: null,
          token,
          expires_at: isoTime(row.expires_at),
          return_url: row.return_url,
          customer_portal_url: `${polar.baseUrl}/portal?customer_session_token=${token}`,
          customer_id: customer.id,
          customer: customerWire(customer),
        },
        201,
      )
    })
  })

  api.post('/checkouts/', async (context) => {
    const body = await bodyOf(context, newCheckout)
    return polar.write(async (unit) => {
      const product = await findProduct(unit, body.products[0] ?? '')
      if (product === undefined) throw invalid('products', 'Product does not exist.')
      // A product that has a price of its own is sold at that, whatever is asked for.
      const amountCents = product.kind === 'top_up' ? (body.amount ?? null) : null
      if (product.kind === 'top_up' && amountCents === null) throw invalid('amount', 'An amount is required for a product with a custom price.')
      const customer =
        (await findCustomer(unit, body.external_customer_id)) ??
        (await insertCustomer(unit, body.external_customer_id, body.customer_email ?? 'billing@example.com', body.customer_name ?? null))
      const parts = await createCheckout(unit, product, customer, {
        amountCents,
        successUrl: body.success_url,
        returnUrl: body.return_url ?? null,
        metadata: body.metadata ?? {},
      })
      return context.json(checkoutWire(parts.checkout, parts.product, parts.customer, polar.baseUrl), 201)
    })
  })
  api.get('/checkouts/:id', (context) =>
    polar.write(async (unit) => {
      const parts = await findCheckout(unit, { id: context.req.param('id') })
      if (parts === null) throw notFound()
      return context.json(checkoutWire(parts.checkout, parts.product, parts.customer, polar.baseUrl))
    }),
  )
  api.get('/payments/', (context) => {
    const { page, limit, checkout_id: checkoutId } = queryOf(context, paging.extend({ checkout_id: z.uuid() }))
    return polar.write(async ({ tx }) => {
      const rows = await tx.selectFrom('payments').selectAll().where('checkout_id', '=', checkoutId).orderBy('created_at', 'desc').execute()
      return context.json(listOf(rows.map(paymentWire), page, limit))
    })
  })

  api.get('/subscriptions/:id', (context) =>
    polar.write(async (unit) => {
      const parts = await findSubscription(unit, context.req.param('id'))
      if (parts === null) throw notFound()
      return context.json(subscriptionWire(parts.subscription, parts.product, parts.customer))
    }),
  )
  api.patch('/subscriptions/:id', async (context) => {
    const body = await bodyOf(context, subscriptionUpdate)
    return polar.write(async (unit) => {
      const parts = await findSubscription(unit, context.req.param('id'))
      if (parts === null) throw notFound()
      if (parts.subscription.status !== 'active')
        throw new PolarFailure(403, { error: 'AlreadyCanceledSubscription', detail: 'This subscription is already canceled.' })
      const changed = await changedBy(unit, parts, body)
      return context.json(subscriptionWire(changed.subscription, changed.product, changed.customer))
    })
  })
  const changedBy = async (unit: PolarUnit, parts: SubscriptionParts, body: z.output<typeof subscriptionUpdate>): Promise<SubscriptionParts> => {
    if ('product_id' in body) return await changeProduct(unit, parts, body)
    if ('seats' in body) return await seatsOf(unit, parts, body.seats)
    if ('pending_update' in body) return await changeLater(unit, polar.outbox, parts, parts.product)
    return await setCancelled(unit, polar.outbox, parts, body.cancel_at_period_end)
  }
  const seatsOf = async (unit: PolarUnit, parts: SubscriptionParts, seats: number): Promise<SubscriptionParts> => {
    if (parts.product.seat_price_cents === null) throw invalid('seats', 'This product sells no seats.')
    return await changeSeats(unit, polar.outbox, parts, seats)
  }
  const changeProduct = async (unit: PolarUnit, parts: SubscriptionParts, body: { product_id: string; proration_behavior: 'invoice' | 'next_period' }) => {
    const to = await findProduct(unit, body.product_id)
    if (to === undefined) throw invalid('product_id', 'Product does not exist.')
    if (body.proration_behavior === 'next_period') return await changeLater(unit, polar.outbox, parts, to)
    return to.id === parts.product.id ? parts : await changeNow(unit, polar.outbox, parts, to)
  }

  api.post('/events/ingest', async (context) => {
    const { events } = await bodyOf(context, newEvents)
    return polar.take(async (unit) => {
      let inserted = 0
      for (const [externalId, own] of Map.groupBy(events, (event) => event.external_customer_id)) {
        const customer = await findCustomer(unit, externalId)
        if (customer === undefined) throw invalid('external_customer_id', 'Customer does not exist.')
        inserted += await takeEvents(
          unit,
          customer.id,
          own.map(({ external_id: id, timestamp, metadata: { meter, units } }) => ({ externalId: id, meter, units, atMs: Date.parse(timestamp) })),
        )
      }
      return context.json({ inserted, duplicates: events.length - inserted })
    })
  })

  api.get('/orders/', (context) => {
    const { page, limit, external_customer_id: externalId } = queryOf(context, paging.extend({ external_customer_id: z.string().min(1) }))
    return polar.write(async (unit) => {
      const customer = await findCustomer(unit, externalId)
      if (customer === undefined) return context.json(listOf([], page, limit))
      const query = unit.tx.selectFrom('orders').where('customer_id', '=', customer.id)
      const { count } = await query.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      const rows = await query
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('invoice_number', 'desc')
        .limit(limit)
        .offset((page - 1) * limit)
        .execute()
      const items = await Promise.all(rows.map(async (row) => orderParts(unit, row)))
      return context.json({
        items: items.map(({ order, product, customer: owner, subscription }) => orderWire(order, product, owner, subscription)),
        pagination: { total_count: count, max_page: Math.max(1, Math.ceil(count / limit)) },
      })
    })
  })
  api.post('/orders/:id/invoice', (context) =>
    polar.write(async (unit) => {
      const parts = await findOrder(unit, context.req.param('id'))
      if (parts === null) throw notFound()
      await unit.tx.updateTable('orders').set({ is_invoice_generated: 1 }).where('id', '=', parts.order.id).execute()
      return context.json({}, 202)
    }),
  )
  api.get('/orders/:id/invoice', (context) =>
    polar.write(async (unit) => {
      const parts = await findOrder(unit, context.req.param('id'))
      if (parts === null || parts.order.is_invoice_generated === 0) throw notFound()
      return context.json({ url: `${polar.origin}${invoicePath(polar, parts.order.id)}` })
    }),
  )
  api.all('*', () => {
    throw notFound()
  })
  return api
}

class PolarFailure extends Error {
  readonly status: 401 | 403 | 404 | 422
  readonly body: object

  constructor(status: 401 | 403 | 404 | 422, body: object) {
    super(`Polar answers ${status}`)
    this.status = status
    this.body = body
  }
}

function notFound(detail = 'Not found'): PolarFailure {
  return new PolarFailure(404, { error: 'ResourceNotFound', detail })
}

function invalid(field: string, message: string): PolarFailure {
  return new PolarFailure(422, { detail: [{ loc: ['body', field], msg: message, type: 'value_error' }] })
}

function answerError(error: Error, context: Context): Response {
  if (error instanceof PolarFailure) return context.json(error.body, error.status)
  if (error instanceof Refusal) return context.json({ error: error.code, detail: error.message }, error.status)
  if (error instanceof HTTPException) return context.json({ error: 'BadRequest', detail: error.message }, error.status)
  throw error
}

async function bodyOf<T extends z.ZodType>(context: PolarContext, schema: T): Promise<z.output<T>> {
  const body: unknown = await context.req.json().catch(() => undefined)
  return parsed(schema, body, 'body')
}

function queryOf<T extends z.ZodType>(context: PolarContext, schema: T): z.output<T> {
  return parsed(schema, context.req.query(), 'query')
}

function parsed<T extends z.ZodType>(schema: T, value: unknown, place: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new PolarFailure(422, { detail: result.error.issues.map(({ path, message }) => ({ loc: [place, ...path], msg: message, type: 'value_error' })) })
}

/** `metadata[key]=value`, as the SDK writes it. */
function metadataQuery(context: PolarContext): [string, string][] {
  return [...new URL(context.req.url).searchParams].flatMap(([name, value]) => {
    const key = /^metadata\[(.{1,40})\]$/.exec(name)?.[1]
    return key === undefined ? [] : [[key, value] satisfies [string, string]]
  })
}

function listOf<T>(items: readonly T[], page: number, limit: number): { items: T[]; pagination: { total_count: number; max_page: number } } {
  return {
    items: items.slice((page - 1) * limit, page * limit),
    pagination: { total_count: items.length, max_page: Math.max(1, Math.ceil(items.length / limit)) },
  }
}

async function requireCustomer(unit: PolarUnit, externalId: string): Promise<CustomerRow> {
  const customer = await findCustomer(unit, externalId)
  if (customer === undefined) throw notFound()
  return customer
}

function insertCustomer({ tx, now }: PolarUnit, externalId: string, email: string, name: string | null): Promise<CustomerRow> {
  return tx
    .insertInto('customers')
    .values({ id: randomUUID(), external_id: externalId, email, name, card_id: null, card_brand: null, card_last4: null, created_at: now })
    .returningAll()
    .executeTakeFirstOrThrow()
}
