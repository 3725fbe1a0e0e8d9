import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type Log = {
  readonly path: string
  /** One line; never a secret or what a person wrote. */
  write(line: string): void
  /** The last lines, oldest first. */
  tail(count: number): string[]
}

const mostBytes = 1024 * 1024

/** A log of two files of a megabyte at most. It never throws: a full disk must not stop the program over its diary. */
export function openLog(folder: string, now: () => Date): Log {
  const path = join(folder, 'desktop.log')
  let sizeBytes = sizeOf(path)
  return {
    path,
    write(line) {
      const text = `${now().toISOString()} ${line.replaceAll(/[\r\n]+/g, ' | ')}\n`
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        if (sizeBytes > mostBytes) {
          renameSync(path, `${path}.1`)
          sizeBytes = 0
        }
        appendFileSync(path, text, { mode: 0o600 })
        sizeBytes += Buffer.byteLength(text)
      } catch {
        // Said above.
      }
    },
    tail(count) {
      const lines = [`${path}.1`, path].flatMap((file) => linesOf(file))
      return lines.slice(-count)
    },
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
