/** What left this computer, and what the platform counted of it, on the bridge. (seed: layer-a, Honesty Ledger) */
import { z } from 'zod'
import { call } from '../call.ts'
import { bytes, count, epochMs, inWorkspace } from '../primitives.ts'

export const egressRow = z.strictObject({
  id: z.int().positive(),
  at: epochMs,
  workspaceId: z.string().nullable(),
  method: z.string(),
  /** Path without query. */
  path: z.string(),
  host: z.string(),
  purpose: z.string(),
  /** Names of the fields that left, e.g. `envelopes[].ciphertext`. */
  fields: z.array(z.string()),
  requestBytes: bytes,
  /** Null while it is under way, or when no answer came. */
  status: z.int().nullable(),
  durationMs: count.nullable(),
  /** Whole days after 30 days: how many requests this row stands for. */
  requests: count,
})
export type EgressRow = z.infer<typeof egressRow>

export const auditLine = z.strictObject({
  meter: z.string(),
  name: z.string(),
  unit: z.string(),
  deviceCount: z.int().nullable(),
  platformCount: z.int().nullable(),
  verdict: z.enum(['agrees', 'drift', 'unknown']),
  explanation: z.string(),
})

export const honestyCalls = {
  'honesty.audit': call(inWorkspace, z.strictObject({ lines: z.array(auditLine), checkedAt: epochMs.nullable() }), {
    topics: ['counter', 'device_counter', 'plan', 'sub_key', 'outbox', 'workspace', 'connection'],
  }),
  'honesty.egress': call(
    z.strictObject({ workspaceId: z.uuid().nullable(), before: z.int().positive().nullable(), limit: z.int().min(1).max(200) }),
    z.strictObject({ rows: z.array(egressRow), next: z.int().positive().nullable(), total: count, totalBytes: bytes }),
    { topics: ['egress'] },
  ),
} as const
