import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

/**
 * The console's pages on a bridge that is made up: `vite --config test/renderer-fixture/vite.config.ts`, then
 * `/?scenario=held` (see scenarios.ts). For looking at states that are hard to reach; no part of the product.
 */
// biome-ignore lint/style/noDefaultExport: Vite reads the default export
export default defineConfig({
  root: at('../../renderer'),
  cacheDir: at('../../node_modules/.vite/renderer-fixture'),
  plugins: [
    react(),
    {
      name: 'fake-bridge-first',
      // A build resolves from index.html, the development server from its root.
      transformIndexHtml: {
        order: 'pre',
        handler: (html, { server }) => html.replace('src="./main.tsx"', server ? `src="/@fs${at('start.ts')}"` : 'src="../test/renderer-fixture/start.ts"'),
      },
    },
  ],
  build: { outDir: at('../../.cache/renderer-fixture'), emptyOutDir: true, minify: true, assetsInlineLimit: 0, target: 'es2024' },
  server: { host: '127.0.0.1', fs: { allow: [at('../..')] } },
})
