/**
 * What may leave this computer, field by field. The platform client sends only through this map: bodies and
 * queries are parsed with strict schemas, so a field that is not listed here cannot leave. The Honesty page
 * shows this same map to the person. (seed: layer-a, "ZK Trust Boundary")
 */
import { z } from 'zod'
import * as platform from './platform.ts'
import * as alerts from './platform/alerts.ts'
import * as account from './platform/account.ts'
import * as invoices from './platform/invoices.ts'
import * as purchase from './platform/purchase.ts'
import * as wallet from './platform/wallet.ts'
import { uuid } from './primitives.ts'

export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with `{name}` parts; each is filled from `params` and percent-encoded. */
  path: string
  params: z.ZodObject
  query: z.ZodObject
  /** Null: no body. */
  request: z.ZodObject | null
  response: z.ZodType
  /** Sent with an `Idempotency-Key` (it spends or creates). */
  idempotent?: true
  /** Why this request is made, in words for the Honesty page. */
  purpose: string
}

const nothing = z.strictObject({})
const byId = z.strictObject({ id: z.string().min(1).max(128) })
const inCircle = z.strictObject({ circle: z.string().min(1).max(64) })
const acknowledged = z.looseObject({})
/** Whose billing it is about; left out: one's own. */
const ofTenant = z.strictObject({ tenant: z.string().min(1).max(128).optional() })

function endpoint<const E extends Endpoint>(definition: E): E {
  return definition
}

