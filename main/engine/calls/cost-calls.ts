import type { PlansDocument } from '../../../shared/billing/catalog-wire.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { intervalFromWire } from '../../../shared/billing/period.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import { costCsv, costJson } from '../billing/costs/cost-export.ts'
import { type CostNames, costNames } from '../billing/costs/cost-names.ts'
import { type CostPeriod, costPeriods } from '../billing/costs/cost-periods.ts'
import { changeView, costView } from '../billing/costs/cost-view.ts'
import { focusCsv } from '../billing/costs/focus.ts'
import { requireMay } from '../billing/permissions.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Documents } from '../sync/documents/documents.ts'
import { fileWords } from '../sync/accounts/workspace-names.ts'

type Known = {
  plans: PlansDocument
  /** The plan's, for a period without use. */
  currency: string
  names: CostNames
  periods: [CostPeriod, ...CostPeriod[]]
  today: number
}

export type CostCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'list'>
  costDays: Pick<CostDays, 'days' | 'read'>
  clock: Pick<Clock, 'now'>
}

export function costCalls({ view, documents, costDays, clock }: CostCallParts): HandlersOf<'costs'> {
  /** Null before the first visit of the platform, or where it says nothing of costs. */
  function knownOf(workspaceId: string): Known | null {
    const workspace = view(workspaceId)
    requireMay(workspace, 'view_usage')
    const { plansDocument: plans, plan, period: current } = workspace
    const firstDay = costDays.days(workspaceId)[0]
    if (plans === null || plan === null || current === null || firstDay === undefined) return null
    const invoiceStarts = documents.list(workspaceId, 'invoice').map(({ period }) => Date.parse(period.start))
    const firstInvoice = invoiceStarts.length === 0 ? null : Math.min(...invoiceStarts)
    const [newest, ...older] = costPeriods(current, intervalFromWire(plan.plan.interval), firstInvoice, firstDay)
    if (newest === undefined) return null
    return {
      plans,
      currency: plan.plan.currency,
      names: costNames(plans, documents.list(workspaceId, 'member')),
      periods: [newest, ...older],
      today: dayOf(clock.now()),
    }
  }

  function periodNamed({ periods }: Known, name: string): CostPeriod {
    const period = periods.find((candidate) => candidate.name === name)
    if (period === undefined) throw new ConsoleFailure('not_found', `This computer knows nothing of the period ${name}.`, 'Choose another period.')
    return period
  }

  const daysOf = (workspaceId: string, { firstDay, endDay }: CostPeriod) => costDays.read(workspaceId, firstDay, endDay)

  return {
    'costs.read': ({ workspaceId, period: name, by }) => {
      const known = knownOf(workspaceId)
      if (known === null) return null
      const period = name === null ? known.periods[0] : periodNamed(known, name)
      return costView(daysOf(workspaceId, period), by, known.names, period, known.periods, known.today, known.currency)
    },
    'costs.change': ({ workspaceId, before, after }) => {
      const known = knownOf(workspaceId)
      if (known === null) return null
      const side = (name: string) => {
        const period = periodNamed(known, name)
        return { period, days: daysOf(workspaceId, period) }
      }
      return changeView(side(before), side(after), known.names, known.plans, known.today, known.currency)
    },
    'costs.export': ({ workspaceId, period: name, format }) => {
      const known = knownOf(workspaceId)
      if (known === null) throw new ConsoleFailure('not_found', 'No costs are known here yet.', 'Sync, then try again.')
      const period = periodNamed(known, name)
      const { record } = view(workspaceId)
      const source = { days: daysOf(workspaceId, period), names: known.names, period, workspaceName: record.name, currency: known.currency }
      const fileName = (kind: string): string => `costs-${fileWords(record.name)}-${name}${kind}`
      switch (format) {
        case 'csv':
          return { fileName: fileName('.csv'), mimeType: 'text/csv', text: costCsv(source) }
        case 'json':
          return { fileName: fileName('.json'), mimeType: 'application/json', text: costJson(source) }
        case 'focus': {
          const invoices = documents.list(workspaceId, 'invoice').filter(({ period: { start } }) => {
            const day = dayOf(Date.parse(start))
            return day >= period.firstDay && day < period.endDay
          })
          return {
            fileName: fileName('-focus-1.2.csv'),
            mimeType: 'text/csv',
            text: focusCsv({ ...source, workspaceId: record.platformId, plans: known.plans, invoices }),
          }
        }
      }
    },
  }
}
