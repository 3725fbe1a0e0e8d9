import type { z } from 'zod'
import type { plansResponse } from '../contract/platform.ts'
import type { AlertChannel, Booster, Catalog, Meter, Plan, ThresholdPolicy } from './catalog.ts'
import { limitFromWire, limitToWire } from './limit.ts'
import { UNSAID_AGGREGATION } from './meter-kinds.ts'
import { intervalFromWire } from './period.ts'

/** The answer of `GET /api/billing/plans`, and the body of the `plans` topic. */
export type PlansDocument = z.infer<typeof plansResponse>

/** What a console knows of a platform's catalog: enough to colour meters, preview plans and explain a refusal. */
export type KnownCatalog = {
  readonly id: string
  readonly meters: readonly Meter[]
  readonly plans: readonly Plan[]
  readonly boosters: readonly Booster[]
  readonly thresholds: ThresholdPolicy
  /** Absent: alerts are not offered. */
  readonly alerts?: { readonly channels: readonly AlertChannel[] }
}

/** A catalog as the platform serves it. */
export function catalogToWire(catalog: Catalog): PlansDocument {
  return {
    catalog: catalog.id,
    name: catalog.name,
    ...(catalog.seller === undefined ? {} : { seller: { name: catalog.seller.name } }),
    meters: catalog.meters.map((meter) => ({
      id: meter.id,
      name: meter.name,
      description: meter.description,
      ...(meter.group === null ? {} : { group: meter.group }),
      unit: meter.unit,
      byte_base: meter.byteBase,
      subject: meter.subject,
      singular: meter.singular,
      plural: meter.plural,
      period: meter.period,
      enforcement: meter.enforcement,
      aliases: [...meter.aliases],
      refusal_status: meter.refusalStatus,
      draws: meter.draws,
      ...(meter.seats ? { seats: true } : {}),
      aggregation: meter.aggregation,
      ...(meter.unitPrice === null ? {} : { unit_price: { cents: meter.unitPrice.cents, per: meter.unitPrice.per } }),
      ...(meter.metering === null ? {} : { metering: meter.metering }),
      ...(meter.feature === undefined ? {} : { feature: meter.feature }),
    })),
    plans: catalog.plans.map((plan) => ({
      id: plan.id,
      name: plan.name,
      price_cents: plan.priceCents,
      currency: plan.currency,
      interval: plan.interval,
      summary: plan.summary,
      ...(plan.seatPriceCents === null ? {} : { seat_price_cents: plan.seatPriceCents }),
      ...(plan.features === undefined ? {} : { features: [...plan.features] }),
      limits: Object.fromEntries(Object.entries(plan.limits).map(([meterId, limit]) => [meterId, limitToWire(limit)])),
    })),
    boosters: catalog.boosters.map((booster) => ({
      id: booster.id,
      name: booster.name,
      description: booster.description,
      resource: booster.resource,
      amount: booster.amount,
      price_cents: booster.priceCents,
      currency: booster.currency,
    })),
    thresholds: {
      levels: catalog.thresholds.levels.map(({ level, fromPercent, inclusive, label }) => ({ level, from_percent: fromPercent, inclusive, label })),
    },
    comparison: catalog.comparison.map((row) => ('meterId' in row ? { label: row.label, meter: row.meterId } : row)),
    permissions: catalog.permissions,
    ...(catalog.alerts === undefined ? {} : { alerts: { channels: catalog.alerts.channels.map(({ id, name }) => ({ id, name })) } }),
    ...(catalog.costs === undefined
      ? {}
      : {
          costs: {
            services: catalog.costs.services.map(({ id, name, focusCategory, categories }) => ({
              id,
              name,
              ...(focusCategory === null ? {} : { focus_category: focusCategory }),
              categories: categories.map((category) => {
                const named = category.uses.flatMap(({ service }) => service ?? [])
                return { id: category.id, name: category.name, ...(named.length === 0 ? {} : { services: named }) }
              }),
            })),
            users: catalog.costs.users.map(({ id, name }) => ({ id, name })),
          },
        }),
  }
}

/** A platform's catalog as the console works with it. What an older platform does not say gets the meaning that changes least. */
export function catalogFromWire(document: PlansDocument): KnownCatalog {
  return {
    id: document.catalog,
    meters: document.meters.map((meter) => ({
      id: meter.id,
      name: meter.name,
      description: meter.description ?? '',
      group: meter.group ?? null,
      unit: meter.unit,
      byteBase: meter.byte_base ?? 'decimal',
      subject: wordOr(meter.subject, meter.name),
      singular: wordOr(meter.singular, meter.name),
      plural: wordOr(meter.plural, meter.name),
      period: meter.period,
      aggregation: meter.aggregation ?? UNSAID_AGGREGATION,
      enforcement: meter.enforcement,
      refusalStatus: meter.refusal_status ?? 403,
      draws: meter.draws ?? 'none',
      aliases: meter.aliases ?? [],
      seats: meter.seats ?? false,
      metering: meter.metering ?? null,
      ...(meter.feature === undefined ? {} : { feature: meter.feature }),
      unitPrice: meter.unit_price === undefined ? null : { cents: meter.unit_price.cents, per: meter.unit_price.per },
      source: 'seed',
    })),
    plans: document.plans.map((plan) => ({
      id: plan.id,
      name: plan.name,
      summary: plan.summary ?? '',
      priceCents: plan.price_cents,
      currency: plan.currency,
      interval: intervalFromWire(plan.interval),
      hardWall: null,
      seatPriceCents: plan.seat_price_cents ?? null,
      ...(plan.features === undefined ? {} : { features: plan.features }),
      source: 'seed',
      limits: Object.fromEntries(Object.entries(plan.limits).map(([meterId, limit]) => [meterId, limitFromWire(limit)])),
    })),
    boosters: document.boosters.map((booster) => ({
      id: booster.id,
      name: booster.name,
      description: wordOr(booster.description, booster.name),
      resource: booster.resource,
      amount: booster.amount,
      priceCents: booster.price_cents,
      currency: booster.currency,
      source: 'seed',
    })),
    thresholds: {
      levels: document.thresholds.levels.map(({ level, from_percent, inclusive, label }) => ({ level, fromPercent: from_percent, inclusive, label })),
    },
    ...(document.alerts === undefined ? {} : { alerts: { channels: document.alerts.channels.map(({ id, name }) => ({ id, name })) } }),
  }
}

function wordOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}
