/** Stands for what the cache holds of a topic at this moment. What is worked out of it can be kept under it in a WeakMap, and goes with it. */
export type DocumentRevision = { readonly topic: string }

/** The revisions of a workspace's topics: another one after every write, so that nobody works with what was there before. In memory only. */
export class DocumentRevisions {
  readonly #byWorkspace = new Map<string, Map<string, DocumentRevision>>()

  current(workspaceId: string, topic: string): DocumentRevision {
    const topics = this.#byWorkspace.get(workspaceId) ?? new Map<string, DocumentRevision>()
    this.#byWorkspace.set(workspaceId, topics)
    const revision = topics.get(topic) ?? { topic }
    topics.set(topic, revision)
    return revision
  }

  /** Something of this topic was written or removed. */
  end(workspaceId: string, topic: string): void {
    this.#byWorkspace.get(workspaceId)?.delete(topic)
  }

  endAll(workspaceId: string): void {
    this.#byWorkspace.delete(workspaceId)
  }
}
