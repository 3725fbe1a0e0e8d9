import type { Catalog } from '../../../shared/billing/catalog.ts'

export type PastAction = {
  action: string
  target: string
  metadata: Record<string, unknown>
  /** Nobody did it: a schedule, a rule. */
  automatic?: true
}
type Chance = () => number
type Weighted = { weight: number; make: (random: Chance) => PastAction }

/** One action of the seed's list, as it may have happened in an account of this catalog. (seed: truss, "What gets logged") */
export function pastAction(catalog: Catalog, random: Chance): PastAction {
  const possible = catalog.capabilities.includes('operations') ? [...everywhere, ...operations] : everywhere
  let left = random() * possible.reduce((sum, { weight }) => sum + weight, 0)
  for (const { weight, make } of possible) {
    left -= weight
    if (left < 0) return make(random)
  }
  return authorise(random)
}

const everywhere: readonly Weighted[] = [
  { weight: 6, make: authorise },
  {
    weight: 4,
    make: (random) => ({
      action: 'session.revoke',
      target: `session/${code(random)}`,
      metadata: { reason: one(random, ['idle', 'sign_out', 'password_change']) },
      automatic: true,
    }),
  },
  { weight: 3, make: (random) => ({ action: 'user.create', target: `user/${person(random)}`, metadata: { invited: random() < 0.7 } }) },
  { weight: 1, make: (random) => ({ action: 'user.delete', target: `user/${person(random)}`, metadata: {} }) },
  {
    weight: 2,
    make: (random) => ({ action: 'user.state_change', target: `user/${person(random)}`, metadata: { state: one(random, ['active', 'inactive']) } }),
  },
  { weight: 2, make: (random) => ({ action: 'key.create', target: `key/${code(random)}`, metadata: { scope: one(random, ['read', 'write', 'admin']) } }) },
  {
    weight: 1,
    make: (random) => ({ action: 'key.revoke', target: `key/${code(random)}`, metadata: { reason: one(random, ['rotated', 'unused', 'leaked']) } }),
  },
  {
    weight: 1,
    make: (random) => ({ action: 'tuple.create', target: `relation/${person(random)}`, metadata: { relation: one(random, ['owner', 'editor', 'viewer']) } }),
  },
]

const operations: readonly Weighted[] = [
  { weight: 5, make: (random) => ({ action: 'branch.create', target: `branch/${branch(random)}`, metadata: { from: 'main', size_mb: whole(random, 900) } }) },
  { weight: 4, make: (random) => ({ action: 'branch.delete', target: `branch/${branch(random)}`, metadata: {} }) },
  {
    weight: 5,
    make: (random) => ({
      action: 'backup.create',
      target: `backup/${code(random)}`,
      metadata: { kind: 'nightly', size_mb: 400 + whole(random, 2_000) },
      automatic: true,
    }),
  },
  { weight: 1, make: (random) => ({ action: 'backup.restore', target: `backup/${code(random)}`, metadata: { into: branch(random) } }) },
  {
    weight: 3,
    make: (random) => ({
      action: 'schema.change',
      target: `table/${one(random, tables)}`,
      metadata: { statement: one(random, ['add column', 'add index', 'drop column']) },
    }),
  },
  {
    weight: 2,
    make: (random) => ({ action: 'bucket.create', target: `bucket/${one(random, buckets)}-${whole(random, 40)}`, metadata: { public: random() < 0.2 } }),
  },
  {
    weight: 1,
    make: (random) => ({ action: 'bucket.delete', target: `bucket/${one(random, buckets)}-${whole(random, 40)}`, metadata: { objects: whole(random, 5_000) } }),
  },
  {
    weight: 1,
    make: (random) => ({
      action: 'policy.change',
      target: `bucket/${one(random, buckets)}-${whole(random, 40)}`,
      metadata: { rule: one(random, ['private', 'signed', 'public-read']) },
    }),
  },
  { weight: 1, make: (random) => ({ action: 'opl.update', target: 'namespace/documents', metadata: { version: whole(random, 90) } }) },
  { weight: 2, make: (random) => ({ action: 'webhook.test', target: `webhook/${one(random, hooks)}`, metadata: { status: random() < 0.9 ? 200 : 502 } }) },
  { weight: 1, make: (random) => ({ action: 'webhook.create', target: `webhook/${one(random, hooks)}`, metadata: { events: whole(random, 6) + 1 } }) },
  { weight: 1, make: (random) => ({ action: random() < 0.5 ? 'webhook.enable' : 'webhook.disable', target: `webhook/${one(random, hooks)}`, metadata: {} }) },
]

const tables = ['orders', 'customers', 'events', 'sessions', 'invoices', 'items']
const buckets = ['exports', 'uploads', 'avatars', 'reports', 'archive']
const hooks = ['billing', 'deploys', 'alerts', 'crm']
const topics = ['login', 'search', 'import', 'billing', 'mobile', 'audit', 'export', 'onboarding']
const people = ['amara', 'boris', 'chloe', 'dmitri', 'elena', 'farid', 'greta', 'hugo', 'ines', 'jonas', 'kira', 'liam']

function authorise(random: Chance): PastAction {
  return {
    action: 'permission.check',
    target: `document/${code(random)}`,
    metadata: { relation: one(random, ['view', 'edit', 'share']), allowed: random() < 0.94 },
    automatic: true,
  }
}

function branch(random: Chance): string {
  return `${one(random, ['feature', 'fix', 'trial'])}-${one(random, topics)}-${whole(random, 300)}`
}

function person(random: Chance): string {
  return `${one(random, people)}-${whole(random, 90)}`
}

function code(random: Chance): string {
  return whole(random, 36 ** 5)
    .toString(36)
    .padStart(5, '0')
}

function whole(random: Chance, below: number): number {
  return Math.floor(random() * below)
}

function one(random: Chance, choices: readonly string[]): string {
  return choices[whole(random, choices.length)] ?? ''
}
