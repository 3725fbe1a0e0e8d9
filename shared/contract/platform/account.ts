/** Accounts as a platform shows them: members, tenants, entitlements, operations. */
import { z } from 'zod'
import { count, isoTime, wireLimit } from '../primitives.ts'

export const memberDocument = z.looseObject({ id: z.string(), name: z.string(), role: z.string() })

/** `GET /v1/tenants`: for a role that sees every tenant. */
export const tenantsResponse = z.looseObject({
  tenants: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      catalog: z.string(),
      plan: z.string(),
      plan_name: z.string(),
      /** Of the meter that is fullest; null: none has a limit. */
      highest_percent: z.number().nullable(),
      pending_requests: count,
    }),
  ),
})

/** Where `allowed` is false: the meter does not stop the operation, but bills or only reports what lies beyond its limit; `reason` is the price then. */
const enforcement = z.enum(['bill', 'notify']).optional()

/** Whether an operation may run, without running it. `allowed` is false when the limit has been reached. `remaining` is -1 when unlimited. */
export const entitlement = z.looseObject({
  metric: z.string(),
  allowed: z.boolean(),
  used: count,
  limit: wireLimit,
  remaining: wireLimit,
  requested: count,
  enforcement,
  reason: z.string().optional(),
})
export const entitlementsResponse = z.looseObject({ entitlements: z.array(entitlement) })

export const quotaResponse = z.looseObject({
  allowed: z.boolean(),
  current: count,
  limit: wireLimit,
  resource: z.string(),
  enforcement,
  reason: z.string().optional(),
})

export const operationRequest = z.strictObject({
  /** One of the catalog's actions, e.g. `branch.create`. */
  action: z.string().min(1).max(64),
  /** What it is done to: type and id, e.g. `branch/feature-x`. */
  target: z.string().min(1).max(200),
  metadata: z.record(z.string().max(64), z.unknown()).optional(),
})
export const operationResponse = z.looseObject({
  id: z.string(),
  action: z.string(),
  target: z.string(),
  created_at: isoTime,
  /** Of the meter that it drew on, as it stands now; null where the action draws on none. */
  counter: z.looseObject({ metric: z.string(), used: count, limit: wireLimit }).nullable(),
})
