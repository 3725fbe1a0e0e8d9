export type Migration = {
  /** The number in the file's name; `user_version` after this migration. */
  version: number
  /** File name without `.sql`, for messages. */
  name: string
  sql: string
}

/** The version of a database to which all of these have been applied; 0 when there are none. */
export function newestVersion(list: readonly Migration[]): number {
  return list.at(-1)?.version ?? 0
}
