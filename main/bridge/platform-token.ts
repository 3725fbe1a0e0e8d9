import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { LaunchOptions } from './launch-options.ts'

/**
 * The token of `--platform`: from `TIDEMARK_TOKEN`, which is taken out of the environment so that no child inherits it, or one line of standard
 * input. Never from the command line, which every user of the computer can list. Null: none was given, because the platform is known already.
 */
export async function readPlatformToken({ platformUrl }: LaunchOptions, say: (line: string) => void, hasStandardInput: boolean): Promise<string | null> {
  const fromEnvironment = process.env.TIDEMARK_TOKEN
  delete process.env.TIDEMARK_TOKEN
  if (platformUrl === null) return null
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment
  if (!hasStandardInput) {
    say(`The token for ${platformUrl} comes from TIDEMARK_TOKEN, or from the window: Settings, Add a workspace.`)
    return null
  }
  say(`Token for ${platformUrl} (not shown; empty if it was given before):`)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY === true })
  const [line]: unknown[] = await Promise.race([once(reader, 'line'), once(reader, 'close').then(() => [''])])
  reader.close()
  process.stdin.pause()
  return typeof line === 'string' && line.trim() !== '' ? line.trim() : null
}
