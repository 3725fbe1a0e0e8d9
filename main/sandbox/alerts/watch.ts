import { randomUUID } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import { type AlertNotification, crossedThresholds, type Threshold, thresholdOfLimit } from '../../../shared/billing/alert.ts'
import { type Catalog, findMeter } from '../../../shared/billing/catalog.ts'
import { moneyText } from '../../../shared/billing/money.ts'
import { amountText } from '../../../shared/billing/quantity-text.ts'
import { type AlertEvent, type AlertRule, alertRule } from '../../../shared/contract/platform/alerts.ts'
import { counter as counterSchema } from '../../../shared/contract/platform.ts'
import { isoTime } from '../clock.ts'
import { listPriceOfPeriod } from '../costs/cost-days.ts'
import { invoicedAndAccrued } from '../overage/invoiced.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'
import { queueDeliveries } from './deliveries.ts'
import { rulesOf } from './rules.ts'

type Named = Threshold & { readonly name: string; readonly rule: AlertRule }
type Period = { startMs: number; endMs: number }
type Subject = {
  workspaceId: string
  catalog: Catalog
  currency: string
  period: Period
  measure: AlertRule['measure']
  meter: string | null
  limit: number | null
}
/** What is left to fire, so that a counter that moves a thousand times a second is looked at with one comparison. */
type Quiet = { periodStart: number; limit: number; thresholds: readonly Named[] }

const UNLIMITED_ON_WIRE = -1
/** How the cost is named among the subjects, which are meters. */
const COST = ''
/** Between a budget's id and the percentage that fired. */
export const STEP = '@'

/**
 * Tells a workspace when a counter or its cost crosses what it wants to be told of: each alert once for a period, and one
 * notification for a jump over several. Works inside the transaction that moved the counter. (seed: analytics, "Budget Alerts")
 */
export class AlertWatch {
  readonly #quiet = new Map<string, Quiet>()
  readonly #statements = new WeakMap<SqliteFile, WatchStatements>()

  /** The counters that this transaction has changed. */
  readonly react = (unit: Unit): void => {
    for (const { workspaceId, body } of unit.changes.pending('counter')) {
      if (body === null) continue
      const { metric, used, limit } = counterSchema.parse(body)
      this.#look(unit, workspaceId, metric, used, limit)
    }
    const money = [...unit.changes.pending('cost_day'), ...unit.changes.pending('invoice')]
    for (const workspaceId of new Set(money.map((document) => document.workspaceId))) this.#lookAtMoney(unit, workspaceId)
    for (const { workspaceId, body } of unit.changes.pending('alert_rule')) {
      // A budget that is set below where things stand fires at once.
      const rule = body === null ? null : alertRule.parse(body)
      if (rule !== null && rule.measure !== 'limit' && rule.enabled) this.#lookAtBudget(unit, workspaceId, rule)
    }
  }

  /** Its alerts were changed: what was left to fire is worked out anew. */
  forget(workspaceId: string): void {
    for (const key of this.#quiet.keys()) if (key.startsWith(`${workspaceId} `)) this.#quiet.delete(key)
  }

  #lookAtMoney(unit: Unit, workspaceId: string): void {
    const place = this.#placeOf(unit, workspaceId)
    const rules = rulesOf(unit.file, workspaceId, place.catalog).filter(({ enabled }) => enabled)
    for (const measure of ['cost', 'invoiced'] as const) {
      const thresholds = rules.filter((rule) => rule.measure === measure).flatMap(stepsOf)
      // Most workspaces have no budget on money: then it is not summed up.
      if (thresholds.length === 0) continue
      const minor = measure === 'cost' ? listPriceOfPeriod(unit, workspaceId) : invoicedAndAccrued(unit, workspaceId)
      this.#fire(unit, { ...place, workspaceId, measure, meter: null, limit: null }, thresholds, Math.max(0, Number(minor)))
    }
  }

  #lookAtBudget(unit: Unit, workspaceId: string, { measure, meter }: AlertRule): void {
    if (measure !== 'meter' || meter === null) return this.#lookAtMoney(unit, workspaceId)
    this.forget(workspaceId)
    const row = counterRow.safeParse(this.#statementsOf(unit.file).counter.get(workspaceId, meter))
    if (row.success) this.#look(unit, workspaceId, meter, row.data.used, row.data.quota_limit)
  }