export const layerA = {
  readWorkspace: endpoint({
    method: 'GET',
    path: '/v1/workspace',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.workspaceResponse,
    purpose: 'Ask who is signed in and what this platform offers',
  }),
  readPlans: endpoint({
    method: 'GET',
    path: '/api/billing/plans',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.plansResponse,
    purpose: 'Read the plans and their limits',
  }),
  readPlan: endpoint({
    method: 'GET',
    path: '/api/billing/plan',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.planResponse,
    purpose: 'Read the current plan and period',
  }),
  readUsage: endpoint({
    method: 'GET',
    path: '/api/billing/usage',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.usageResponse,
    purpose: 'Read the counters of the period',
  }),
  readChanges: endpoint({
    method: 'GET',
    path: '/v1/sync/changes',
    params: nothing,
    query: z.strictObject({ since: z.string().max(128).optional(), limit: z.int().min(1).max(1000).optional() }),
    request: null,
    response: platform.changesResponse,
    purpose: 'Fetch what changed since the last visit',
  }),
  listenEvents: endpoint({
    method: 'GET',
    path: '/v1/sync/events',
    params: nothing,
    query: nothing,
    request: null,
    response: z.unknown(),
    purpose: 'Keep a line open on which the platform says that something changed',
  }),
  push: endpoint({
    method: 'POST',
    path: '/v1/sync/push',
    params: nothing,
    query: nothing,
    request: platform.pushRequest,
    response: platform.pushResponse,
    purpose: 'Deliver sealed envelopes',
  }),
  restore: endpoint({
    method: 'GET',
    path: '/v1/sync/envelopes',
    params: nothing,
    query: z.strictObject({
      since: z.string().max(128).optional(),
      limit: z.int().min(1).max(500).optional(),
      /** Whose restore page it is, so that the platform's count of this device's operations can be compared. */
      device_id: uuid.optional(),
    }),
    request: null,
    response: platform.restoreResponse,
    purpose: 'Fetch sealed envelopes back to this computer',
  }),
  deleteEnvelope: endpoint({
    method: 'DELETE',
    path: '/v1/sync/envelopes/{id}',
    params: byId,
    query: nothing,
    request: null,
    response: platform.deleteEnvelopeResponse,
    purpose: 'Delete a sealed envelope',
  }),
  openSession: endpoint({
    method: 'POST',
    path: '/v1/sessions',
    params: nothing,
    query: nothing,
    request: platform.openSessionRequest,
    response: platform.sessionResponse,
    purpose: 'Open a session of this device',
  }),
  renewSession: endpoint({
    method: 'POST',
    path: '/v1/sessions/{id}/renew',
    params: byId,
    query: nothing,
    request: null,
    response: platform.sessionResponse,
    purpose: 'Keep the session of this device open',
  }),
  closeSession: endpoint({
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    params: byId,
    query: nothing,
    request: null,
    response: acknowledged,
    purpose: 'Close the session of this device',
  }),
  listDevices: endpoint({
    method: 'GET',
    path: '/v1/devices',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.devicesResponse,
    purpose: 'Read the registered devices',
  }),
  createDevice: endpoint({
    method: 'POST',
    path: '/v1/devices',
    params: nothing,
    query: nothing,
    request: platform.createDeviceRequest,
    response: platform.deviceDocument,
    idempotent: true,
    purpose: 'Register this device by its id',
  }),
  revokeDevice: endpoint({
    method: 'DELETE',
    path: '/v1/devices/{id}',
    params: byId,
    query: nothing,
    request: null,
    response: acknowledged,
    purpose: 'Revoke a device',
  }),
  listSubKeys: endpoint({
    method: 'GET',
    path: '/v1/sub-keys',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.subKeysResponse,
    purpose: 'Read the ids of the sub-keys',
  }),
  createSubKey: endpoint({
    method: 'POST',
    path: '/v1/sub-keys',
    params: nothing,
    query: nothing,
    request: platform.createSubKeyRequest,
    response: platform.subKeyDocument,
    idempotent: true,
    purpose: 'Register a sub-key by its id; its name and secret stay here',
  }),
  revokeSubKey: endpoint({
    method: 'DELETE',
    path: '/v1/sub-keys/{id}',
    params: byId,
    query: nothing,
    request: null,
    response: acknowledged,
    purpose: 'Revoke a sub-key',
  }),
  readSettings: endpoint({
    method: 'GET',
    path: '/api/billing/settings',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.settingsResponse,
    purpose: 'Read the organisation settings',
  }),
  putSetting: endpoint({
    method: 'PUT',
    path: '/api/billing/settings',
    params: nothing,
    query: nothing,
    request: platform.putSettingRequest,
    response: platform.settingsResponse,
    purpose: 'Change an organisation setting',
  }),
  putAlert: endpoint({
    method: 'PUT',
    path: '/api/billing/alerts',
    params: nothing,
    query: nothing,
    request: alerts.putAlertRequest,
    response: alerts.alertRule,
    purpose: 'Set a budget alert',
  }),
  deleteAlert: endpoint({
    method: 'DELETE',
    path: '/api/billing/alerts',
    params: nothing,
    query: z.strictObject({ id: z.string().min(1).max(64), version: z.int().nonnegative().optional() }),
    request: null,
    response: alerts.deleteAlertResponse,
    purpose: 'Delete a budget alert',
  }),
  createCheckout: endpoint({
    method: 'POST',
    path: '/api/billing/checkout',
    params: nothing,
    query: nothing,
    request: purchase.checkoutRequest,
    response: platform.checkoutResponse,
    idempotent: true,
    purpose: 'Open a checkout for a plan, a booster, seats or a top-up',
  }),
  readCheckout: endpoint({
    method: 'GET',
    path: '/api/billing/checkout/{id}',
    params: byId,
    query: nothing,
    request: null,
    response: platform.checkoutDocument,
    purpose: 'Ask how the checkout stands',
  }),
  previewChange: endpoint({
    method: 'POST',
    path: '/api/billing/preview',
    params: nothing,
    query: ofTenant,
    request: purchase.previewRequest,
    response: purchase.previewResponse,
    purpose: 'Ask what a purchase or a change costs today',
  }),
  createCircle: endpoint({
    method: 'POST',
    path: '/api/circles',
    params: nothing,
    query: nothing,
    request: wallet.createCircleRequest,
    response: wallet.walletDocument,
    idempotent: true,
    purpose: 'Create a circle with its wallet',
  }),
  startRun: endpoint({
    method: 'POST',
    path: '/api/{circle}/runs',
    params: inCircle,
    query: nothing,
    request: wallet.runRequest,
    response: wallet.runResponse,
    idempotent: true,
    purpose: 'Run an operation, which is debited from the wallet',
  }),
  createInstance: endpoint({
    method: 'POST',
    path: '/api/{circle}/instances',
    params: inCircle,
    query: nothing,
    request: wallet.createInstanceRequest,
    response: wallet.createInstanceResponse,
    idempotent: true,
    purpose: 'Create an instance of an element, which is debited from the wallet',
  }),
  deleteInstance: endpoint({
    method: 'DELETE',
    path: '/api/{circle}/instances/{id}',
    params: inCircle.extend({ id: z.string().min(1).max(128) }),
    query: nothing,
    request: null,
    response: wallet.instanceDocument,
    purpose: 'Delete an instance of an element',
  }),
  readInvoicePdf: endpoint({
    method: 'GET',
    path: '/api/billing/invoices/{id}/pdf',
    params: byId,
    query: nothing,
    request: null,
    response: z.unknown(),
    purpose: 'Fetch an invoice as a PDF, to keep it on this computer',
  }),
  createPlanRequest: endpoint({
    method: 'POST',
    path: '/api/billing/plan-requests',
    params: nothing,
    query: nothing,
    request: purchase.createPlanRequest,
    response: purchase.planRequestDocument,
    idempotent: true,
    purpose: 'Ask for another plan, where your role may only ask',
  }),
  approvePlanRequest: endpoint({
    method: 'POST',
    path: '/api/billing/plan-requests/{id}/approve',
    params: byId,
    query: ofTenant,
    request: purchase.decidePlanRequest,
    response: purchase.approvedPlanRequest,
    purpose: 'Approve a plan request',
  }),
  declinePlanRequest: endpoint({
    method: 'POST',
    path: '/api/billing/plan-requests/{id}/decline',
    params: byId,
    query: ofTenant,
    request: purchase.decidePlanRequest,
    response: purchase.planRequestDocument,
    purpose: 'Decline a plan request',
  }),
  listTenants: endpoint({
    method: 'GET',
    path: '/v1/tenants',
    params: nothing,
    query: nothing,
    request: null,
    response: account.tenantsResponse,
    purpose: 'List the tenants, for a role that sees them all',
  }),
  readTenantPlan: endpoint({
    method: 'GET',
    path: '/api/billing/plan',
    params: nothing,
    query: ofTenant,
    request: null,
    response: platform.planResponse,
    purpose: 'Read the plan of a tenant',
  }),
  readTenantUsage: endpoint({
    method: 'GET',
    path: '/api/billing/usage',
    params: nothing,
    query: ofTenant,
    request: null,
    response: platform.usageResponse,
    purpose: 'Read the counters of a tenant',
  }),
  readTenantPlans: endpoint({
    method: 'GET',
    path: '/api/billing/plans',
    params: nothing,
    query: ofTenant,
    request: null,
    response: platform.plansResponse,
    purpose: 'Read which plans a tenant may have',
  }),
  readTenantInvoices: endpoint({
    method: 'GET',
    path: '/api/billing/invoices',
    params: nothing,
    query: ofTenant,
    request: null,
    response: invoices.invoicesResponse,
    purpose: 'Read the invoices of a tenant',
  }),
  readTenantRequests: endpoint({
    method: 'GET',
    path: '/api/billing/plan-requests',
    params: nothing,
    query: ofTenant,
    request: null,
    response: purchase.planRequestsResponse,
    purpose: 'Read the plan requests of a tenant',
  }),
  openPortal: endpoint({
    method: 'POST',
    path: '/api/billing/portal',
    params: nothing,
    query: nothing,
    request: null,
    response: platform.portalResponse,
    purpose: 'Ask for a link to the customer portal',
  }),
} as const

