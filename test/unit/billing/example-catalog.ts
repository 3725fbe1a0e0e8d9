import type { Catalog, Meter, Plan } from '../../../shared/billing/catalog.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'

/**
 * A catalog that exists only in the tests, with meters, plans, colours, roles and prices of its own: what passes with it
 * does not depend on any catalog of the product. The branch numbers are those of the truss seed.
 */
export const exampleCatalog: Catalog = {
  id: 'example',
  name: 'Example',
  summary: 'Only for the tests',
  capabilities: ['billing'],
  defaultPlan: 'solo',
  reasons: {
    reached: '{subject} limit reached ({used}/{limit}).',
    doesNotFit: '{subject} limit reached ({used}/{limit}, {requested} more does not fit).',
    notIncluded: '{subject} is not included in {current_plan}.',
    upgrade: 'Upgrade to {plan} for {plan_limit}.',
    booster: 'Buy {booster} for {amount} more.',
    noWayUp: 'There is no larger plan.',
  },
  meters: [
    exampleMeter({ id: 'branches', subject: 'Branch', singular: 'branch', plural: 'branches', aliases: ['branch'] }),
    exampleMeter({ id: 'seats', subject: 'Seat', singular: 'seat', plural: 'seats', seats: true }),
    exampleMeter({ id: 'calls', subject: 'Call', singular: 'call', plural: 'calls', period: 'monthly', enforcement: 'bill' }),
    exampleMeter({ id: 'storage', subject: 'Storage', singular: 'byte', plural: 'bytes', unit: 'bytes', draws: 'ciphertext_bytes', refusalStatus: 402 }),
    exampleMeter({ id: 'pushes', subject: 'Push', singular: 'push', plural: 'pushes', period: 'monthly', draws: 'per_push', refusalStatus: 429 }),
  ],
  plans: [
    examplePlan({ id: 'solo', name: 'Solo', priceCents: 0, limits: { branches: 0, seats: 1, calls: 10, storage: 1_000_000_000, pushes: 5 } }),
    examplePlan({ id: 'pro', name: 'Pro', priceCents: 2900, limits: { branches: 5, seats: 1, calls: 100, storage: 15_000_000_000, pushes: 50 } }),
    examplePlan({ id: 'team', name: 'Team', priceCents: 8900, limits: { branches: 20, seats: 5, calls: 1000, storage: 100_000_000_000, pushes: 500 } }),
    examplePlan({
      id: 'vast',
      name: 'Vast',
      priceCents: null,
      limits: { branches: UNLIMITED, seats: UNLIMITED, calls: UNLIMITED, storage: 500_000_000_000, pushes: UNLIMITED },
    }),
  ],
  comparison: [
    { label: 'Branches', meterId: 'branches' },
    { label: 'Support', values: { solo: 'none', pro: 'e-mail', team: 'e-mail', vast: 'phone' } },
  ],
  boosters: [
    {
      id: 'extra_storage',
      name: 'Extra storage',
      description: '+10 GB',
      resource: 'storage',
      amount: 10_000_000_000,
      priceCents: 500,
      currency: 'eur',
      source: 'ours',
    },
  ],
  thresholds: {
    levels: [
      { level: 'green', fromPercent: 0, inclusive: true, label: 'Fine' },
      { level: 'amber', fromPercent: 60, inclusive: true, label: 'Filling up' },
      { level: 'red', fromPercent: 85, inclusive: false, label: 'Nearly full' },
    ],
  },
  permissions: {
    source: 'ours',
    roles: [
      { id: 'chief', name: 'Chief' },
      { id: 'member', name: 'Member' },
      { id: 'guest', name: 'Guest' },
    ],
    actions: [
      { id: 'view', name: 'View', allow: { chief: 'all', member: 'own', guest: 'own' } },
      { id: 'spend', name: 'Spend', allow: { chief: 'all', member: 'request', guest: 'no' } },
    ],
  },
}

export function exampleMeter(meter: Partial<Meter> & { id: string }): Meter {
  return {
    name: meter.id,
    description: meter.id,
    group: null,
    unit: 'count',
    byteBase: 'decimal',
    subject: meter.id,
    singular: meter.id,
    plural: meter.id,
    period: 'total',
    aggregation: 'sum',
    enforcement: 'refuse',
    refusalStatus: 403,
    draws: 'none',
    aliases: [],
    seats: false,
    metering: null,
    unitPrice: null,
    source: 'ours',
    ...meter,
  }
}

export function examplePlan(plan: Partial<Plan> & { id: string }): Plan {
  return {
    name: plan.id,
    summary: plan.id,
    priceCents: 0,
    currency: 'eur',
    interval: 'month',
    hardWall: null,
    seatPriceCents: null,
    source: 'ours',
    limits: {},
    ...plan,
  }
}
