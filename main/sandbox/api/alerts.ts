import { createRoute, z } from '@hono/zod-openapi'
import { findMeter } from '../../../shared/billing/catalog.ts'
import {
  alertEvent,
  type AlertRule,
  alertRule,
  alertsResponse,
  DEFAULT_BUDGET_STEPS,
  deleteAlertResponse,
  type PutAlert,
  putAlertRequest,
} from '../../../shared/contract/platform/alerts.ts'
import { type AlertWatch, STEP } from '../alerts/watch.ts'
import { rulesOf } from '../alerts/rules.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const EVENTS_ANSWERED = 100
const RULES_MAX = 100
const versionQuery = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional()

const readAlerts = createRoute({
  method: 'get',
  path: '/api/billing/alerts',
  summary: 'What this workspace is told of, by which channels, and what has fired',
  security,
  responses: { 200: jsonAnswer(alertsResponse, 'Channels, alerts, and the newest notifications'), ...refusals },
})
const putAlert = createRoute({
  method: 'put',
  path: '/api/billing/alerts',
  summary: 'Set a custom budget, or change an alert of the catalog',
  security,
  request: { body: jsonBody(putAlertRequest) },
  responses: { 200: jsonAnswer(alertRule, 'The alert as it is now'), ...refusals },
})
const deleteAlert = createRoute({
  method: 'delete',
  path: '/api/billing/alerts',
  summary: 'Delete a custom budget',
  security,
  request: { query: z.object({ id: z.string().min(1).max(64), version: versionQuery }) },
  responses: { 200: jsonAnswer(deleteAlertResponse, 'It is not there any more'), ...refusals },
})

export function alertRoutes(platform: Platform, watch: AlertWatch): Routes {
  const { store } = platform
  return makeRoutes()
    .openapi(readAlerts, async (context) => {
      const signedIn = context.get('signedIn')
      const answer = await store.write(async (unit) => {
        const account = await accountFor(unit, signedIn, 'view_usage')
        const rows = await unit.tx
          .selectFrom('alert_events')
          .select('body')
          .where('workspace_id', '=', signedIn.workspaceId)
          .orderBy('fired_at', 'desc')
          .limit(EVENTS_ANSWERED)
          .execute()
        return {
          channels: (account.catalog.alerts?.channels ?? []).map(({ id, name }) => ({ id, name })),
          rules: rulesOf(unit.file, signedIn.workspaceId, account.catalog),
          events: rows.map(({ body }) => alertEvent.parse(JSON.parse(body))),
        }
      })
      return context.json(answer, 200)
    })
    .openapi(putAlert, async (context) => {
      const signedIn = context.get('signedIn')
      const wanted = context.req.valid('json')
      const rule = await store.write(async (unit) => {
        const account = await accountFor(unit, signedIn, 'set_budget_alerts')
        return await writeRule(unit, account, wanted)
      })
      watch.forget(signedIn.workspaceId)
      return context.json(rule, 200)
    })
    .openapi(deleteAlert, async (context) => {
      const signedIn = context.get('signedIn')
      const { id, version } = context.req.valid('query')
      const status = await store.write(async (unit) => {
        const account = await accountFor(unit, signedIn, 'set_budget_alerts')
        return await deleteRule(unit, account, id, version)
      })
      watch.forget(signedIn.workspaceId)
      return context.json({ id, status }, 200)
    })
}

/** @throws Refusal for a measure, meter or channel that this catalog does not have, or an edit of another version. */
async function writeRule(unit: Unit, account: Account, wanted: PutAlert): Promise<AlertRule> {
  const { catalog, workspace } = account
  const rules = rulesOf(unit.file, workspace.id, catalog)
  const known = rules.find(({ id }) => id === wanted.id)
  checkAgainstCatalog(account, wanted, known)
  const stored = await unit.tx
    .selectFrom('alert_rules')
    .select(['version', 'deleted'])
    .where('workspace_id', '=', workspace.id)
    .where('id', '=', wanted.id)
    .executeTakeFirst()
  const current = stored?.version ?? 0
  if (known !== undefined && saysTheSame(known, wanted)) return known
  refuseOtherVersion(wanted.version, current, known ?? null, wanted)
  if (known === undefined && rules.length >= RULES_MAX) throw badRequest(`There are ${RULES_MAX} alerts already.`, 'Delete one that is no longer needed.')
  const row = {
    measure: wanted.measure,
    name: known?.measure === 'limit' ? known.name : wanted.name,
    meter: wanted.meter,
    at: known?.measure === 'limit' ? known.at : wanted.at,
    channels: JSON.stringify(wanted.channels),
    enabled: wanted.enabled ? 1 : 0,
    version: current + 1,
    deleted: 0,
    thresholds: JSON.stringify(stepsWanted(wanted, known)),
  }
  await unit.tx
    .insertInto('alert_rules')
    .values({ workspace_id: workspace.id, id: wanted.id, ...row })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'id']).doUpdateSet(row))
    .execute()
  // Another amount is another budget: it may fire in this period although the old one has.
  if (known !== undefined && (known.at !== row.at || JSON.stringify(known.thresholds) !== row.thresholds))
    await unit.tx
      .deleteFrom('alerts_fired')
      .where('workspace_id', '=', workspace.id)
      .where((eb) => eb.or([eb('rule', '=', wanted.id), eb('rule', 'in', stepIds(known))]))
      .where('period_start', '=', workspace.period_start)
      .execute()
  const written = rulesOf(unit.file, workspace.id, catalog).find(({ id }) => id === wanted.id)
  if (written === undefined) throw new Error(`Alert ${wanted.id} was written and is not there`)
  unit.changes.put({ workspaceId: workspace.id, topic: 'alert_rule', id: written.id, version: written.version, body: written })
  return written
}

