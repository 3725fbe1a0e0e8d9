import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Sync } from '../sync/sync.ts'

export type BillingCallParts = {
  view: WorkspaceViewOf
  sync: Pick<Sync, 'startCheckout' | 'checkoutStatus' | 'dismissCheckout' | 'portal' | 'preview'>
}

export function billingCalls({ view, sync }: BillingCallParts): HandlersOf<'billing'> {
  const known = (workspaceId: string): string => view(workspaceId).record.id
  return {
    'billing.checkout': ({ workspaceId, ...order }) => sync.startCheckout(known(workspaceId), order),
    'billing.checkoutStatus': ({ workspaceId }) => sync.checkoutStatus(known(workspaceId)),
    'billing.dismissCheckout': ({ workspaceId }) => {
      sync.dismissCheckout(known(workspaceId))
      return {}
    },
    'billing.portal': ({ workspaceId }) => sync.portal(known(workspaceId)),
    'billing.preview': ({ workspaceId, ...order }) => sync.preview(known(workspaceId), order),
  }
}
