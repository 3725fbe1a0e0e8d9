import type { Store } from '../store/store.ts'

type Listener = (topics: ReadonlySet<string>) => void

/** Carries "something moved" from committed transactions to the open event streams of that workspace. */
export class EventHub {
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(store: Store) {
    store.onChange((workspaceId, topics) => {
      for (const listener of this.#listeners.get(workspaceId) ?? []) listener(topics)
    })
  }

  listen(workspaceId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(workspaceId) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(workspaceId, listeners)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(workspaceId)
    }
  }

  /** Makes every open stream look whether its token is still good. */
  wakeAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener(new Set())
  }
}
