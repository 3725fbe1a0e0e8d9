/**
 * `npm run bench -- NAME`: bundles `test/bench/NAME.bench.ts` (as the product is bundled) and runs it; without a name, all of them in turn.
 * Beside them lie the engine's thread and the sandbox, bundled the same way, and the processes that the benchmarks start. The
 * product itself is built first: some start its programs.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'vite'
import { buildIfNeeded } from './build-if-needed.ts'
import { root } from './sources.ts'

/** What a benchmark of the window works with; these find files of their own beside themselves. */
const toolPackages = ['@playwright/test', '@vitejs/plugin-react', 'postcss-preset-mantine', 'vite']

const [wanted, ...options] = process.argv.slice(2)
const names = globSync('test/bench/*.bench.ts', { cwd: root })
  .map((path) => basename(path, '.bench.ts'))
  .sort()
const chosen = wanted === undefined ? names : names.filter((name) => name === wanted)
if (chosen.length === 0) {
  console.error(wanted === undefined ? 'There is no benchmark.' : `'${wanted}' is not a benchmark; there are: ${names.join(', ')}`)
  process.exitCode = 1
} else if (!buildIfNeeded()) process.exitCode = 1
else {
  await bundle(chosen)
  for (const name of chosen) {
    console.log(`\n── ${name}`)
    const { status } = spawnSync(process.execPath, ['--expose-gc', join(root, 'out/bench', `${name}.js`), ...options], { cwd: root, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}

async function bundle(benchmarks: string[]): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    // Everything bundled but the packages with native code, like the product itself.
    ssr: { noExternal: true, external: [...Object.keys(dependencies), ...toolPackages] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: 'out/bench',
      emptyOutDir: true,
      rolldownOptions: {
        input: {
          engine: join(root, 'main/engine/index.ts'),
          sandbox: join(root, 'main/sandbox/index.ts'),
          'answer-thread': join(root, 'main/engine/sync/client/big-answers/answer-thread.ts'),
          ...Object.fromEntries(benchmarks.map((name) => [name, join(root, 'test/bench', `${name}.bench.ts`)])),
          ...Object.fromEntries(globSync('test/bench/*.process.ts', { cwd: root }).map((path) => [basename(path, '.ts'), join(root, path)])),
        },
        // No folder of their own: the processes that a chunk starts lie beside it.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
}
