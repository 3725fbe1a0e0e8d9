import { parseArgs } from 'node:util'

export type SandboxArguments = { kind: 'run'; port: number; dataDir: string; seed: number } | { kind: 'help' } | { kind: 'wrong'; message: string }

export const DEFAULT_PORT = 8787
const DEFAULT_DATA_DIR = '.cache/sandbox'
/** Not to be had yet; refused in words, so that nobody thinks that it works. */
const LATER = ['traffic', 'import']

export const helpText = `Usage: npm run sandbox -- [options]

Runs the embedded platform on 127.0.0.1, with a demo workspace and the Polar sandbox.

  --port N       listen on this port, or the next free one (default ${DEFAULT_PORT})
  --data DIR     where the databases are (default ${DEFAULT_DATA_DIR})
  --seed N       make the demo's members and their tokens from this number (default 1)
  --no-history   start the demo without a past
  --help         show this

GET /sandbox/members lists who can sign in, with tokens.
With POLAR_ACCESS_TOKEN set, payments go to Polar itself (POLAR_ENVIRONMENT: sandbox or production, POLAR_WEBHOOK_SECRET).`

export function parseArguments(args: readonly string[]): SandboxArguments {
  const later = LATER.find((name) => args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`)))
  if (later !== undefined) return { kind: 'wrong', message: `--${later} is not available yet.` }
  let values: { port?: string; data?: string; seed?: string; 'no-history'?: boolean; help?: boolean }
  try {
    values = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      // `no-history` is for the demos that have a past; the one that is here starts without.
      options: { port: { type: 'string' }, data: { type: 'string' }, seed: { type: 'string' }, 'no-history': { type: 'boolean' }, help: { type: 'boolean' } },
    }).values
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : 'The options are not understood.' }
  }
  if (values.help === true) return { kind: 'help' }
  const port = wholeNumber(values.port, DEFAULT_PORT)
  if (port === null || port > 65_535) return { kind: 'wrong', message: '--port must be a number from 0 to 65535.' }
  const seed = wholeNumber(values.seed, 1)
  if (seed === null) return { kind: 'wrong', message: '--seed must be a whole number from 0.' }
  if (values.data === '') return { kind: 'wrong', message: '--data must name a folder.' }
  return { kind: 'run', port, dataDir: values.data ?? DEFAULT_DATA_DIR, seed }
}

function wholeNumber(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
