import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Computer = {
  platform: NodeJS.Platform
  userId: number | undefined
  /** The text of a file of the system; null: not there. */
  read: (path: string) => string | null
  /** Owner and mode; null: not there. */
  stat: (path: string) => { uid: number; mode: number } | null
}

/** What the start of a runtime would abort with, and the one command that mends it; null: nothing is in the way. */
export type SandboxProblem = { why: string; mend: string | null } | null

const mayStartOthersAsOwner = 0o4001

/**
 * Chromium's process sandbox on Linux needs either namespaces that a plain user may make, or a helper that belongs to root with its SUID bit set.
 * The runtime from npm has no such helper, and where the system forbids the namespaces (Ubuntu from 24.04 on) it aborts at its start
 * (electron/electron#42510). Looked at beforehand: an abort leaves a person with a line about a "SUID sandbox helper".
 */
export function sandboxProblem(binary: string, args: readonly string[], computer: Computer = thisComputer()): SandboxProblem {
  if (computer.platform !== 'linux' || args.includes('--no-sandbox')) return null
  if (computer.userId === 0)
    return { why: 'Chromium’s process sandbox does not run for root (`npm start -- --desktop --no-sandbox` does without it)', mend: null }
  if (!namespacesAreForbidden(computer.read)) return null
  const helper = join(dirname(binary), 'chrome-sandbox')
  const found = computer.stat(helper)
  if (found !== null && found.uid === 0 && (found.mode & mayStartOthersAsOwner) === mayStartOthersAsOwner) return null
  const quoted = `'${helper.replaceAll("'", `'\\''`)}'`
  return {
    why: 'this system keeps plain programs from making namespaces, and Chromium’s process sandbox needs them',
    mend: found === null ? null : `sudo chown root:root ${quoted} && sudo chmod 4755 ${quoted}`,
  }
}

function namespacesAreForbidden(read: Computer['read']): boolean {
  const value = (path: string): string | undefined => read(path)?.trim()
  return (
    value('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' ||
    // Older Debians.
    value('/proc/sys/kernel/unprivileged_userns_clone') === '0' ||
    value('/proc/sys/user/max_user_namespaces') === '0'
  )
}

function thisComputer(): Computer {
  return {
    platform: process.platform,
    userId: process.getuid?.(),
    read(path) {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return null
      }
    },
    stat: (path) => statSync(path, { throwIfNoEntry: false }) ?? null,
  }
}
