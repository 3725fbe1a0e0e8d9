import type { Services } from './services.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

export function billingCalls(services: Services): HandlersOf<'billing'> {
  const { sync } = services
  const known = (workspaceId: string): string => recordOf(services, workspaceId).id
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
