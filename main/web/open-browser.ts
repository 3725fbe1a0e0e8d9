import { spawn } from 'node:child_process'
import { childEnvironment } from '../bridge/child-environment.ts'

type Surroundings = { platform: NodeJS.Platform; env: Record<string, string | undefined> }

/** The command that opens a page in the system's browser; null where there is none to see it (CI, a container, a machine without a display). */
export function browserCommand(url: string, { platform, env }: Surroundings): [command: string, ...args: string[]] | null {
  if (env.CI !== undefined && env.CI !== '' && env.CI !== 'false') return null
  if (platform === 'darwin') return ['open', url]
  // `start` is a word of cmd, which would read `&` in an address; rundll32 takes it as it is.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  if (env.SSH_CONNECTION !== undefined) return null
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', url] : null
}

/** True if a browser was asked to open it. Whether one did is for the person to see; the link is printed in any case. */
export function openBrowser(url: string, surroundings: Surroundings): Promise<boolean> {
  const command = browserCommand(url, surroundings)
  if (command === null) return Promise.resolve(false)
  const [program, ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: childEnvironment(surroundings.env) })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
