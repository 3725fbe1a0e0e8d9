/** The embedded platform as a process of its own: started by `npm run sandbox`, or forked by a host. Composition only. */
import { z } from 'zod'
import { helpText, parseArguments, type SandboxRun } from './arguments.ts'
import { demoWorkspaces, enterpriseWorkspace, selfHostedWorkspace } from './demo/demo-workspaces.ts'
import { printImport, printPreview } from './import/print-import.ts'
import { portalAllowsOf } from './polar/portal-rights.ts'
import { type RealPolar, startSandbox } from './server.ts'

// Whoever reads what is printed may go away before the platform does.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const parsed = parseArguments(process.argv.slice(2))
if (parsed.kind === 'help') console.log(helpText)
else if (parsed.kind === 'wrong') {
  console.error(`${parsed.message}\n\n${helpText}`)
  process.exitCode = 2
} else {
  await run(parsed)
}

async function run({ port, dataDir, seed, history, traffic, importFile, importInto, previewOnly, selfHosted }: SandboxRun): Promise<void> {
  const realPolar = polarFromEnvironment()
  const sandbox = await startSandbox({
    port,
    dataDir,
    seed,
    history,
    traffic,
    demo: [...demoWorkspaces, enterpriseWorkspace, ...(selfHosted ? [selfHostedWorkspace] : [])],
    ...(realPolar === null ? {} : { realPolar }),
    report: (error) => console.error(error instanceof Error ? `${error.name}: ${error.message}` : 'The sandbox failed at something.'),
  })
  const stop = (): void => {
    sandbox.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // The parent has gone, however it went: a platform that nobody started must not stay behind.
  process.once('disconnect', stop)
  if (process.send !== undefined && !process.connected) return stop()
  if (port !== 0 && sandbox.port !== port) console.log(`Port ${port} is in use; taking ${sandbox.port}.`)
  console.log(`Tidemark sandbox listens on ${sandbox.url}`)
  process.send?.({ type: 'listening', port: sandbox.port })
  if (importFile === null) return
  if (previewOnly) await printPreview(sandbox.previewUsage, { path: importFile, into: importInto })
  else await printImport(sandbox.importUsage, { path: importFile, into: importInto, dataDir })
}

/** The real Polar, where a token for it is in the environment. */
function polarFromEnvironment(): RealPolar | null {
  const { POLAR_ACCESS_TOKEN: accessToken, POLAR_ENVIRONMENT: environment, POLAR_WEBHOOK_SECRET: webhookSecret, POLAR_PORTAL_ALLOWS: allows } = process.env
  if (accessToken === undefined || accessToken === '') return null
  return {
    accessToken,
    environment: z.enum(['sandbox', 'production']).parse(environment ?? 'sandbox'),
    webhookSecret: webhookSecret ?? '',
    portalAllows: portalAllowsOf(allows),
  }
}
