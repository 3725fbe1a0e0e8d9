import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { childEnvironment } from '../../bridge/child-environment.ts'

/** At sign-in the desktop's own parts start beside us: what shows the tray may be later than we are. */
const asksForMs = 15_000
const askEveryMs = 1_000
const answersWithinMs = 2_000

const watcher = 'org.kde.StatusNotifierWatcher'

/** The same question by the tools that a desktop may have, the likeliest first; each answers `true` or `false` among other words. */
const questions: readonly (readonly [command: string, ...args: string[]])[] = [
  ['gdbus', 'call', '--session', '--dest=org.freedesktop.DBus', '--object-path=/org/freedesktop/DBus', '--method=org.freedesktop.DBus.NameHasOwner', watcher],
  ['busctl', '--user', 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner', 's', watcher],
  ['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', `string:${watcher}`],
]

/**
 * Whether something on this Linux desktop shows tray icons (the watcher of the StatusNotifierItem specification owns its name on D-Bus then).
 * An icon for nobody is made without an error, so it cannot be tried out.
 */
export async function hasTrayHost(): Promise<boolean> {
  for (const [command, ...args] of questions) {
    const answer = await ask(command, args)
    if (answer !== null) return answer
  }
  return false
}

function ask(command: string, args: readonly string[]): Promise<boolean | null> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: answersWithinMs, env: childEnvironment() as NodeJS.ProcessEnv }, (error, stdout) => {
      const [answer] = error === null ? (/\b(true|false)\b/.exec(stdout) ?? []) : []
      resolve(answer === undefined ? null : answer === 'true')
    })
  })
}

export type ShowWithoutTrayInput = {
  show: () => void
  report: (line: string) => void
  platform?: NodeJS.Platform
  forMs?: number
  everyMs?: number
}

/** Shows a window that was to wait in the tray, where there is none. Never rejects. */
export async function showWithoutTray({
  show,
  report,
  platform = process.platform,
  forMs = asksForMs,
  everyMs = askEveryMs,
}: ShowWithoutTrayInput): Promise<void> {
  if (platform !== 'linux') return
  for (let waitedMs = 0; waitedMs <= forMs; waitedMs += everyMs) {
    if (await hasTrayHost()) return
    await wait(everyMs, undefined, { ref: false })
  }
  report('Nothing on this desktop shows a tray: the window is shown')
  show()
}
