/**
 * What draws on a meter in the sync protocol. A new one is an entry here and the place that draws; the enumerations of the
 * contract and of the catalog files are made of these names.
 */

/** What a push draws on a meter. `sessions`: how many sessions it opens, 0 or 1. Plain numbers: a release asks for every envelope that is held. */
export type DrawOfPush = (bytes: number, pushes: number, sessions: number) => number

/** Everything that makes one of them different from another. Whoever needs to know asks this, and never for one by its name. */
export type MeterDraw = {
  /** `events`: usage events move the meter. `platform`: it counts what it keeps or does itself, and takes no events. */
  readonly countedBy: 'events' | 'platform'
  /** What it counts goes again: deleted, closed, revoked. */
  readonly goesAgain: boolean
  /** What makes it go, as advice; null: the meter's kind says. */
  readonly freedBy: string | null
  /** This computer counts its own part of it too. (main/engine/billing/audit.ts holds both counts against each other) */
  readonly isCountedHere: boolean
  /** One envelope draws more than another: the meter may have room, and none for the next one. */
  readonly isSized: boolean
  /** A push costs as much as another whatever it carries, so a small one that only asks for room is dear. */
  readonly countsPushes: boolean
  /** Null: a push draws nothing on it. */
  readonly ofPush: DrawOfPush | null
}

const draws = {
  none: { countedBy: 'events', goesAgain: false, freedBy: null, isCountedHere: false, isSized: false, countsPushes: false, ofPush: null },
  ciphertext_bytes: {
    countedBy: 'platform',
    goesAgain: true,
    freedBy: 'delete what is no longer needed',
    isCountedHere: true,
    isSized: true,
    countsPushes: false,
    ofPush: (bytes) => bytes,
  },
  per_push: {
    countedBy: 'platform',
    goesAgain: false,
    freedBy: null,
    isCountedHere: true,
    isSized: false,
    countsPushes: true,
    ofPush: (_bytes, pushes) => pushes,
  },
  open_session: {
    countedBy: 'platform',
    goesAgain: true,
    freedBy: 'close a session',
    isCountedHere: false,
    isSized: false,
    countsPushes: false,
    ofPush: (_bytes, _pushes, sessions) => sessions,
  },
  sub_key: {
    countedBy: 'platform',
    goesAgain: true,
    freedBy: 'revoke a sub-key',
    isCountedHere: true,
    isSized: false,
    countsPushes: false,
    ofPush: null,
  },
} satisfies Readonly<Record<string, MeterDraw>>

/** The name of what draws, as catalogs and the wire write it. */
export type Draws = keyof typeof draws

export const meterDraws: Readonly<Record<Draws, MeterDraw>> = draws
export const drawsNames = Object.keys(draws) as readonly Draws[]
