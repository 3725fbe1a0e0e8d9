import type { CallOutput } from '../../../shared/contract/console.ts'

type AuditLine = CallOutput<'honesty.audit'>['lines'][number]

/** What this device counted of its own, from the rows of outbox.db. */
export type OwnCount = {
  /** Envelopes delivered and not deleted, and their ciphertext. */
  storedEnvelopes: number
  storedBytes: number
  /** Push calls of this device that stored at least one envelope, plus restore pages, in the current period. */
  syncOperations: number
  /** Active sub-keys that were made on this device. */
  subKeys: number
  /** Sent, and the answer not known yet: an agreement cannot be expected while there are any. */
  unansweredEnvelopes: number
  /**
   * Pushes of this period whose answer was lost. Their envelopes turned out to be stored, or were sent again; which of these
   * pushes the platform counted cannot be known here, so by so many the counts may differ.
   */
  unansweredPushes: number
}

/** What the platform counted for this device; null where it said nothing yet. */
export type PlatformCount = {
  storedEnvelopes: number | null
  storedBytes: number | null
  syncOperations: number | null
  subKeys: number | null
}

export type CountMoment = {
  /** False: the platform cannot be asked, and its counts are those that it told last. */
  isOfNow: boolean
  /** The platform was put back to an earlier state in this period. */
  wentBackInPeriod: boolean
}

/**
 * Server-blind audit: the device recounts its own envelopes and ciphertext bytes and holds them against the platform's
 * counters. (seed: layer-a, "Server-Blind Quota Audits")
 */
export function auditLines(own: OwnCount, platform: PlatformCount, moment: CountMoment = { isOfNow: true, wentBackInPeriod: false }): AuditLine[] {
  const lines = [
    line('stored_envelopes', 'Envelopes stored from this device', 'envelopes', own.storedEnvelopes, platform.storedEnvelopes, own.unansweredEnvelopes),
    line('stored_bytes', 'Ciphertext stored from this device', 'bytes', own.storedBytes, platform.storedBytes, own.unansweredEnvelopes),
    forgotten(
      withinDoubt(
        line(
          'sync_operations',
          'Sync operations of this device in this period',
          'operations',
          own.syncOperations,
          platform.syncOperations,
          own.unansweredEnvelopes,
        ),
        own.unansweredPushes,
      ),
      moment.wentBackInPeriod,
    ),
    line('sub_keys', 'Active sub-keys made on this device', 'sub-keys', own.subKeys, platform.subKeys, 0),
  ]
  return moment.isOfNow ? lines : lines.map(ofAnEarlierMoment)
}

/** Two counts of two moments neither agree nor differ. */
function ofAnEarlierMoment(found: AuditLine): AuditLine {
  if (found.platformCount === null) return found
  return { ...found, verdict: 'unknown', explanation: 'The platform cannot be asked now; this is the count that it told last.' }
}

/** What it counted is gone with the state that it had. */
function forgotten(found: AuditLine, wentBack: boolean): AuditLine {
  if (found.verdict !== 'drift' || !wentBack || (found.platformCount ?? 0) > (found.deviceCount ?? 0)) return found
  return { ...found, explanation: `${found.explanation} It went back to an earlier state in this period and has forgotten what it counted since.` }
}

function withinDoubt(found: AuditLine, doubtful: number): AuditLine {
  const { verdict, deviceCount, platformCount, explanation } = found
  if (verdict !== 'drift' || deviceCount === null || platformCount === null || Math.abs(platformCount - deviceCount) > doubtful) return found
  const lost = doubtful === 1 ? 'The answer to 1 push was lost' : `The answers to ${doubtful.toLocaleString('en-US')} pushes were lost`
  return {
    ...found,
    verdict: 'agrees',
    explanation: `${explanation} ${lost}, so this device cannot know which of them were counted; the difference is within that.`,
  }
}

function line(meter: string, name: string, unit: string, deviceCount: number, platformCount: number | null, unanswered: number): AuditLine {
  if (platformCount === null) {
    return { meter, name, unit, deviceCount, platformCount, verdict: 'unknown', explanation: 'The platform has not told its count yet.' }
  }
  if (deviceCount === platformCount) {
    return { meter, name, unit, deviceCount, platformCount, verdict: 'agrees', explanation: 'Both counts are the same.' }
  }
  const difference = platformCount - deviceCount
  const words = `The platform counts ${Math.abs(difference)} ${difference > 0 ? 'more' : 'fewer'} than this device.`
  if (unanswered > 0) {
    return {
      meter,
      name,
      unit,
      deviceCount,
      platformCount,
      verdict: 'unknown',
      explanation: `${words} ${unanswered} envelopes are on their way; the counts are compared again when they are answered.`,
    }
  }
  return { meter, name, unit, deviceCount, platformCount, verdict: 'drift', explanation: words }
}
