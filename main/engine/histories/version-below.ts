import { alertIdOf, readAlertValue } from '../outbox/edits/alert-edits.ts'
import type { SettingPayload } from '../outbox/payload.ts'
import type { VersionBelow } from '../outbox/recovery/offer-again.ts'
import type { Documents } from '../sync/documents/documents.ts'

/** Whether the platform, as it was read anew, has a version below the one that a delivered edit had made: the edit is lost there. */
export function versionBelow(documents: Pick<Documents, 'read'>, workspaceId: string): VersionBelow {
  return (payload, made) => {
    const version = presentVersion(documents, workspaceId, payload)
    if (version === null) return deletes(payload) ? null : { version: null }
    return version < made ? { version } : null
  }
}

/** Null: the platform has no such document. */
function presentVersion(documents: Pick<Documents, 'read'>, workspaceId: string, { key }: SettingPayload): number | null {
  const alert = alertIdOf(key)
  return (alert === null ? documents.read(workspaceId, 'setting', key)?.version : documents.read(workspaceId, 'alert_rule', alert)?.version) ?? null
}

/** An alert that is not there needs no delete. */
function deletes({ key, value }: SettingPayload): boolean {
  return alertIdOf(key) !== null && readAlertValue(value) === null
}
