import type { PlansDocument } from '../../../shared/billing/catalog-wire.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { intervalFromWire } from '../../../shared/billing/period.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import { costCsvForPrograms, costCsvForSpreadsheets, costJson } from '../billing/costs/cost-export.ts'
import { type CostNames, costNames } from '../billing/costs/cost-names.ts'
import { type CostPeriod, costPeriods } from '../billing/costs/cost-periods.ts'
import { changeView, costView } from '../billing/costs/cost-view.ts'
import { focusCsv } from '../billing/costs/focus.ts'
import { sheetLocaleOf } from '../billing/csv.ts'
import { costStatement } from '../billing/statement/cost-statement.ts'
import { billedByMeter } from '../billing/statement/period-statement.ts'
import { statementOfPeriod } from '../billing/statement/workspace-statement.ts'
import { requireMay } from '../billing/permissions.ts'
import { runningPlan } from '../billing/plans/running-plan.ts'
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
  costDays: Pick<CostDays, 'firstMs' | 'read' | 'periods'>
  clock: Pick<Clock, 'now'>
}

export function costCalls(parts: CostCallParts): HandlersOf<'costs'> {
  const { view, documents, costDays, clock } = parts

  /** Null before the first visit of the platform, or where it says nothing of costs. */
  function knownOf(workspaceId: string): Known | null {
    const workspace = view(workspaceId)
    requireMay(workspace, 'view_usage')
    const { plansDocument: plans, plan, period: current } = workspace
    const firstMs = costDays.firstMs(workspaceId)
    if (plans === null || plan === null || current === null || firstMs === null) return null
    const running = runningPlan(plan, { plans: workspace.catalog?.plans ?? [] })
    const invoiceStarts = documents.list(workspaceId, 'invoice').map(({ period }) => Date.parse(period.start))
    const firstInvoice = invoiceStarts.length === 0 ? null : Math.min(...invoiceStarts)
    const [newest, ...older] = costPeriods(current, intervalFromWire(running.interval), firstInvoice, firstMs, costDays.periods(workspaceId))
    if (newest === undefined) return null
    return {
      plans,
      currency: running.currency,
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

  const daysOf = (workspaceId: string, period: CostPeriod) => costDays.read(workspaceId, period)

  return {
    'costs.read': ({ workspaceId, period: name, by }) => {
      const known = knownOf(workspaceId)
      if (known === null) return null
      const period = name === null ? known.periods[0] : periodNamed(known, name)
      const statement = costStatement(parts, view(workspaceId), period)
      return costView(daysOf(workspaceId, period), by, known.names, period, known.periods, known.today, known.currency, statement)
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
    'costs.export': ({ workspaceId, period: name, format, language = 'en' }) => {
      const known = knownOf(workspaceId)
      if (known === null) throw new ConsoleFailure('not_found', 'No costs are known here yet.', 'Sync, then try again.')
      const period = periodNamed(known, name)
      const { record } = view(workspaceId)
      const source = { days: daysOf(workspaceId, period), names: known.names, plans: known.plans, period, workspaceName: record.name, currency: known.currency }
      const fileName = (kind: string): string => `costs-${fileWords(record.name)}-${name}${kind}`
      switch (format) {
        case 'csv-for-spreadsheets':
          return { fileName: fileName('-spreadsheet.csv'), mimeType: 'text/csv', text: costCsvForSpreadsheets(source, sheetLocaleOf(language)) }
        case 'csv-for-programs':
          return { fileName: fileName('.csv'), mimeType: 'text/csv', text: costCsvForPrograms(source) }
        case 'json':
          return {
            fileName: fileName('.json'),
            mimeType: 'application/json',
            text: costJson({ ...source, statement: costStatement(parts, view(workspaceId), period) }),
          }
        case 'focus-1.2':
        case 'focus-1.3': {
          const version = format === 'focus-1.2' ? '1.2' : '1.3'
          const statement = statementOfPeriod(parts, view(workspaceId), period)
          return {
            fileName: fileName(`-focus-${version}.csv`),
            mimeType: 'text/csv',
            text: focusCsv({
              ...source,
              version,
              workspaceId: record.platformId,
              invoices: documents.list(workspaceId, 'invoice'),
              billedMinor: statement === null ? new Map() : billedByMeter(statement, known.currency),
            }),
          }
        }
      }
    },
  }
}
