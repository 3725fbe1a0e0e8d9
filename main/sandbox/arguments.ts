import { parseArgs } from 'node:util'

export type SandboxRun = {
  port: number
  dataDir: string
  seed: number
  /** Make the past of the demo's workspaces. */
  history: boolean
  /** Use things, at a human pace. */
  traffic: boolean
  /** A file of usage events to load, and the workspace, by its name or catalog. */
  importFile: string | null
  importInto: string
  /** Show how the file's first lines are read, and load nothing. */
  previewOnly: boolean
  /** A workspace on a self-hosted deployment beside the others. */
  selfHosted: boolean
}
export type SandboxArguments = ({ kind: 'run' } & SandboxRun) | { kind: 'help' } | { kind: 'wrong'; message: string }

export const DEFAULT_PORT = 8787
/** That of requests without a token. */
const DEFAULT_IMPORT_INTO = 'Acme Cloud'
const DEFAULT_DATA_DIR = '.cache/sandbox'
export const helpText = `Usage: npm run sandbox -- [options]

Runs the embedded platform on 127.0.0.1, with six demo workspaces and the Polar sandbox.

  --port N       listen on this port, or the next free one (default ${DEFAULT_PORT})
  --data DIR     where the databases are (default ${DEFAULT_DATA_DIR})
  --seed N       make the demo's members and their tokens from this number (default 1)
  --no-history   start the demo without a past
  --self-hosted  add a workspace on a self-hosted deployment, which has no billing
  --traffic      use things in the demo's workspaces, at a human pace
  --import FILE  load usage events from a CSV file or JSON lines, each on the day of its timestamp
  --preview      with --import: show the first lines and what would be refused, and load nothing
  --into NAME    load them into this workspace, by its name or catalog (default ${DEFAULT_IMPORT_INTO})
  --help         show this

GET /sandbox/members lists who can sign in, with tokens.
With POLAR_ACCESS_TOKEN set, payments go to Polar itself (POLAR_ENVIRONMENT: sandbox or production, POLAR_WEBHOOK_SECRET;
POLAR_PORTAL_ALLOWS: what the portal lets whoever opens it do about plans: change,cancel (the default), one of them, or none).`

export function parseArguments(args: readonly string[]): SandboxArguments {
  let values: Values
  try {
    values = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        seed: { type: 'string' },
        'no-history': { type: 'boolean' },
        'self-hosted': { type: 'boolean' },
        traffic: { type: 'boolean' },
        import: { type: 'string' },
        into: { type: 'string' },
        preview: { type: 'boolean' },
        help: { type: 'boolean' },
      },
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
  if (values.import === '') return { kind: 'wrong', message: '--import must name a file.' }
  if (values.preview === true && values.import === undefined) return { kind: 'wrong', message: '--preview goes with --import.' }
  if (values.into !== undefined && values.import === undefined) return { kind: 'wrong', message: '--into goes with --import.' }
  return {
    kind: 'run',
    port,
    dataDir: values.data ?? DEFAULT_DATA_DIR,
    seed,
    history: values['no-history'] !== true,
    traffic: values.traffic === true,
    importFile: values.import ?? null,
    importInto: values.into ?? DEFAULT_IMPORT_INTO,
    previewOnly: values.preview === true,
    selfHosted: values['self-hosted'] === true,
  }
}

type Values = {
  port?: string
  data?: string
  seed?: string
  'no-history'?: boolean
  'self-hosted'?: boolean
  traffic?: boolean
  import?: string
  into?: string
  preview?: boolean
  help?: boolean
}

function wholeNumber(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
