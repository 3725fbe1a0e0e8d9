import type { CallOutput } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import { normaliseWorkspaceUrl } from '../client/workspace-url.ts'

export type AwaitedPlatform = NonNullable<CallOutput<'workspaces.awaited'>>
export type FirstWorkspace = { readonly url: string; readonly token: string }

export type FirstWorkspacesParts = {
  readonly workspaces: readonly FirstWorkspace[]
  /** @throws ConsoleFailure */
  readonly add: (url: string, token: string) => Promise<void>
  /** The addresses of the workspaces that are on this computer. */
  readonly knownUrls: () => readonly string[]
  readonly clock: Pick<Clock, 'after'>
  readonly report: (line: string) => void
  /** What is awaited has changed. */
  readonly changed: () => void
}

const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 60_000
/** The network, or who answers in its place: that may be over in a moment. Every other refusal is the platform's answer. */
const MAY_PASS: ReadonlySet<string> = new Set(['offline', 'connection_problem'])

/**
 * The sandbox's accounts, or the one that was named at the start: added once, then known like any other. A first start whose platform cannot
 * be reached says so, and tries again until it is here, or until a person has added one at its address.
 */
export class FirstWorkspaces {
  readonly #parts: FirstWorkspacesParts
  #awaited: AwaitedPlatform | null = null
  /** Tries that are still to come, of each workspace its own. */
  readonly #cancels = new Map<string, () => void>()
  #stopped = false

  constructor(parts: FirstWorkspacesParts) {
    this.#parts = parts
  }

  awaited(): AwaitedPlatform | null {
    return this.#awaited
  }

  /** Resolves when each was tried once. */
  async start(): Promise<void> {
    for (const workspace of this.#parts.workspaces) await this.#try(workspace, FIRST_RETRY_MS)
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#cancels.values()) cancel()
  }

  async #try({ url, token }: FirstWorkspace, retryMs: number): Promise<void> {
    const { add, report, clock } = this.#parts
    try {
      await add(url, token)
      this.#note(null)
    } catch (error) {
      // Known from an earlier start, it works offline.
      if (this.#stopped || this.#isKnown(url)) return this.#note(null)
      const failure = error instanceof ConsoleFailure ? error : null
      const isTriedAgain = failure !== null && MAY_PASS.has(failure.code)
      const message = failure?.message ?? 'Something in the console went wrong.'
      if (this.#awaited === null) report(`The platform did not answer: ${message}`)
      this.#note({ url, message, isTriedAgain })
      if (!isTriedAgain) return
      const again = (): void => void this.#again({ url, token }, Math.min(LAST_RETRY_MS, retryMs * 2))
      this.#cancels.set(`${url} ${token}`, clock.after(retryMs, again))
    }
  }

  async #again(workspace: FirstWorkspace, retryMs: number): Promise<void> {
    if (this.#isKnown(workspace.url)) return this.#note(null)
    await this.#try(workspace, retryMs)
  }

  #isKnown(url: string): boolean {
    try {
      return this.#parts.knownUrls().includes(normaliseWorkspaceUrl(url))
    } catch {
      // No address of a platform, which `add` has said.
      return false
    }
  }

  #note(awaited: AwaitedPlatform | null): void {
    const before = this.#awaited
    this.#awaited = awaited
    if (before?.message !== awaited?.message || before?.isTriedAgain !== awaited?.isTriedAgain) this.#parts.changed()
  }
}