  #look(unit: Unit, workspaceId: string, metric: string, used: number, limit: number): void {
    const place = this.#placeOf(unit, workspaceId)
    const key = `${workspaceId} ${metric}`
    let quiet = this.#quiet.get(key)
    if (quiet === undefined || quiet.periodStart !== place.period.startMs || quiet.limit !== limit) {
      const fired = this.#firedOf(unit, workspaceId, metric, place.period)
      const rules = rulesOf(unit.file, workspaceId, place.catalog).filter(({ enabled }) => enabled)
      const thresholds = rules.flatMap((rule) => thresholdFor(rule, metric, limit)).filter(({ id }) => !fired.has(id))
      quiet = { periodStart: place.period.startMs, limit, thresholds }
      this.#quiet.set(key, quiet)
    }
    if (quiet.thresholds.length === 0) return
    const crossed = this.#fire(unit, { ...place, workspaceId, measure: 'limit', meter: metric, limit }, quiet.thresholds, used)
    // A transaction that is rolled back fires nothing: then it is worked out again. It stays right, as what fired is in the database.
    if (crossed) this.#quiet.delete(key)
  }

  #fire(unit: Unit, subject: Subject, thresholds: readonly Named[], value: number): boolean {
    const fired = this.#firedOf(unit, subject.workspaceId, subject.meter ?? COST, subject.period)
    const notification = crossedThresholds(thresholds, 0, value, fired)
    if (notification === null) return false
    const { markFired, insertEvent } = this.#statementsOf(unit.file)
    for (const { id } of notification.thresholds) markFired.run(subject.workspaceId, id, subject.meter ?? COST, subject.period.startMs, unit.now)
    const event = eventOf({ ...subject, id: randomUUID(), firedAtMs: unit.now }, notification, value)
    insertEvent.run(event.id, subject.workspaceId, unit.now, JSON.stringify(event))
    unit.changes.put({ workspaceId: subject.workspaceId, topic: 'alert_event', id: event.id, body: event })
    queueDeliveries(unit, subject.workspaceId, event, subject.catalog)
    return true
  }

  #placeOf(unit: Unit, workspaceId: string): { catalog: Catalog; currency: string; period: Period } {
    const row = placeRow.parse(this.#statementsOf(unit.file).place.get(workspaceId))
    const catalog = unit.catalogs.named(row.catalog)
    const currency = catalog.plans.find(({ id }) => id === row.plan_id)?.currency ?? 'usd'
    return { catalog, currency, period: { startMs: row.period_start, endMs: row.period_end } }
  }

  #firedOf(unit: Unit, workspaceId: string, subject: string, { startMs }: Period): Set<string> {
    return new Set(
      z
        .array(z.object({ rule: z.string() }))
        .parse(this.#statementsOf(unit.file).fired.all(workspaceId, startMs, subject))
        .map(({ rule }) => rule),
    )
  }

  #statementsOf(file: SqliteFile): WatchStatements {
    const known = this.#statements.get(file) ?? new WatchStatements(file)
    this.#statements.set(file, known)
    return known
  }
}

const counterRow = z.object({ used: z.int(), quota_limit: z.int() })
const placeRow = z.object({ catalog: z.string(), plan_id: z.string(), period_start: z.int(), period_end: z.int() })

class WatchStatements {
  readonly place: Statement<[workspaceId: string]>
  readonly fired: Statement<[workspaceId: string, periodStart: number, subject: string]>
  readonly markFired: Statement<[workspaceId: string, rule: string, subject: string, periodStart: number, at: number]>
  readonly insertEvent: Statement<[id: string, workspaceId: string, at: number, body: string]>
  readonly counter: Statement<[workspaceId: string, metric: string]>

