/** An edit of an alert as it waits in the outbox: a named document like a setting, whose value is JSON, or empty for a delete. */
import { z } from 'zod'
import { putAlertRequest } from '../../../../shared/contract/platform/alerts.ts'

const PREFIX = 'alert:'

export const alertValue = putAlertRequest.omit({ id: true, version: true })
export type AlertValue = z.output<typeof alertValue>

export function alertKey(id: string): string {
  return `${PREFIX}${id}`
}

/** The id of the alert that a key names; null: it names a setting. */
export function alertIdOf(key: string): string | null {
  return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : null
}

/** Null: the edit deletes the alert (or cannot be read). */
export function readAlertValue(value: string): AlertValue | null {
  if (value === '') return null
  try {
    // What a platform answers beside a conflict has more fields than an edit.
    const parsed = z.object(alertValue.shape).safeParse(JSON.parse(value))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
