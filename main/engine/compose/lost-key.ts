import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { StoresParts } from './stores.ts'

const LOST_KEY =
  'The key of this computer is gone, and with it the way to open what is stored here. Nothing was deleted: only your key backup opens it again, import it under Settings. Until then the vault is locked and agents are told to wait; review and delivery go on.'

/** Tells that the key is gone (`note`) until there is one again (`watch` hears of it). */
export function watchLostKey({ warnings, warn, report }: Pick<StoresParts, 'warnings' | 'warn'> & { report: (line: string) => void }): {
  note: () => void
  watch: (event: ConsoleEvent) => void
} {
  let isLost = false
  return {
    note() {
      isLost = true
      warn('secrets', LOST_KEY)
      report(LOST_KEY)
    },
    watch(event) {
      if (event.event !== 'vault.changed' || event.payload.state !== 'unlocked' || !isLost) return
      isLost = false
      warnings.clear('secrets')
    },
  }
}
