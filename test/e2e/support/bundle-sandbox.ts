import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '../../..')

/**
 * Bundles a sandbox of the tests, a program beside this file, as the product's build does its own, into a folder from which the native packages are found.
 * @returns the program, and how to remove it.
 */
export async function bundleSandbox(program: 'slow-paying-sandbox' | 'observatory-sandbox'): Promise<{ entry: string; remove(): void }> {
  const outDir = join(root, 'node_modules', '.e2e', `${program}-${process.pid}`)
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: join(import.meta.dirname, `${program}.ts`),
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'node24',
      rolldownOptions: { output: { entryFileNames: 'sandbox.mjs' } },
    },
  })
  return { entry: join(outDir, 'sandbox.mjs'), remove: () => rmSync(outDir, { recursive: true, force: true }) }
}
