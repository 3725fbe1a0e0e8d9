import { join } from 'node:path'
import type { LaunchOptions } from './launch-options.ts'
import { readPlatformToken } from './platform-token.ts'
import { type SandboxProcessInput, startSandbox } from './sandbox-process.ts'

/** Where the first workspaces live: the platform that was named, or the embedded sandbox. */
export type Platform = {
  description: string
  firstWorkspaces: { url: string; token: string }[]
  /** Loopback origins whose pages may be opened although they are not https. */
  trustedLoopbackOrigins: string[]
  stop(): Promise<void>
}

export type PlatformChoiceInput = {
  options: LaunchOptions
  fork: SandboxProcessInput['fork']
  report: (line: string) => void
  /** There is somebody to be asked: false for a program of Windows with a window, whose standard input is always at its end. */
  hasStandardInput?: boolean
}

export async function choosePlatform({ options, fork, report, hasStandardInput = true }: PlatformChoiceInput): Promise<Platform> {
  const token = await readPlatformToken(options, report, hasStandardInput)
  if (options.platformUrl !== null) {
    const { origin, protocol } = new URL(options.platformUrl)
    return {
      description: options.platformUrl,
      firstWorkspaces: token === null ? [] : [{ url: options.platformUrl, token }],
      trustedLoopbackOrigins: protocol === 'http:' ? [origin] : [],
      stop: async () => {},
    }
  }
  const sandbox = await startSandbox({ fork, dataDir: join(options.dataDir, 'sandbox'), options: options.selfHosted ? ['--self-hosted'] : [], report })
  return {
    description: `${sandbox.origin} (the embedded sandbox)`,
    firstWorkspaces: await sandbox.firstWorkspaces(),
    trustedLoopbackOrigins: [sandbox.origin],
    stop: () => sandbox.stop(),
  }
}
