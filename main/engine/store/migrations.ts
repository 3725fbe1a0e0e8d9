import type { Migration } from './migration.ts'

/**
 * The migrations of each database, from `migrations/<database>/NNNN-name.sql`. A new file is a new migration:
 * nothing else has to be told. Forward only; the number becomes `user_version`.
 */
export type DatabaseName = 'outbox' | 'cache' | 'egress'

const files = import.meta.glob<string>('./migrations/*/*.sql', { query: '?raw', import: 'default', eager: true })

export const migrations: Record<DatabaseName, readonly Migration[]> = {
  outbox: migrationsIn('outbox'),
  cache: migrationsIn('cache'),
  egress: migrationsIn('egress'),
}

function migrationsIn(database: DatabaseName): Migration[] {
  return Object.entries(files)
    .flatMap(([path, sql]) => {
      const match = /^\.\/migrations\/([a-z]+)\/((\d{4})-[a-z0-9-]+)\.sql$/.exec(path)
      // A file whose name does not parse would never run, and nobody would notice.
      if (!match) throw new Error(`${path}: a migration is named NNNN-name.sql, in lower case`)
      return match[1] === database ? [{ version: Number(match[3]), name: match[2] ?? '', sql }] : []
    })
    .sort((left, right) => left.version - right.version)
}
