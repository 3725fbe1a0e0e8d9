import type { FirstSteps as Steps } from '../../../shared/contract/console/usage.ts'
import type { LocalSettings } from '../store/local-settings.ts'

/** In the order in which they come; none is gone back from. */
const NOTES = ['begun', 'watched', 'dismissed'] as const
export type FirstStepsNote = (typeof NOTES)[number]

/** How far somebody who is new to the console has come in a workspace. Kept on this computer, and never leaves it. */
export class FirstSteps {
  readonly #settings: Pick<LocalSettings, 'get' | 'set'>

  constructor(settings: Pick<LocalSettings, 'get' | 'set'>) {
    this.#settings = settings
  }

  /** @returns null: dismissed, or a workspace that was at work before anybody was shown them. */
  read(workspaceId: string, { hasKey, hasWritten }: Pick<Steps, 'hasKey' | 'hasWritten'>): Steps | null {
    const note = this.#noted(workspaceId)
    if (note === 'dismissed' || (note === null && hasKey && hasWritten)) return null
    return { hasKey, hasWritten, hasWatched: note === 'watched', hasBegun: note !== null }
  }

  isDismissed(workspaceId: string): boolean {
    return this.#noted(workspaceId) === 'dismissed'
  }

  note(workspaceId: string, note: FirstStepsNote): void {
    const before = this.#noted(workspaceId)
    if (before === null || NOTES.indexOf(note) > NOTES.indexOf(before)) this.#settings.set(keyOf(workspaceId), note)
  }

  #noted(workspaceId: string): FirstStepsNote | null {
    const text = this.#settings.get(keyOf(workspaceId))
    return NOTES.find((note) => note === text) ?? null
  }
}

function keyOf(workspaceId: string): string {
  return `first-steps.${workspaceId}`
}
