import { createRoute } from '@hono/zod-openapi'
import { percentOf } from '../../../shared/billing/thresholds.ts'
import { permit } from '../../../shared/billing/permission.ts'
import { tenantsResponse } from '../../../shared/contract/platform/account.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { seesEveryTenant } from '../http/sign-in.ts'
import { type Account, limitOf } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const listTenants = createRoute({
  method: 'get',
  path: '/v1/tenants',
  summary: 'Every tenant that this member may see; its id goes into ?tenant= of other requests',
  security,
  responses: { 200: jsonAnswer(tenantsResponse, 'The tenants, by name'), ...refusals },
})

export function tenantRoutes({ store }: Platform): Routes {
  return makeRoutes().openapi(listTenants, async (context) => {
    const signedIn = context.get('signedIn')
    if (!(await seesEveryTenant(store, signedIn))) {
      const reason = 'This role sees its own tenant only.'
      throw new Refusal('forbidden', reason, 'Ask a member whose role sees every tenant.', { reason })
    }
    const rows = await store.read.selectFrom('workspaces').select(['id', 'catalog']).orderBy('name').orderBy('id').execute()
    const seen = rows.filter(({ id, catalog }) => {
      const ownTenant = id === signedIn.homeWorkspaceId
      return permit(store.catalogs.named(catalog), signedIn.role, 'view_usage', { ownTenant }).allowed === true
    })
    const tenants = await Promise.all(
      seen.map(({ id }) =>
        store.write(async (unit) => {
          const account = await openAccount(unit, id)
          const { count } = await unit.tx
            .selectFrom('plan_requests')
            .select((eb) => eb.fn.countAll<number>().as('count'))
            .where('workspace_id', '=', id)
            .where('status', '=', 'pending')
            .executeTakeFirstOrThrow()
          return {
            id,
            name: account.workspace.name,
            catalog: account.catalog.id,
            plan: account.plan.id,
            plan_name: account.plan.name,
            highest_percent: highestPercent(account),
            pending_requests: count,
          }
        }),
      ),
    )
    return context.json({ tenants }, 200)
  })
}

function highestPercent({ counters }: Account): number | null {
  const percents = [...counters.values()].map((row) => percentOf(row.used, limitOf(row))).filter((percent) => percent !== null)
  return percents.length === 0 ? null : Math.max(...percents)
}
