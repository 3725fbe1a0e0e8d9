/** Reads what sealed envelopes say of versions: at once where the key is here, else as soon as it is. */
import { ConsoleFailure } from '../../base/failure.ts'
import type { CiphertextReader } from '../../outbox/item.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { VersionFacts } from '../../outbox/recovery/envelope-restorer.ts'
import type { Vault } from '../vault.ts'
import { formatOf } from './envelope-header.ts'

const FIRST_FORMAT = 1
const PAGE = 200

type Place = { id: string; memoryRef: string; revision: number }

/** What it replaces. Unopened: there is no key here, or not the right one; then it counts as replacing nothing. */
export function readVersion(
  vault: Pick<Vault, 'state' | 'front'>,
  { id, memoryRef, revision }: Place,
  sealed: Uint8Array,
): Pick<VersionFacts, 'replaces' | 'isUnopened'> {
  if (formatOf(sealed) === FIRST_FORMAT) return { replaces: null, isUnopened: false }
  if (vault.state() !== 'unlocked') return { replaces: [], isUnopened: true }
  try {
    const front = vault.front(id, memoryRef, revision, sealed)
    return { replaces: front?.replaces ?? null, isUnopened: false }
  } catch (error) {
    if (error instanceof ConsoleFailure) return { replaces: [], isUnopened: true }
    throw error
  }
}

export type FrontReader = {
  /** The vault was unlocked, or has another key: what could not be opened is tried again, in the background. */
  readAgain(): void
  stop(): Promise<void>
}

export function createFrontReader({
  outbox,
  vault,
  reader,
  failed,
}: {
  outbox: Pick<Outbox, 'unopened' | 'noteOpened'>
  vault: Pick<Vault, 'state' | 'front'>
  reader: CiphertextReader
  failed: (error: unknown) => void
}): FrontReader {
  let running: Promise<void> | null = null
  let wanted = false
  let stopped = false

  async function run(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false
      for (let after = 0; !stopped && vault.state() === 'unlocked'; ) {
        const page = outbox.unopened(after, PAGE)
        const last = page.at(-1)
        if (last === undefined) break
        const sealed = await reader.read(page)
        outbox.noteOpened(
          page.flatMap((one) => {
            const bytes = sealed.get(one.id)
            const version = bytes === undefined ? null : readVersion(vault, one, bytes)
            return version === null || version.isUnopened ? [] : { id: one.id, sequence: one.sequence, replaces: version.replaces ?? [] }
          }),
        )
        after = last.sequence
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  return {
    readAgain() {
      wanted = true
      running ??= run()
        .catch(failed)
        .finally(() => {
          running = null
        })
    },
    async stop() {
      stopped = true
      await running
    },
  }
}
