import { requireMay } from '../billing/permissions.ts'
import type { Services } from './services.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

export function invoiceCalls(services: Services): HandlersOf<'invoices'> {
  const { invoices, documents } = services
  const known = (workspaceId: string): string => {
    const { id } = recordOf(services, workspaceId)
    requireMay(services, id, 'view_invoices')
    return id
  }
  return {
    'invoices.list': ({ workspaceId }) => invoices.list(known(workspaceId)),
    'invoices.pdf': ({ workspaceId, id }) => invoices.pdf(known(workspaceId), id),
    'invoices.archive': ({ workspaceId, ids }) => invoices.archive(known(workspaceId), ids),
    'invoices.forgetFiles': async ({ workspaceId }) => {
      await invoices.forget(known(workspaceId))
      return {}
    },
    'invoices.paymentMethods': ({ workspaceId }) =>
      (documents.read(known(workspaceId), 'payment_methods')?.methods ?? []).map((method) => ({
        id: method.id,
        name: method.name,
        description: method.description,
        eligible: method.eligible,
        reason: method.reason ?? null,
        dueDays: method.due_days,
        current: method.current,
        detail: method.detail ?? null,
      })),
  }
}