  constructor(file: SqliteFile) {
    this.counter = file.prepare('SELECT used, quota_limit FROM counters WHERE workspace_id = ? AND metric = ?')
    this.place = file.prepare('SELECT catalog, plan_id, period_start, period_end FROM workspaces WHERE id = ?')
    this.fired = file.prepare('SELECT rule FROM alerts_fired WHERE workspace_id = ? AND period_start = ? AND subject = ?')
    this.markFired = file.prepare('INSERT OR IGNORE INTO alerts_fired (workspace_id, rule, subject, period_start, fired_at) VALUES (?, ?, ?, ?, ?)')
    this.insertEvent = file.prepare('INSERT INTO alert_events (id, workspace_id, fired_at, body) VALUES (?, ?, ?, ?)')
  }
}

/** A budget fires at each of its percentages, once a period. */
function stepsOf(rule: AlertRule): Named[] {
  const { id, name, at, inclusive, channels, thresholds = [100] } = rule
  return thresholds.map((percent) => ({
    id: percent === 100 ? id : `${id}${STEP}${percent}`,
    name: percent === 100 ? name : `${percent} % of ${name}`,
    at: Math.ceil((at * percent) / 100),
    inclusive,
    channels,
    rule,
  }))
}

/** A limit of 0 is "not included" and one without end has no percentage: neither alerts. */
function thresholdFor(rule: AlertRule, metric: string, limit: number): Named[] {
  if (rule.measure === 'meter') return rule.meter === metric ? stepsOf(rule) : []
  if (rule.measure !== 'limit' || limit === UNLIMITED_ON_WIRE || limit === 0) return []
  const { id, name, at, inclusive, channels } = rule
  return [{ ...thresholdOfLimit({ id, percent: at, inclusive, channels }, limit), name, rule }]
}

/** What fires on a meter that has this limit; nothing where it is not included or without end. */
export function limitThresholds(rules: readonly AlertRule[], limit: number): Named[] {
  return rules.flatMap((rule) => thresholdFor(rule, '', limit))
}

/** The notification of a meter's crossing, for the past of a demo. */
export function limitEvent(
  crossing: { id: string; firedAtMs: number; catalog: Catalog; currency: string; period: Period; meter: string; limit: number },
  notification: AlertNotification<Named>,
  used: number,
): AlertEvent {
  return eventOf({ ...crossing, measure: 'limit' }, notification, used)
}

function eventOf(
  subject: Omit<Subject, 'workspaceId'> & { id: string; firedAtMs: number },
  { thresholds, channels }: AlertNotification<Named>,
  value: number,
): AlertEvent {
  const { period, meter, limit, measure } = subject
  return {
    id: subject.id,
    fired_at: isoTime(subject.firedAtMs),
    period: { start: isoTime(period.startMs), end: isoTime(period.endMs) },
    measure: measure === 'cost' || measure === 'invoiced' ? measure : thresholds.every(({ rule }) => rule.measure === 'meter') ? 'meter' : 'limit',
    meter,
    used: value,
    limit,
    thresholds: thresholds.map(({ rule, name, at }) => ({ rule: rule.id, name, at })),
    channels: [...channels],
    text: textOf(subject, thresholds, value),
  }
}

/** "Storage: 96 GB of 100 GB used this period. Usage warning at 80 %, Usage critical at 95 %." */
function textOf(
  { catalog, meter: metric, limit, currency, measure }: Pick<Subject, 'catalog' | 'meter' | 'limit' | 'currency' | 'measure'>,
  thresholds: readonly Named[],
  value: number,
): string {
  const meter = metric === null ? undefined : findMeter(catalog, metric)
  const amount = (number: number): string => (meter === undefined ? moneyText({ amountMinor: number, currency }) : amountText(meter, number))
  const of = limit === null || limit === UNLIMITED_ON_WIRE ? '' : ` of ${amount(limit)}`
  const moneyName = measure === 'invoiced' ? 'Invoiced and accrued' : 'Use at list price'
  const names = thresholds.map(({ name, at, rule }) => {
    if (rule.measure === 'limit') return `${name} (${rule.inclusive ? '' : 'above '}${rule.at} %)`
    return `${name} (${amount(at)})`
  })
  return `${meter?.name ?? moneyName}: ${amount(value)}${of}. ${names.join(', ')}.`
}
