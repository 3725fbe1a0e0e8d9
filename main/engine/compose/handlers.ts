import { alertCalls } from '../calls/alert-calls.ts'
import { auditCalls } from '../calls/audit-calls.ts'
import { billingCalls } from '../calls/billing-calls.ts'
import { cheapestPlanCalls } from '../calls/cheapest-plan-calls.ts'
import { costCalls } from '../calls/cost-calls.ts'
import { dataCalls } from '../calls/data-calls.ts'
import type { Handlers } from '../bridge/handlers.ts'
import { honestyCalls } from '../calls/honesty-calls.ts'
import { identityCalls } from '../calls/identity-calls.ts'
import { invoiceCalls } from '../calls/invoice-calls.ts'
import { dataSizes, localCalls } from '../calls/local-calls.ts'
import { offerCalls } from '../calls/offer-calls.ts'
import { outboxCalls } from '../calls/outbox-calls.ts'
import { overviewCalls } from '../calls/overview-calls.ts'
import type { Services } from '../calls/services.ts'
import { settingsCalls } from '../calls/settings-calls.ts'
import { usageCalls } from '../calls/usage-calls.ts'
import { walletCalls } from '../calls/wallet-calls.ts'
import { workspaceCalls } from '../calls/workspace-calls.ts'

/** One handler for each call of the bridge that the engine answers; the compiler sees one that is missing. */
export function composeHandlers(services: Services, backupFolder: string): Handlers {
  return {
    ...workspaceCalls(services),
    ...overviewCalls(services),
    ...outboxCalls(services),
    ...alertCalls(services),
    ...auditCalls(services),
    ...costCalls(services),
    ...walletCalls(services),
    ...invoiceCalls(services),
    ...usageCalls(services),
    ...billingCalls(services),
    ...cheapestPlanCalls(services),
    ...offerCalls(services),
    ...honestyCalls(services),
    ...identityCalls(services),
    ...settingsCalls(services),
    ...localCalls(services),
    ...dataCalls(services, { backupFolder, sizes: () => dataSizes(services) }),
  }
}
