import { randomUUID } from 'node:crypto'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { planResponse } from '../../../shared/contract/platform.ts'
import type { AlertEvent } from '../../../shared/contract/platform/alerts.ts'
import { isoTime } from '../clock.ts'
import { dateText } from '../pages/page.ts'
import type { Unit } from '../store/store.ts'
import { queueDeliveries } from './deliveries.ts'

type PlanDocument = ReturnType<typeof planResponse.parse>
type News = { rule: string; name: string; text: string }

/** No meter: the subject of what is about the plan itself. */
const PLAN = 'plan'
const CHANNELS: readonly string[] = ['in_app', 'email']

/** Tells a workspace when its plan is going to change or to end, and when it has ended: each once for a period, in the transaction that made it so. */
export function tellOfPlan(unit: Unit): void {
  for (const { workspaceId, body } of unit.changes.pending('plan')) {
    // Asked with every counter that moves: what goes on as it is is passed over without another look.
    if (body === null || goesOn(body)) continue
    const document = planResponse.parse(body)
    const catalog = catalogOf(unit, workspaceId)
    const news = newsOf(catalog, document)
    const channels = (catalog.alerts?.channels ?? []).map(({ id }) => id).filter((id) => CHANNELS.includes(id))
    if (news === null || channels.length === 0 || !isFirst(unit, workspaceId, news.rule, document)) continue
    const event: AlertEvent = {
      id: randomUUID(),
      fired_at: isoTime(unit.now),
      period: document.period,
      measure: PLAN,
      meter: null,
      used: 0,
      limit: null,
      thresholds: [{ rule: news.rule, name: news.name, at: 0 }],
      channels,
      text: news.text,
    }
    unit.file
      .prepare('INSERT INTO alert_events (id, workspace_id, fired_at, body) VALUES (?, ?, ?, ?)')
      .run(event.id, workspaceId, unit.now, JSON.stringify(event))
    unit.changes.put({ workspaceId, topic: 'alert_event', id: event.id, body: event })
    queueDeliveries(unit, workspaceId, event, catalog)
  }
}

function goesOn(body: unknown): boolean {
  const plan: unknown = typeof body === 'object' && body !== null && 'plan' in body ? body.plan : null
  return typeof plan === 'object' && plan !== null && 'cancel_at' in plan && plan.cancel_at === null && 'pending_change' in plan && plan.pending_change === null
}

function newsOf({ plans }: Catalog, { plan, period }: PlanDocument): News | null {
  if (plan === null) {
    const text = `The subscription ended on ${dateText(Date.parse(period.end))}. Everything stays readable; nothing new is taken until a plan is chosen.`
    return { rule: 'plan_ended', name: 'Subscription ended', text }
  }
  if (typeof plan.cancel_at === 'string') return { rule: 'plan_ends', name: 'Plan ends', text: `${plan.name} ends on ${dateText(Date.parse(plan.cancel_at))}.` }
  const pending = plan.pending_change ?? null
  if (pending === null) return null
  const name = plans.find(({ id }) => id === pending.plan)?.name ?? pending.plan
  return { rule: `plan_changes:${pending.plan}`, name: 'Plan changes', text: `${plan.name} changes to ${name} on ${dateText(Date.parse(pending.at))}.` }
}

/** Whether it is told of for the first time in this period; it is on record with the asking. */
function isFirst(unit: Unit, workspaceId: string, rule: string, { period }: PlanDocument): boolean {
  const { changes } = unit.file
    .prepare('INSERT OR IGNORE INTO alerts_fired (workspace_id, rule, subject, period_start, fired_at) VALUES (?, ?, ?, ?, ?)')
    .run(workspaceId, rule, PLAN, Date.parse(period.start), unit.now)
  return changes > 0
}

function catalogOf(unit: Unit, workspaceId: string): Catalog {
  const row = unit.file.prepare<[string], { catalog: string }>('SELECT catalog FROM workspaces WHERE id = ?').get(workspaceId)
  if (row === undefined) throw new Error(`There is no workspace ${workspaceId}`)
  return unit.catalogs.named(row.catalog)
}
