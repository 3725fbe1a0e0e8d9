/** More than one history of an account, on the bridge: a platform that went back, and envelopes that another computer sealed. */
import { z } from 'zod'
import { call } from '../call.ts'
import { count, done, epochMs, inWorkspace } from '../primitives.ts'

export const histories = z.strictObject({
  /** The platform was put back to an earlier state; null: it was not, or the person has read it. */
  wentBack: z
    .strictObject({
      noticedAt: epochMs,
      /** When its newest change was made of those that it still has; null: it does not say. */
      to: epochMs.nullable(),
      /** What is missing there is still being looked for. */
      comparing: z.boolean(),
      /** Writes that were missing there and are sent again. */
      again: count,
      /** Writes that are neither there nor on this computer. */
      gone: count,
    })
    .nullable(),
  /** Envelopes of this account that are not of this computer, and what brings them here; null: there are none, or they are here. */
  foreign: z.strictObject({ count, needs: z.enum(['key', 'fetching']) }).nullable(),
})
export type Histories = z.infer<typeof histories>

export const historyCalls = {
  'histories.read': call(inWorkspace, histories, { topics: ['workspace', 'outbox', 'device_counter', 'sub_key'] }),
  /** The person has read it. */
  'histories.dismiss': call(inWorkspace.extend({ what: z.enum(['went_back', 'foreign']) }), done, 'action'),
} as const
