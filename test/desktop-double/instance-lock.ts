import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SecondInstance = { argv: string[]; workingDirectory: string; additionalData: unknown }
export type InstanceLock = { release(): void }

/**
 * One application for each folder of user data. Whoever comes second leaves its command line for the first, which watches for it.
 *
 * @returns null when another living process holds the lock
 */
export function takeInstanceLock(userData: string, me: SecondInstance, onSecond: (second: SecondInstance) => void): InstanceLock | null {
  const folder = join(tmpdir(), `electron-double-${createHash('sha256').update(userData).digest('hex').slice(0, 16)}`)
  mkdirSync(folder, { recursive: true })
  const lockFile = join(folder, 'lock')
  if (isHeld(lockFile)) {
    leaveMessage(folder, me)
    return null
  }
  rmSync(lockFile, { force: true })
  const descriptor = openSync(lockFile, 'wx')
  writeFileSync(descriptor, String(process.pid))
  closeSync(descriptor)
  const watcher = watch(folder, () => {
    for (const second of takeMessages(folder)) onSecond(second)
  })
  watcher.unref()
  return {
    release() {
      watcher.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isHeld(lockFile: string): boolean {
  try {
    process.kill(Number(readFileSync(lockFile, 'utf8')), 0)
    return true
  } catch {
    return false
  }
}

function leaveMessage(folder: string, message: SecondInstance): void {
  const draft = join(folder, `${process.pid}.draft`)
  writeFileSync(draft, JSON.stringify(message))
  // Renamed when it is whole: the first instance may look at any moment.
  renameSync(draft, join(folder, `${process.pid}.json`))
}

function takeMessages(folder: string): SecondInstance[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const path = join(folder, name)
      const message = JSON.parse(readFileSync(path, 'utf8')) as SecondInstance
      rmSync(path)
      return message
    })
}
