import { randomUUID } from 'node:crypto'
import { limitFromWire, limitToNullable } from '../../../shared/billing/limit.ts'
import type { AlertFields, AlertView } from '../../../shared/contract/console/alerts.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { AlertRule } from '../../../shared/contract/platform/alerts.ts'
import { alertIdOf, alertKey, type AlertValue, readAlertValue } from '../outbox/edits/alert-edits.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import { budgetValues } from '../billing/statement/budget-values.ts'
import { firedAlerts, firedView } from '../billing/fired-alerts.ts'
import { requireMay, whyNot } from '../billing/permissions.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { cutLetters } from '../sync/client/words.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { openEdits } from '../outbox/edits/open-edits.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Documents } from '../sync/documents/documents.ts'

/** As many as a person may enter: a form that begins with the name can be saved. */
const NAME_MAX_LETTERS = 80
/** Of the platform's permission matrix. */
const ACTION = 'set_budget_alerts'

export type AlertCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'read' | 'list'>
  costDays: Pick<CostDays, 'read' | 'periods'>
  outbox: Pick<Outbox, 'page' | 'enqueueSetting'>
  emit: (event: ConsoleEvent) => void
}

export function alertCalls(parts: AlertCallParts): HandlersOf<'alerts'> {
  const { view, documents, outbox, emit } = parts

  function rulesOf(workspaceId: string): AlertRule[] {
    return documents.list(workspaceId, 'alert_rule')
  }

  function enqueue(workspaceId: string, id: string, value: string, known: AlertRule | undefined): void {
    outbox.enqueueSetting({ workspaceId, key: alertKey(id), value, baseVersion: known?.version ?? 0 })
    emit({ event: 'cache.changed', payload: { workspaceId, topics: ['alert_rule'] } })
  }

  return {
    'alerts.read': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      const { catalog, counters } = workspace
      const rules = rulesOf(workspaceId)
      const edits = openEdits(outbox, workspaceId, ({ key, value, baseVersion }) => {
        const id = alertIdOf(key)
        const cached = id === null ? null : documents.read(workspaceId, 'alert_rule', id)
        return cached === null ? value === '' : cached.version > (baseVersion ?? 0)
      })
      const meters = catalog?.meters ?? []
      const metersById = new Map(meters.map((meter) => [meter.id, meter]))
      const countersByMetric = new Map(counters.map((counter) => [counter.metric, counter]))
      const ruleIds = new Set(rules.map(({ id }) => id))
      const budgetValue = budgetValues(parts, workspace)
      const alertView = (rule: Pick<AlertRule, 'id' | 'measure' | 'meter' | 'inclusive'>, confirmed: AlertFields | null): AlertView => {
        const meter = rule.meter === null ? undefined : metersById.get(rule.meter)
        const edit = edits.get(alertKey(rule.id))
        const serverValue = edit?.payload.serverValue?.value
        return {
          id: rule.id,
          measure: rule.measure,
          meter: rule.meter,
          meterName: rule.meter === null ? null : (meter?.name ?? rule.meter),
          unit: meter?.unit ?? null,
          byteBase: meter?.byteBase ?? 'decimal',
          inclusive: rule.inclusive,
          value: budgetValue(rule.measure, rule.meter),
          confirmed,
          edit:
            edit === undefined
              ? null
              : {
                  itemId: edit.itemId,
                  state: edit.state,
                  fields: fieldsOf(readAlertValue(edit.payload.value)),
                  theirs: fieldsOf(readAlertValue(serverValue ?? '')),
                  conflict: edit.state === 'rejected' && edit.payload.serverValue !== undefined,
                },
        }
      }
      const created = [...edits].flatMap(([key, { payload }]) => {
        const id = alertIdOf(key)
        const value = readAlertValue(payload.value)
        return id === null || value === null || ruleIds.has(id) ? [] : alertView({ id, measure: value.measure, meter: value.meter, inclusive: true }, null)
      })
      return {
        channels: catalog?.alerts?.channels.map(({ id, name }) => ({ id, name })) ?? [],
        currency: workspace.plan?.plan?.currency ?? workspace.catalog?.plans[0]?.currency ?? 'usd',
        meters: meters.flatMap((meter) => {
          const counter = countersByMetric.get(meter.id)
          if (counter === undefined) return []
          const { id, name, unit, byteBase } = meter
          return [{ id, name, unit, byteBase, used: counter.used, limit: limitToNullable(limitFromWire(counter.limit)) }]
        }),
        rules: [...rules.sort(byMeasureAndBound).map((rule) => alertView(rule, fieldsOf(rule))), ...created],
        mayNot: whyNot(workspace, ACTION),
      }
    },
    'alerts.fired': ({ workspaceId, before, limit }) => {
      const { catalog } = view(workspaceId)
      const all = firedAlerts(documents, workspaceId)
      const from = before === null ? 0 : all.findIndex(({ at }) => at < before)
      const page = from < 0 ? [] : all.slice(from, from + limit)
      // Rows of one instant stay together: the next page begins below them.
      const last = page.at(-1)
      const rest = from < 0 || last === undefined ? [] : all.slice(from + page.length)
      const tied = rest.filter(({ at }) => at === last?.at)
      const rows = [...page, ...tied].map((event) => firedView(event, catalog))
      return { rows, next: rest.length > tied.length && last !== undefined ? last.at : null, total: all.length }
    },
    'alerts.put': ({ workspaceId, id, measure, meter, fields }) => {
      requireMay(view(workspaceId), ACTION)
      const known = id === null ? undefined : rulesOf(workspaceId).find((rule) => rule.id === id)
      if (id === null && measure === 'limit')
        throw new ConsoleFailure('invalid_input', 'Alerts on the limits come with the plan.', 'Make a budget on a meter or on the cost.')
      if ((measure === 'meter') !== (meter !== null)) throw new ConsoleFailure('invalid_input', 'A budget on a meter names the meter.', 'Choose a meter.')
      if (fields.at === 0) throw new ConsoleFailure('invalid_input', 'A budget of nothing would always be reached.', 'Set an amount of at least 1.')
      const ruleId = id ?? `budget-${randomUUID()}`
      const value: AlertValue = { measure, meter, ...fields }
      enqueue(workspaceId, ruleId, JSON.stringify(value), known)
      return { id: ruleId }
    },
    'alerts.delete': ({ workspaceId, id }) => {
      requireMay(view(workspaceId), ACTION)
      const known = rulesOf(workspaceId).find((rule) => rule.id === id)
      if (known?.measure === 'limit')
        throw new ConsoleFailure('invalid_input', `${known.name} belongs to the plan and is not deleted.`, 'Switch it off instead.')
      enqueue(workspaceId, id, '', known)
      return {}
    },
  }
}

function fieldsOf(rule: Pick<AlertRule, 'name' | 'at' | 'channels' | 'enabled' | 'thresholds'> | null): AlertFields | null {
  if (rule === null) return null
  const { at, channels, enabled, thresholds } = rule
  return { name: cutLetters(rule.name, NAME_MAX_LETTERS), at, channels, enabled, ...(thresholds === undefined ? {} : { thresholds }) }
}

const measures: readonly AlertRule['measure'][] = ['limit', 'meter', 'invoiced', 'cost']

/** What the plan brings from low to high, then own budgets by name. */
function byMeasureAndBound(one: AlertRule, other: AlertRule): number {
  const kind = measures.indexOf(one.measure) - measures.indexOf(other.measure)
  if (kind !== 0) return kind
  return one.measure === 'limit' ? one.at - other.at || Number(other.inclusive) - Number(one.inclusive) : one.name.localeCompare(other.name)
}