export type EndpointName = keyof typeof layerA
export type EndpointOf<N extends EndpointName> = (typeof layerA)[N]

/** What each field is, for the Honesty page. A field that leaves and is missing here fails a unit test. */
export const fieldMeanings: Record<string, string> = {
  since: 'position up to which this computer has read',
  limit: 'how many rows to answer at most',
  device_id: 'random id of this device',
  session_id: 'id of the open session',
  id: 'random id',
  memory_ref: 'keyed hash of the memory’s id; the key stays on this device',
  revision: 'how many times this memory was written',
  sub_key_id: 'random id of the agent’s sub-key',
  created_at: 'when the envelope was sealed',
  size_bytes: 'size of the ciphertext',
  sha256: 'hash of the ciphertext',
  ciphertext: 'the sealed envelope (AES-256-GCM)',
  key: 'name of the organisation setting',
  value: 'the organisation setting that you typed for the platform',
  version: 'version that the edit was made on',
  plan: 'the plan that you chose',
  name: 'the name that you typed for a budget alert, a circle or an instance',
  measure: 'what the alert measures',
  meter: 'the meter of the alert',
  at: 'the amount of the alert',
  channels: 'by which ways you want to be told',
  enabled: 'whether the alert is on',
  thresholds: 'at which percentages of a budget you want to be told',
  booster: 'the booster that you chose',
  seats: 'how many seats you chose',
  top_up_au: 'how much you chose to put into the wallet',
  circle: 'name of the circle whose wallet pays or is filled',
  element: 'the element that you chose to run or to create',
  operation: 'the operation that you chose',
  quantities: 'the quantities that you chose, by dimension',
  approval_id: 'that you confirmed the amount that was asked for',
  reserve: 'whether the amount is only held',
  instance_id: 'random id of the instance that runs',
  note: 'what you wrote beside a plan request',
  answer: 'what you wrote beside your answer to a plan request',
  tenant: 'id of the tenant that you chose to look at',
  cancel: 'whether you asked about cancelling or resuming',
}
