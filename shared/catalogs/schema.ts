/**
 * What a catalog's YAML files may say. Strict: a misspelt field is an error, not a silent default. `npm run generate`
 * reports what is wrong with file, line and field.
 */
import { z } from 'zod'
import { isCountry } from '../billing/country.ts'
import type { Limit } from '../billing/limit.ts'
import { UNLIMITED } from '../billing/limit.ts'
import { drawsNames } from '../billing/meter-draws.ts'
import { aggregations } from '../billing/meter-kinds.ts'

const identifier = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'must be lower-case letters, digits, "_", "-" or "."')
const words = z.string().trim().min(1)
const cents = z.int().nonnegative()
const currency = z.string().regex(/^[a-z]{3}$/, 'must be a currency code in lower case')
const source = z.enum(['seed', 'ours'])

const byteUnits: Readonly<Record<string, number>> = {
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** A whole number, or a size in words ("25 MiB", "150 GB"). Answers the number in the meter's unit. */
const quantity = z.union([z.int(), z.string()]).transform((written, context): number => {
  const size = typeof written === 'number' ? written : sizeInBytes(written)
  if (size !== null && Number.isSafeInteger(size) && size >= 0) return size
  context.addIssue({ code: 'custom', message: 'must be a whole number of at least 0, or a size such as "25 MiB" or "150 GB"' })
  return z.NEVER
})

const limit = z.union([z.literal(UNLIMITED), z.unknown()]).transform((written, context): Limit => {
  if (written === UNLIMITED) return UNLIMITED
  const parsed = quantity.safeParse(written)
  if (parsed.success) return parsed.data
  context.addIssue({ code: 'custom', message: 'must be "unlimited", a whole number of at least 0, or a size such as "25 MiB" or "150 GB"' })
  return z.NEVER
})

export const catalogFile = z
  .strictObject({
    name: words,
    summary: words,
    default_plan: identifier,
    capabilities: z.array(identifier),
    usage_metrics: z.array(z.strictObject({ name: identifier, meter: identifier, per: quantity.optional() })).optional(),
    reasons: z.strictObject({ reached: words, does_not_fit: words, not_included: words, upgrade: words, booster: words, no_way_up: words }),
  })
  .transform(({ default_plan, reasons, usage_metrics, ...file }) => ({
    ...file,
    defaultPlan: default_plan,
    ...(usage_metrics === undefined ? {} : { usageMetrics: usage_metrics.map(({ name, meter, per = 1 }) => ({ name, meterId: meter, per })) }),
    reasons: {
      reached: reasons.reached,
      doesNotFit: reasons.does_not_fit,
      notIncluded: reasons.not_included,
      upgrade: reasons.upgrade,
      booster: reasons.booster,
      noWayUp: reasons.no_way_up,
    },
  }))

export const metersFile = z.strictObject({
  meters: z.array(
    z
      .strictObject({
        id: identifier,
        name: words,
        description: words,
        group: words.optional(),
        metering: words.optional(),
        unit: identifier,
        byte_base: z.enum(['binary', 'decimal']).optional(),
        subject: words.optional(),
        singular: words,
        plural: words,
        period: z.enum(['monthly', 'total']),
        aggregation: z.enum(aggregations),
        enforcement: z.enum(['refuse', 'bill', 'notify']),
        refusal_status: z.union([z.literal(402), z.literal(403), z.literal(429)]),
        draws: z.enum(drawsNames).optional(),
        aliases: z.array(identifier).optional(),
        seats: z.boolean().optional(),
        counts_requests: z.literal(true).optional(),
        feature: identifier.optional(),
        unit_price: z.strictObject({ cents, per: z.int().positive() }).optional(),
        source: source.optional(),
      })
      .transform((meter) => ({
        id: meter.id,
        name: meter.name,
        description: meter.description,
        group: meter.group ?? null,
        metering: meter.metering ?? null,
        unit: meter.unit,
        byteBase: meter.byte_base ?? 'decimal',
        subject: meter.subject ?? meter.name,
        singular: meter.singular,
        plural: meter.plural,
        period: meter.period,
        aggregation: meter.aggregation,
        enforcement: meter.enforcement,
        refusalStatus: meter.refusal_status,
        draws: meter.draws ?? 'none',
        aliases: meter.aliases ?? [],
        seats: meter.seats ?? false,
        ...(meter.counts_requests === undefined ? {} : { countsRequests: meter.counts_requests }),
        ...(meter.feature === undefined ? {} : { feature: meter.feature }),
        unitPrice: meter.unit_price ?? null,
        source: meter.source ?? 'seed',
      })),
  ),
})

/** A row that names a meter shows its limits; any other row says its value for each plan. */
const comparisonRow = z.union([
  z.strictObject({ label: words, meter: identifier }).transform(({ label, meter }) => ({ label, meterId: meter })),
  z.strictObject({ label: words, values: z.record(identifier, words) }),
])

export const plansFile = z
  .strictObject({
    currency,
    comparison: z.array(comparisonRow),
    plans: z
      .array(
        z.strictObject({
          id: identifier,
          name: words,
          summary: words,
          price_cents: cents.nullable(),
          interval: z.enum(['month', 'year']),
          hard_wall: z.boolean().optional(),
          seat_price_cents: cents.optional(),
          features: z.array(identifier).optional(),
          source,
          limits: z.record(identifier, limit),
        }),
      )
      .min(1),
  })
  .transform((file) => ({
    comparison: file.comparison,
    plans: file.plans.map((plan) => ({
      id: plan.id,
      name: plan.name,
      summary: plan.summary,
      priceCents: plan.price_cents,
      currency: file.currency,
      interval: plan.interval,
      hardWall: plan.hard_wall ?? null,
      seatPriceCents: plan.seat_price_cents ?? null,
      ...(plan.features === undefined ? {} : { features: plan.features }),
      source: plan.source,
      limits: plan.limits,
    })),
  }))

export const boostersFile = z
  .strictObject({
    currency: currency.optional(),
    boosters: z.array(z.strictObject({ id: identifier, name: words, description: words, resource: identifier, amount: quantity, price_cents: cents, source })),
  })
  .transform((file, context) => {
    const { currency: fileCurrency } = file
    if (fileCurrency === undefined && file.boosters.length > 0)
      context.addIssue({ code: 'custom', path: ['currency'], message: 'is needed where boosters are sold' })
    return {
      boosters: file.boosters.map((booster) => ({
        id: booster.id,
        name: booster.name,
        description: booster.description,
        resource: booster.resource,
        amount: booster.amount,
        priceCents: booster.price_cents,
        currency: fileCurrency ?? '',
        source: booster.source,
      })),
    }
  })

export const thresholdsFile = z.strictObject({
  levels: z
    .array(
      z
        .strictObject({
          level: z.enum(['normal', 'green', 'amber', 'red', 'over']),
          from_percent: z.number().nonnegative(),
          inclusive: z.boolean(),
          label: words,
        })
        .transform((level) => ({ level: level.level, fromPercent: level.from_percent, inclusive: level.inclusive, label: level.label })),
    )
    .min(1),
})

export const permissionsFile = z.strictObject({
  source,
  roles: z.array(z.strictObject({ id: identifier, name: words })).min(1),
  actions: z.array(z.strictObject({ id: identifier, name: words, allow: z.record(identifier, z.enum(['all', 'own', 'request', 'no'])) })).min(1),
})

/** A catalog that allocates no costs has no such file. */
export const costsFile = z.union([
  z.null(),
  z.strictObject({
    services: z.array(
      z
        .strictObject({
          id: identifier,
          name: words,
          focus_category: words.optional(),
          categories: z
            .array(
              z.strictObject({
                id: identifier,
                name: words,
                uses: z
                  .array(
                    z
                      .strictObject({ meter: identifier, service: words.optional() })
                      .transform(({ meter, service }) => ({ meterId: meter, service: service ?? null })),
                  )
                  .min(1),
              }),
            )
            .min(1),
        })
        .transform(({ id, name, focus_category, categories }) => ({ id, name, focusCategory: focus_category ?? null, categories })),
    ),
    users: z.array(z.strictObject({ id: words, name: words })),
  }),
])

/** A catalog that leaves payment to the customer portal has no such file. */
export const paymentFile = z.union([
  z.null(),
  z.strictObject({
    seller: z
      .strictObject({ name: words, address: z.array(words).min(1), tax_id: words })
      .transform(({ tax_id, ...seller }) => ({ ...seller, taxId: tax_id }))
      .optional(),
    methods: z
      .array(
        z
          .strictObject({
            id: identifier,
            name: words,
            description: words,
            due_days: z.int().nonnegative(),
            plans: z.array(identifier).min(1).optional(),
            countries: z.array(z.string().refine(isCountry, 'must be a country code of ISO 3166 in two capitals')).min(1).optional(),
          })
          .transform(({ id, name, description, due_days, plans, countries }) => ({
            id,
            name,
            description,
            dueDays: due_days,
            plans: plans ?? null,
            countries: countries ?? null,
          })),
      )
      .min(1),
  }),
])

/** A catalog with nothing to operate has no such file. */
export const operationsFile = z.union([
  z.null(),
  z.strictObject({
    operations: z
      .array(
        z
          .strictObject({
            id: identifier,
            name: words,
            group: words,
            meter: identifier.optional(),
            change: z.int().optional(),
            writes_to: identifier.optional(),
          })
          .refine(({ meter, change = 0 }) => (meter === undefined) === (change === 0), 'a meter and a change other than 0 go together')
          .transform(({ id, name, group, meter, change, writes_to: writesTo }) => ({
            id,
            name,
            group,
            meterId: meter ?? null,
            change: change ?? 0,
            ...(writesTo === undefined ? {} : { writesTo }),
          })),
      )
      .min(1),
  }),
])

/** A catalog without alerts has no such file. */
export const alertsFile = z.union([
  z.null(),
  z.strictObject({
    source,
    channels: z.array(z.strictObject({ id: identifier, name: words })).min(1),
    limits: z.array(
      z.strictObject({ id: identifier, name: words, percent: z.int().positive().max(1000), inclusive: z.boolean(), channels: z.array(identifier).min(1) }),
    ),
  }),
])

function sizeInBytes(written: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(written)
  const factor = byteUnits[match?.[2] ?? '']
  return factor === undefined ? null : Number(match?.[1]) * factor
}
