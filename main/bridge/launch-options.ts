import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pathProblem } from './private-folder.ts'

export type LaunchOptions = {
  host: 'desktop' | 'web' | 'either'
  /** Where the web host listens first; when it is in use, the next free one is taken. 0 takes any free one. */
  port: number
  /** Where the agents' door listens; 0: where it was before. When it is in use, another one is taken and both are said. */
  intakePort: number
  dataDir: string
  /** A platform in the place of the embedded sandbox. */
  platformUrl: string | null
  /** The embedded sandbox also has a workspace on a self-hosted deployment. */
  selfHosted: boolean
  openBrowser: boolean
  /** The desktop's window waits in the tray until it is wanted: a start by the system at sign-in. */
  startHidden: boolean
}

export const defaultWebPort = 4780

/** Says in words what is wrong with the command line. */
export class LaunchOptionsError extends Error {
  override readonly name = 'LaunchOptionsError'
}

export type Surroundings = { platform: NodeJS.Platform; env: Record<string, string | undefined>; home: string; workingFolder: string }

export function currentSurroundings(): Surroundings {
  return { platform: process.platform, env: process.env, home: homedir(), workingFolder: process.cwd() }
}

/**
 * The options of a command line that is ours alone.
 *
 * @throws LaunchOptionsError
 */
export function parseLaunchOptions(args: readonly string[], surroundings: Surroundings): LaunchOptions {
  const { values, positionals } = parse(args)
  const [positional] = positionals
  if (positional !== undefined) throw new LaunchOptionsError(`'${positional}' is not an option`)
  return optionsFrom(values, surroundings)
}

/**
 * The same from a command line that an Electron program shares with Chromium's switches and the path of the application: what is not ours is passed over.
 *
 * @throws LaunchOptionsError
 */
export function readLaunchOptions(args: readonly string[], surroundings: Surroundings): LaunchOptions {
  const ours = args.flatMap((arg, index) => {
    const [name = '', value] = arg.split(/=(.*)/s, 2)
    if (!(name.startsWith('--') && Object.hasOwn(known, name.slice(2)))) return []
    const next = args[index + 1]
    return known[name.slice(2) as keyof typeof known].type === 'string' && value === undefined && next !== undefined ? [arg, next] : [arg]
  })
  return optionsFrom(parse(ours).values, surroundings)
}

function optionsFrom(values: ReturnType<typeof parse>['values'], surroundings: Surroundings): LaunchOptions {
  if (values.web === true && values.desktop === true) throw new LaunchOptionsError('--web and --desktop exclude each other')
  const dataDir = values.data === undefined ? defaultDataDir(surroundings) : resolve(surroundings.workingFolder, values.data)
  if (values['self-hosted'] === true && values.platform !== undefined)
    throw new LaunchOptionsError('--self-hosted is about the embedded sandbox, and --platform takes its place')
  const problem = pathProblem(dataDir)
  if (problem !== null) throw new LaunchOptionsError(problem)
  return {
    host: values.web === true ? 'web' : values.desktop === true ? 'desktop' : 'either',
    port: values.port === undefined ? defaultWebPort : portOf('--port', values.port),
    intakePort: values['intake-port'] === undefined ? 0 : portOf('--intake-port', values['intake-port']),
    dataDir,
    platformUrl: values.platform === undefined ? null : platformOf(values.platform),
    selfHosted: values['self-hosted'] === true,
    openBrowser: values['no-open'] !== true,
    startHidden: values.hidden === true,
  }
}

const known = {
  web: { type: 'boolean' },
  desktop: { type: 'boolean' },
  port: { type: 'string' },
  'intake-port': { type: 'string' },
  data: { type: 'string' },
  platform: { type: 'string' },
  'self-hosted': { type: 'boolean' },
  'no-open': { type: 'boolean' },
  hidden: { type: 'boolean' },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: known })
  } catch (error) {
    throw new LaunchOptionsError(error instanceof Error ? error.message : 'the options cannot be read')
  }
}

function portOf(option: '--port' | '--intake-port', text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new LaunchOptionsError(`${option} takes a number from 0 to 65535, not '${text}'`)
  return port
}

function platformOf(text: string): string {
  if (!URL.canParse(text)) throw new LaunchOptionsError(`--platform takes a URL such as https://billing.example, not '${text}'`)
  const url = new URL(text)
  const loopback = url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !loopback)
    throw new LaunchOptionsError('--platform must be https, or http on this computer: the token would travel in clear text')
  if (url.username !== '' || url.password !== '')
    throw new LaunchOptionsError('--platform takes no user or password; the token comes from TIDEMARK_TOKEN or standard input')
  return url.href.replace(/\/+$/, '')
}

/** Where each system keeps what an application must not lose (not its caches: they are cleaned). */
function defaultDataDir({ platform, env, home }: Surroundings): string {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Tidemark')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tidemark')
  const base = env.XDG_DATA_HOME
  // The XDG specification: a relative path is not valid and is ignored.
  return join(base?.startsWith('/') === true ? base : join(home, '.local', 'share'), 'tidemark')
}
