import { catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { planOf } from '../../../shared/billing/catalog.ts'
import { periodAt, periodNumber } from '../../../shared/billing/period.ts'
import { RECIPIENT_SETTINGS } from '../alerts/deliveries.ts'
import { rulesOf } from '../alerts/rules.ts'
import { type DemoWorkspace, demoMemberId, demoSubscriptionId, demoToken, demoWorkspaceId, demoWorkspaces } from './demo-workspaces.ts'
import { hashSecret } from '../http/sign-in.ts'
import { issueAgreedInvoices } from '../invoices/agreed-invoices.ts'
import { invoiceDocumentOf } from '../invoices/invoice-document.ts'
import { announcePaymentMethods, COUNTRY_SETTING } from '../invoices/payment-methods.ts'
import type { Account } from '../meter/accounts/account.ts'
import { announceCounters, memberDocument, workspaceDocument } from '../meter/accounts/documents.ts'
import { putLimitsInForce } from '../meter/counters/limits.ts'
import { openAccount } from '../meter/open-account.ts'
import { cardWords } from '../polar/embedded/cards.ts'
import { writeSetting } from '../settings/write-setting.ts'
import type { Store, Unit } from '../store/store.ts'
import { openDemoCircle } from './demo-circle.ts'
import { makeWalletsKnown } from '../wallet/open-circle.ts'

/** A demo workspace as it stands in the database, for whoever writes its past. */
export type DemoAccount = {
  id: string
  key: string
  name: string
  catalog: string
  circle: string | null
  members: { id: string; name: string; role: string }[]
}

/** A subscription that the payment provider has to know of before anybody asks it. */
export type DemoSubscription = {
  id: string
  workspaceId: string
  name: string
  email: string
  catalog: string
  planId: string
  /** Epoch ms. */
  startedAt: number
}

export type DemoOptions = {
  seed: number
  /** False where the real Polar is used: it knows nothing of the demo, so its plans are agreed ones that nobody pays for. */
  subscribed: boolean
  workspaces?: readonly DemoWorkspace[]
  /** Whether the demo's wallets have a past when they are made. */
  walletPast?: boolean
}

/** A past is whole months and some days long, so that the current period is well under way. */
const PAST_DAYS_MS = 12 * 86_400_000
/** The card that pays for the demo's plans: the test card of the payment provider. */
export const DEMO_CARD = { brand: 'visa', last4: '4242' }

/**
 * Makes the demo's workspaces that an empty or an older database lacks, and puts what this program's catalogs say in
 * force in all that are there.
 */
export async function prepareDemo(store: Store, options: DemoOptions): Promise<void> {
  const { seed, workspaces = demoWorkspaces } = options
  for (const demo of workspaces) {
    await store.write(async (unit) => {
      const id = demoWorkspaceId(seed, demo.key)
      const known = await unit.tx.selectFrom('workspaces').select('id').where('id', '=', id).executeTakeFirst()
      if (known === undefined) await createWorkspace(unit, id, demo, options)
    })
  }
  const all = await store.read.selectFrom('workspaces').select('id').execute()
  for (const { id } of all) await store.write((unit) => announceAll(unit, id))
  for (const { key, name, circle } of workspaces) {
    if (circle !== undefined)
      await store.write((unit) => openDemoCircle(unit, demoWorkspaceId(seed, key), { id: circle, name }, options.walletPast === true ? { seed } : null))
  }
}

/** The demo's workspaces with their ids, in the order of the list. */
export function demoAccounts(seed: number, workspaces: readonly DemoWorkspace[] = demoWorkspaces): DemoAccount[] {
  return workspaces.map(({ key, name, catalog, circle, members }) => ({
    id: demoWorkspaceId(seed, key),
    key,
    name,
    catalog,
    circle: circle ?? null,
    members: members.map((member) => ({ id: demoMemberId(seed, key, member.role), ...member })),
  }))
}

/** The subscriptions on which the demo's paid plans stand, as the database says when they began. */
export async function demoSubscriptions(store: Store, seed: number, workspaces: readonly DemoWorkspace[] = demoWorkspaces): Promise<DemoSubscription[]> {
  const rows = await store.read.selectFrom('workspaces').select(['id', 'created_at', 'subscription_id']).execute()
  return workspaces.flatMap(({ key, name, catalog, plan, billingEmail }) => {
    const id = demoSubscriptionId(seed, key)
    const row = rows.find((workspace) => workspace.id === demoWorkspaceId(seed, key))
    // One that has been cancelled or bought anew since is the payment provider's business alone.
    if (row?.subscription_id !== id) return []
    return [{ id, workspaceId: row.id, name, email: billingEmail, catalog, planId: plan, startedAt: row.created_at }]
  })
}

async function createWorkspace(unit: Unit, id: string, demo: DemoWorkspace, { seed, subscribed }: DemoOptions): Promise<void> {
  const catalog = unit.catalogs.named(demo.catalog)
  const plan = planOf(catalog, demo.plan)
  const { deployment = 'platform' } = demo
  const bought = plan.id !== catalog.defaultPlan
  // What has no billing has no subscription either.
  const paid = bought && subscribed && deployment === 'platform' && plan.priceCents !== null
  const startedAt = demo.pastMonths === 0 ? unit.now : periodNumber(unit.now - PAST_DAYS_MS, -demo.pastMonths).startMs
  const period = periodAt(startedAt, unit.now, plan.interval)
  await unit.tx
    .insertInto('workspaces')
    .values({
      id,
      name: demo.name,
      catalog: catalog.id,
      deployment,
      plan_id: plan.id,
      base_plan_id: bought && !paid ? plan.id : null,
      subscription_id: paid ? demoSubscriptionId(seed, demo.key) : null,
      agreed_price_cents: demo.agreedPriceCents ?? null,
      payment_method: paid ? cardWords(DEMO_CARD) : null,
      period_anchor: startedAt,
      period_start: period.startMs,
      period_end: period.endMs,
      created_at: startedAt,
    })
    .execute()
  for (const [index, { name, role }] of demo.members.entries()) {
    const memberId = demoMemberId(seed, demo.key, role)
    await unit.tx
      .insertInto('members')
      .values({ id: memberId, workspace_id: id, name, role, created_at: startedAt + index })
      .execute()
    await unit.tx
      .insertInto('tokens')
      .values({ token_hash: hashSecret(demoToken(seed, memberId)), member_id: memberId, created_at: unit.now, expires_at: null, revoked_at: null })
      .execute()
  }
  await writeSetting(unit, id, 'org_name', demo.name, undefined)
  await writeSetting(unit, id, 'billing_email', demo.billingEmail, undefined)
  if (demo.billingPhone !== undefined) await writeSetting(unit, id, RECIPIENT_SETTINGS.sms, demo.billingPhone, undefined)
  if (demo.billingCountry !== undefined) await writeSetting(unit, id, COUNTRY_SETTING, demo.billingCountry, undefined)
  if (demo.agreedPriceCents !== undefined) await writeAgreedPast(unit, id)
}

/** The invoices by agreement so far: all are paid but the last two, which are to be paid within 30 days of their issue. */
async function writeAgreedPast(unit: Unit, workspaceId: string): Promise<void> {
  await addMissingCounters(unit, workspaceId)
  const issued = await issueAgreedInvoices(unit, await openAccount(unit, workspaceId))
  const paid = issued.slice(0, -2).map(({ id }) => id)
  if (paid.length > 0) await unit.tx.updateTable('invoices').set({ order_status: 'paid' }).where('id', 'in', paid).execute()
}

async function announceAgreedInvoices(unit: Unit, { workspace, catalog }: Account): Promise<void> {
  const rows = await unit.tx.selectFrom('invoices').selectAll().where('workspace_id', '=', workspace.id).execute()
  for (const row of rows) unit.changes.put({ workspaceId: workspace.id, topic: 'invoice', id: row.id, body: invoiceDocumentOf(row, catalog, unit.now) })
}

/** Every document that has no other moment to be made known, so that the first read of the feed has everything. */
async function announceAll(unit: Unit, workspaceId: string): Promise<void> {
  await addMissingCounters(unit, workspaceId)
  const account = await openAccount(unit, workspaceId)
  await putLimitsInForce(unit, account)
  announceCounters(unit, account, account.counters.keys())
  unit.changes.put({ workspaceId, topic: 'plans', id: 'plans', body: catalogToWire(account.catalog) })
  unit.changes.put({ workspaceId, topic: 'workspace', id: 'workspace', body: workspaceDocument(account) })
  for (const rule of rulesOf(unit.file, workspaceId, account.catalog))
    unit.changes.put({ workspaceId, topic: 'alert_rule', id: rule.id, version: rule.version, body: rule })
  await announcePaymentMethods(unit, account)
  if (account.workspace.agreed_price_cents !== null) await announceAgreedInvoices(unit, account)
  await makeWalletsKnown(unit, account)
  const members = await unit.tx.selectFrom('members').selectAll().where('workspace_id', '=', workspaceId).execute()
  for (const member of members) unit.changes.put({ workspaceId, topic: 'member', id: member.id, body: memberDocument(member) })
}

/** A counter of a meter that is new in the catalog; its limit is set when the plan is put in force. */
async function addMissingCounters(unit: Unit, workspaceId: string): Promise<void> {
  const row = await unit.tx.selectFrom('workspaces').select('catalog').where('id', '=', workspaceId).executeTakeFirstOrThrow()
  for (const { id: metric } of unit.catalogs.named(row.catalog).meters) {
    await unit.tx
      .insertInto('counters')
      .values({ workspace_id: workspaceId, metric, quota_limit: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
