import { app } from 'electron'
import type { UpdateSource } from './update-source.ts'

/** Why this program cannot update itself; null: it can. */
export function whyNoUpdates(source: UpdateSource | null): string | null {
  if (!app.isPackaged) return 'It runs from its source code.'
  if (source === null) return 'It was made without an address for updates.'
  // Other packages belong to the system's package manager, which would overwrite what we change.
  if (process.platform === 'linux' && process.env.APPIMAGE === undefined) return 'It was installed by the system’s package manager, which updates it.'
  return null
}
