import type { DesktopStatus, EngineState, HostHandlers } from '../../shared/contract/console/desktop.ts'
import { HostRefusal } from '../bridge/router.ts'
import type { DesktopPreferences } from './desktop-preferences.ts'
import { readStartAtLogin, writeStartAtLogin } from './surroundings/login-item.ts'
import type { PageKeeper } from './window/page-keeper.ts'
import type { Updates } from './updates/updates.ts'
import type { Theme } from './window/window-memory.ts'

export type HostCallsInput = {
  preferences: DesktopPreferences
  pages: PageKeeper
  updates: Updates
  diagnostics: () => string
  processSandbox: boolean
  engineState: () => EngineState
  restartEngine: () => Promise<void>
  setTheme: (theme: Theme) => void
}

/** What the desktop answers by itself, without the engine. */
export function desktopHandlers({
  preferences,
  pages,
  updates,
  diagnostics,
  processSandbox,
  engineState,
  restartEngine,
  setTheme,
}: HostCallsInput): HostHandlers {
  const isMac = process.platform === 'darwin'
  const status = async (): Promise<DesktopStatus> => ({
    startAtLogin: await readStartAtLogin(),
    keepRunning: isMac || preferences.get().keepRunning,
    keepRunningFixed: isMac ? 'On macOS an application goes on when its window is closed.' : null,
    processSandbox,
    engine: engineState(),
  })
  return {
    'desktop.takePage': () => ({ page: pages.take() }),
    'desktop.status': status,
    async 'desktop.setStartAtLogin'({ on }) {
      try {
        await writeStartAtLogin(on)
      } catch {
        throw new HostRefusal({
          code: 'not_written',
          message: 'The system did not take the change.',
          suggestion: 'Look into the system’s own list of programs that start at sign-in.',
        })
      }
      return status()
    },
    async 'desktop.setKeepRunning'({ on }) {
      try {
        preferences.set({ keepRunning: on })
      } catch {
        throw new HostRefusal({ code: 'not_written', message: 'The setting could not be written.', suggestion: 'Look whether the disk is full.' })
      }
      return status()
    },
    'desktop.setTheme'({ theme }) {
      setTheme(theme)
      return {}
    },
    'desktop.diagnostics': () => ({ fileName: 'tidemark-diagnostics.txt', text: diagnostics() }),
    async 'desktop.restartEngine'() {
      await restartEngine()
      return {}
    },

    'updates.status': () => updates.status(),
    'updates.check': () => updates.check(),
    'updates.download': () => updates.download(),
    'updates.install': ({ when }) => updates.install(when),
    'updates.setChannel': ({ channel }) => updates.setChannel(channel),
    'updates.setAutomatic': ({ on }) => updates.setAutomatic(on),
  }
}
