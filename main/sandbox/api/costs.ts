import { createRoute } from '@hono/zod-openapi'
import { type Period, periodName, periodStartingIn } from '../../../shared/billing/period.ts'
import { costBreakdown, costsQuery } from '../../../shared/contract/platform/costs.ts'
import { costBreakdownOf } from '../costs/breakdown.ts'
import { countedPeriodStarting, daysOfPeriod, pricePeriod } from '../costs/period-costs.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const readCosts = createRoute({
  method: 'get',
  path: '/api/billing/costs',
  summary: 'What the use of a period costs, by service, category and user',
  security,
  request: { query: costsQuery },
  responses: { 200: jsonAnswer(costBreakdown, 'The parts of each level sum to the level above'), ...refusals },
})

export function costRoutes(platform: Platform): Routes {
  return makeRoutes().openapi(readCosts, async (context) => {
    const signedIn = context.get('signedIn')
    const { period: asked = 'current' } = context.req.valid('query')
    const answer = await platform.store.write(async (unit) => {
      const account = await accountFor(unit, signedIn, 'view_usage')
      const period = periodAsked(unit, account, asked)
      const cells = daysOfPeriod(unit, account, pricePeriod(unit, account, period)).flatMap((day) => day.cells)
      return costBreakdownOf(account.catalog, cells, {
        periodName: periodName(period),
        currency: account.plan.currency,
        memberNames: await memberNames(unit, signedIn.workspaceId),
      })
    })
    return context.json(answer, 200)
  })
}

/** @throws Refusal 404 for a period that has not begun or lies before the account. */
function periodAsked(unit: Unit, { workspace }: Account, asked: string): Period {
  const current = { startMs: workspace.period_start, endMs: workspace.period_end }
  if (asked === 'current' || asked === periodName(current)) return current
  const period = countedPeriodStarting(unit, workspace.id, asked) ?? periodStartingIn(workspace.period_anchor, asked)
  if (period.startMs > unit.now || period.endMs <= workspace.created_at) {
    throw notFound(
      `period ${asked}`,
      `Periods are named by the month in which they start, from ${periodName({ startMs: workspace.created_at })} to ${periodName(current)}.`,
    )
  }
  return period
}

async function memberNames(unit: Unit, workspaceId: string): Promise<Map<string, string>> {
  const rows = await unit.tx.selectFrom('members').select(['id', 'name']).where('workspace_id', '=', workspaceId).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
