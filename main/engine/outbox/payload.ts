import { z } from 'zod'

/** What the platform has of a setting; null where it did not say. */
const serverValue = z.strictObject({ value: z.string().nullable(), version: z.int().nonnegative().nullable() })
export type ServerValue = z.infer<typeof serverValue>

/** Our edit of a setting, and what the platform said about it. Rows in outbox.db call the server's value `theirs`. */
export const settingPayload = z
  .strictObject({
    key: z.string().min(1).max(64),
    value: z.string().max(4096),
    /** Version that the edit was made on; null: whatever the platform has is replaced. */
    baseVersion: z.int().nonnegative().nullable(),
    /** After a conflict: what the platform has. */
    theirs: serverValue.optional(),
  })
  .transform(({ theirs, ...edit }): SettingPayload => (theirs === undefined ? edit : { ...edit, serverValue: theirs }))
export type SettingPayload = { key: string; value: string; baseVersion: number | null; serverValue?: ServerValue }

export const deletePayload = z.strictObject({ envelopeId: z.uuid() })

/** Null when the payload is not what it should be. */
export function parsePayload<T>(schema: z.ZodType<T>, payload: string | null): T | null {
  if (payload === null) return null
  try {
    const parsed = schema.safeParse(JSON.parse(payload))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** As it lies in outbox.db. */
export function settingPayloadText({ serverValue: theirs, ...edit }: SettingPayload): string {
  return JSON.stringify({ ...edit, theirs })
}
