import { createHash } from 'node:crypto'
import { catalogToWire } from '../../shared/billing/catalog-wire.ts'
import { planOf } from '../../shared/billing/catalog.ts'
import { periodNumber } from '../../shared/billing/period.ts'
import { writeSetting } from './api/settings.ts'
import { hashSecret } from './http/sign-in.ts'
import { catalogNamed } from './meter/account.ts'
import { wireLimits } from './meter/counters.ts'
import { announceCounters, workspaceDocument } from './meter/documents.ts'
import { openAccount } from './meter/open-account.ts'
import type { Store, Unit } from './store/store.ts'

type DemoWorkspace = {
  /** Names it within the seed; its ids are made from it. */
  key: string
  name: string
  catalog: string
  billingEmail: string
  members: readonly { name: string; role: string }[]
}

const demoWorkspaces: readonly DemoWorkspace[] = [
  {
    key: 'harbour',
    name: 'Harbour Research',
    catalog: 'layer-a',
    billingEmail: 'billing@harbour.example',
    members: [
      { name: 'Tess Tenant', role: 'tenant_admin' },
      { name: 'Paula Platform', role: 'platform_admin' },
      { name: 'Ben Billing', role: 'billing_contact' },
    ],
  },
]

/** Makes the demo's workspaces in an empty database, and puts what this program's catalogs say in force in one that is there. */
export async function prepareDemo(store: Store, seed: number): Promise<void> {
  for (const demo of demoWorkspaces) {
    await store.write(async (unit) => {
      const id = seededUuid(seed, `workspace/${demo.key}`)
      const known = await unit.tx.selectFrom('workspaces').select('id').where('id', '=', id).executeTakeFirst()
      if (known === undefined) await createWorkspace(unit, seed, id, demo)
    })
  }
  const all = await store.read.selectFrom('workspaces').select('id').execute()
  for (const { id } of all) await store.write((unit) => announceAll(unit, id))
}

/** The token of a demo member: the same for the same seed, so that a script can be written against it. */
export function demoToken(seed: number, memberId: string): string {
  return `tdm_${seededHash(seed, `token/${memberId}`).slice(0, 48)}`
}

async function createWorkspace(unit: Unit, seed: number, id: string, demo: DemoWorkspace): Promise<void> {
  const catalog = catalogNamed(demo.catalog)
  const plan = planOf(catalog, catalog.defaultPlan)
  const period = periodNumber(unit.now, 0, plan.interval)
  await unit.tx
    .insertInto('workspaces')
    .values({
      id,
      name: demo.name,
      catalog: catalog.id,
      deployment: 'platform',
      plan_id: plan.id,
      subscription_id: null,
      payment_method: null,
      period_anchor: unit.now,
      period_start: period.startMs,
      period_end: period.endMs,
      created_at: unit.now,
    })
    .execute()
  for (const [index, { name, role }] of demo.members.entries()) {
    const memberId = seededUuid(seed, `member/${demo.key}/${role}`)
    // In the order of the list: the first is the one that a console signs in with.
    await unit.tx
      .insertInto('members')
      .values({ id: memberId, workspace_id: id, name, role, created_at: unit.now + index })
      .execute()
    await unit.tx
      .insertInto('tokens')
      .values({ token_hash: hashSecret(demoToken(seed, memberId)), member_id: memberId, created_at: unit.now, expires_at: null, revoked_at: null })
      .execute()
  }
  await writeSetting(unit, id, 'org_name', demo.name, undefined)
  await writeSetting(unit, id, 'billing_email', demo.billingEmail, undefined)
}

/** Every document that has no other moment to be made known, so that the first read of the feed has everything. */
async function announceAll(unit: Unit, workspaceId: string): Promise<void> {
  const { catalog, plan_id: planId } = await unit.tx
    .selectFrom('workspaces')
    .select(['catalog', 'plan_id'])
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  const limits = wireLimits(catalogNamed(catalog), planOf(catalogNamed(catalog), planId), unit.now)
  for (const [metric, limit] of Object.entries(limits)) {
    await unit.tx
      .insertInto('counters')
      .values({ workspace_id: workspaceId, metric, quota_limit: limit })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'metric'])
          .doUpdateSet((eb) => ({ quota_limit: limit, version: eb('counters.version', '+', 1) }))
          .where('counters.quota_limit', '!=', limit),
      )
      .execute()
  }
  const account = await openAccount(unit, workspaceId)
  announceCounters(unit, account, account.counters.keys())
  unit.changes.put({ workspaceId, topic: 'plans', id: 'plans', body: catalogToWire(account.catalog) })
  unit.changes.put({ workspaceId, topic: 'workspace', id: 'workspace', body: workspaceDocument(account) })
}

function seededHash(seed: number, purpose: string): string {
  return createHash('sha256').update(`tidemark sandbox ${seed} ${purpose}`).digest('hex')
}

/** A UUID (version 8: made by a rule of our own, RFC 9562 §5.8) that is the same for the same seed. */
function seededUuid(seed: number, purpose: string): string {
  const hex = seededHash(seed, purpose)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
