/**
 * Documents of a topic that come in such numbers that pages search and page through them: they lie in a table of their
 * own in cache.db, with the columns and indexes that their reads need, in the place of the general table of documents.
 * Every method runs inside the transaction that also moves the feed's cursor.
 */
export type TopicTable<Body = unknown> = {
  readonly topic: string
  /** Writes or confirms one document; its body has passed the topic's schema. @returns whether it says something new. */
  upsert(workspaceId: string, id: string, version: number, body: Body, generation: number): boolean
  /** @returns whether it was there. */
  remove(workspaceId: string, id: string): boolean
  /** After a reading from the beginning: what older readings left and this one did not bring. @returns whether anything went. */
  sweep(workspaceId: string, generation: number): boolean
  /** Everything of a workspace that was removed. */
  forget(workspaceId: string): void
}