async function deleteRule(unit: Unit, { workspace, catalog }: Account, id: string, expected: number | undefined): Promise<'deleted' | 'unknown'> {
  const known = rulesOf(unit.file, workspace.id, catalog).find((rule) => rule.id === id)
  if (known === undefined) return 'unknown'
  if (known.measure === 'limit') throw new Refusal('alert_of_catalog', `${known.name} belongs to the plan and is not deleted.`, 'Switch it off instead.')
  refuseOtherVersion(expected, known.version, known, known)
  await unit.tx
    .updateTable('alert_rules')
    .set({ deleted: 1, version: known.version + 1 })
    .where('workspace_id', '=', workspace.id)
    .where('id', '=', id)
    .execute()
  unit.changes.put({ workspaceId: workspace.id, topic: 'alert_rule', id, version: known.version + 1, body: null })
  return 'deleted'
}

function checkAgainstCatalog({ catalog }: Account, wanted: PutAlert, known: AlertRule | undefined): void {
  const channels = catalog.alerts?.channels ?? []
  const unknown = wanted.channels.find((id) => !channels.some((channel) => channel.id === id))
  if (unknown !== undefined) throw badRequest(`There is no channel ${unknown}.`, `The channels are ${channels.map(({ id }) => id).join(', ')}.`)
  if (known !== undefined && known.measure !== wanted.measure) throw badRequest('An alert keeps what it measures.', 'Delete it and make another one.')
  if (known === undefined && wanted.measure === 'limit')
    throw badRequest('Alerts on the limits come with the plan.', 'Make a budget on a meter or on the cost.')
  if ((wanted.measure === 'meter') !== (wanted.meter !== null))
    throw badRequest('A meter is named with the measure "meter", and only then.', 'Compare the request with /openapi.json.')
  if (wanted.meter !== null && findMeter(catalog, wanted.meter)?.id !== wanted.meter)
    throw badRequest(`There is no meter ${wanted.meter}.`, `The meters are ${catalog.meters.map(({ id }) => id).join(', ')}.`)
  if (wanted.at === 0) throw badRequest('A budget of nothing would always be reached.', 'Set an amount of at least 1.')
}

function refuseOtherVersion(expected: number | undefined, current: number, theirs: AlertRule | null, { id, name }: Pick<AlertRule, 'id' | 'name'>): void {
  if (expected === undefined || expected === current) return
  throw new Refusal('version_conflict', `${name} was changed in the meantime.`, 'Look at both and decide.', {
    current: { key: `alert:${id}`, value: theirs === null ? '' : JSON.stringify(theirs), version: current },
  })
}

/** From low to high, each once. */
function stepsWanted({ thresholds }: PutAlert, known: AlertRule | undefined): number[] {
  return [...new Set(thresholds ?? known?.thresholds ?? DEFAULT_BUDGET_STEPS)].sort((one, other) => one - other)
}

/** Under which its steps are remembered as fired. */
function stepIds({ id, thresholds = [] }: AlertRule): string[] {
  return thresholds.map((percent) => `${id}${STEP}${percent}`)
}

/** The repeat of an edit whose answer was lost. */
function saysTheSame(known: AlertRule, wanted: PutAlert): boolean {
  const said = (rule: Pick<AlertRule, 'measure' | 'meter' | 'channels' | 'enabled' | 'name' | 'at' | 'thresholds'>): string =>
    JSON.stringify([
      rule.measure,
      rule.meter,
      [...rule.channels].sort(),
      rule.enabled,
      ...(known.measure === 'limit' ? [] : [rule.name, rule.at, rule.thresholds ?? known.thresholds]),
    ])
  return said(known) === said(wanted)
}
