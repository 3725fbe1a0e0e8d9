/** Part of `npm run check`: what a linter of OpenAPI says of the document that the platform serves. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { createServer } from 'vite'
import { root } from './sources.ts'

/** The document, from a platform that is there for as long as it is asked: its routes are what is described. */
async function describedApi(): Promise<string> {
  // The sources read files in ways that Vite knows and Node does not.
  const vite = await createServer({
    root,
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  })
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-openapi-'))
  try {
    const { startSandbox } = (await vite.ssrLoadModule('/main/sandbox/server.ts')) as typeof import('../main/sandbox/server.ts')
    const sandbox = await startSandbox({ port: 0, dataDir, history: false })
    try {
      return await (await fetch(`${sandbox.url}/openapi.json`)).text()
    } finally {
      await sandbox.stop()
    }
  } finally {
    await vite.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Each error by its rule and place. */
export async function openApiErrors(source: string): Promise<string[]> {
  const problems = await lintFromString({ source, config: await createConfig({ extends: ['recommended'] }) })
  return problems.filter(({ severity }) => severity === 'error').map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`)
}

if (import.meta.main) {
  const errors = await openApiErrors(await describedApi())
  for (const error of errors) console.error(error)
  process.exitCode = errors.length === 0 ? 0 : 1
}
