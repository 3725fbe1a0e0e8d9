import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import mantine from 'postcss-preset-mantine'

const at = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      // Only the packages with native code stay outside (they are the `dependencies` of package.json); the rest is bundled, which starts faster.
      rolldownOptions: {
        input: {
          index: at('main/index.ts'),
          web: at('main/web.ts'),
          sandbox: at('main/sandbox/index.ts'),
          // The engine looks for it under this name.
          'answer-thread': at('main/engine/sync/client/big-answers/answer-thread.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      // A sandboxed preload has no module loader: one CommonJS file with everything in it, or Electron refuses it.
      externalizeDeps: false,
      rolldownOptions: { input: { index: at('preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    css: { postcss: { plugins: [mantine()] } },
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // An inlined `data:` font or script would be refused by the content policy.
      assetsInlineLimit: 0,
      // The limit of the first page is 220 kB gzipped, and `npm run bench -- page` measures it; this one counts before compression.
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        input: at('renderer/index.html'),
        // What the first page needs comes in one file: dozens of small ones cost more in the asking than in the reading.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
  },
})
