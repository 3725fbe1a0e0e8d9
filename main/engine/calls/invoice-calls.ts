import type { Invoices } from '../billing/invoices/invoices.ts'
import { requireMay } from '../billing/permissions.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Documents } from '../sync/documents/documents.ts'

export type InvoiceCallParts = {
  view: WorkspaceViewOf
  invoices: Pick<Invoices, 'list' | 'pdf' | 'archive' | 'forget'>
  documents: Pick<Documents, 'read'>
}

export function invoiceCalls({ view, invoices, documents }: InvoiceCallParts): HandlersOf<'invoices'> {
  const known = (workspaceId: string): string => {
    const workspace = view(workspaceId)
    requireMay(workspace, 'view_invoices')
    return workspace.record.id
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
