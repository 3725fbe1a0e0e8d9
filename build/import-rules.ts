/**
 * The folder says where code may run; this check holds it to that. `node build/import-rules.ts` prints each violation with
 * its rule and the reason. Rules are data: to change one, change its entry and its test.
 */
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { engineRooms, runsUp } from './engine-rooms.ts'
import { importsOf, resolveRelative, withoutQuery } from './imports.ts'
import { floorOf } from './sandbox-rooms.ts'

export type Violation = { path: string; line: number; rule: string; message: string; reason: string }

type Target = { kind: 'file'; path: string; query: string } | { kind: 'package'; name: string } | { kind: 'node'; name: string }
type Rule = { name: string; appliesTo: (path: string) => boolean; forbids: (target: Target, importer: string) => boolean; reason: string }

const inside =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`))

const fileOutside =
  (...folders: string[]) =>
  (target: Target): boolean =>
    target.kind === 'file' && !inside(...folders)(target.path)

const isPackage = (target: Target, ...names: string[]): boolean => target.kind === 'package' && names.includes(target.name)
/** Native code or Node's own modules inside: a page cannot load them. */
const needsNode = (target: Target): boolean => target.kind === 'node' || isPackage(target, 'electron', 'better-sqlite3', '@lancedb/lancedb', 'ws', 'undici')
const isReact = (target: Target): boolean =>
  target.kind === 'package' && /^(react|react-dom|@mantine\/.+|@tabler\/icons-react|@tanstack\/react-.+|zustand|wouter)$/.test(target.name)

/** The renderer's layers, the lowest first: a file imports from its own layer and from those before it. */
const rendererLayers = ['base', 'state', 'components', 'pages', 'app']

/** The place of a file among the layers; what lies in none of them (`renderer/main.tsx`) stands above all. Null: not of the renderer. */
function rendererLayer(path: string): number | null {
  const [area, layer] = path.split('/')
  if (area !== 'renderer') return null
  const place = rendererLayers.indexOf(layer ?? '')
  return place === -1 ? rendererLayers.length : place
}

/** `renderer/pages/wallet/amounts.ts` → `wallet`; null: not inside a page's folder. */
function pageOf(path: string): string | null {
  const [area, layer, page, ...rest] = path.split('/')
  return area === 'renderer' && layer === 'pages' && rest.length > 0 ? (page ?? null) : null
}

/** Where amounts of invoices and costs are shown, told of or handed on. */
const statementViews = [
  'main/engine/billing/costs',
  'main/engine/billing/invoices',
  'main/engine/billing/statement',
  'main/sandbox/alerts',
  'main/sandbox/costs',
  'main/sandbox/invoices',
  'main/sandbox/overage',
  'renderer/pages/alerts',
  'renderer/pages/costs',
  'renderer/pages/invoices',
  'renderer/pages/overview',
]

const product = inside('shared', 'main', 'preload', 'renderer')

export const rules: Rule[] = [
  {
    name: 'shared-imports-only-shared',
    appliesTo: inside('shared'),
    forbids: fileOutside('shared'),
    reason: 'shared/ is used on both sides of every boundary; what it pulled in would end up in the window, the engine and the platform alike',
  },
  {
    name: 'shared-runs-anywhere',
    appliesTo: inside('shared'),
    forbids: (target) => needsNode(target) || isReact(target),
    reason: 'shared/ is pure TypeScript: it also runs in a page, where Node modules do not exist, and in the engine, which has no window',
  },
  {
    name: 'renderer-imports-only-shared',
    appliesTo: inside('renderer'),
    forbids: fileOutside('renderer', 'shared'),
    reason: 'the window reaches the engine through the bridge and by no other way; it has no files, no network and no keys',
  },
  {
    name: 'renderer-runs-in-a-page',
    appliesTo: inside('renderer'),
    forbids: needsNode,
    reason: 'the renderer runs in a sandboxed page without Node',
  },
  {
    name: 'renderer-imports-do-not-run-up',
    appliesTo: inside('renderer'),
    forbids: (target, importer) => target.kind === 'file' && (rendererLayer(target.path) ?? 0) > (rendererLayer(importer) ?? 0),
    reason: `${rendererLayers.join(' ← ')} ← main.tsx: each layer is built from those below it, so that it can be read, tested and changed without those above it`,
  },
  {
    name: 'renderer-folders-are-layers',
    appliesTo: (path) => rendererLayer(path) === rendererLayers.length && !inside('renderer/public')(path),
    forbids: (_target, importer) => importer !== 'renderer/main.tsx',
    reason: 'what lies beside the layers would stand above all of them; only the entry does',
  },
  {
    name: 'pages-do-not-know-each-other',
    appliesTo: (path) => pageOf(path) !== null,
    // The type that each page's entry has is the one thing above the pages that they may see; their list is not.
    forbids: (target, importer) =>
      target.kind === 'file' &&
      inside('renderer/pages')(target.path) &&
      target.path !== 'renderer/pages/page-entry.ts' &&
      pageOf(target.path) !== pageOf(importer),
    reason:
      'a page is a folder that can be added, changed and removed alone; what two pages share goes down to components, state or base, and they lead to each other by addresses',
  },
  {
    name: 'views-of-the-statement-reckon-nothing',
    appliesTo: inside(...statementViews),
    forbids: (target) => target.kind === 'file' && ['pricing', 'projected-cost'].some((name) => target.path === `shared/billing/${name}.ts`),
    reason:
      'shared/billing/statement.ts is the only place that reckons what is charged; an amount that a view made itself would differ from the invoice some day',
  },
  {
    name: 'preload-imports-only-the-contract',
    appliesTo: inside('preload'),
    forbids: (target) =>
      fileOutside('preload', 'shared/contract')(target) || target.kind === 'node' || (target.kind === 'package' && !['electron', 'zod'].includes(target.name)),
    reason: 'the preload exposes the bridge and nothing else; everything in it can be reached by a page that was taken over',
  },
  {
    name: 'engine-knows-no-host',
    appliesTo: inside('main/engine'),
    forbids: (target) =>
      isPackage(target, 'electron') ||
      isReact(target) ||
      (target.kind === 'file' && (inside('main/desktop', 'main/web')(target.path) || ['main/index.ts', 'main/web.ts'].includes(target.path))),
    reason: 'the engine is the product and runs under any host; a host that it knows is a host that it cannot do without',
  },
  {
    name: 'engine-has-no-shortcut-into-the-sandbox',
    appliesTo: inside('main/engine'),
    forbids: (target) => target.kind === 'file' && inside('main/sandbox')(target.path),
    reason: 'the sandbox is a platform like any other and is reached over HTTP only; a shortcut would hide what a real platform answers',
  },
  {
    name: 'engine-imports-run-down',
    appliesTo: inside('main/engine'),
    forbids: (target, importer) => target.kind === 'file' && inside('main/engine')(target.path) && runsUp(importer, target.path),
    reason: `a room must be understood and tested without those that use it (${engineRooms.join(' ← ')}); pass a function in, or move what both need down`,
  },
  {
    name: 'handlers-do-not-know-each-other',
    appliesTo: inside('main/engine/calls'),
    forbids: (target) => target.kind === 'file' && inside('main/engine/calls')(target.path),
    reason: 'each area of the bridge is answered by itself; what two of them need belongs in the room that owns it, billing, vault, outbox or sync',
  },
  {
    name: 'outbox-queue-knows-none-of-its-users',
    appliesTo: inside('main/engine/outbox/queue'),
    forbids: (target) =>
      target.kind === 'file' &&
      (inside('main/engine/outbox/delivery', 'main/engine/outbox/actions', 'main/engine/outbox/recovery')(target.path) ||
        target.path === 'main/engine/outbox/outbox.ts'),
    reason: 'the queue keeps what is owed, whoever sends, discards or repairs it; what it needs of them is a type of its own',
  },
  {
    name: 'outbox-delivery-sees-the-queue-through-its-port',
    appliesTo: inside('main/engine/outbox/delivery'),
    forbids: (target) =>
      target.kind === 'file' &&
      ((inside('main/engine/outbox/queue')(target.path) && target.path !== 'main/engine/outbox/queue/delivery-port.ts') ||
        inside('main/engine/outbox/actions', 'main/engine/outbox/recovery')(target.path) ||
        target.path === 'main/engine/outbox/outbox.ts'),
    reason: 'delivery decides what is sent and what becomes of it; how rows, groups and lanes say so is the queue’s own business',
  },
  {
    name: 'sandbox-imports-only-shared',
    appliesTo: inside('main/sandbox'),
    forbids: (target) => fileOutside('main/sandbox', 'shared')(target) || isPackage(target, 'electron') || isReact(target),
    reason: 'the sandbox is its own process and its own program; it shares the contract with the console, and no code',
  },
  {
    name: 'sandbox-imports-run-down',
    appliesTo: inside('main/sandbox'),
    forbids: (target, importer) => target.kind === 'file' && inside('main/sandbox')(target.path) && floorOf(target.path) > floorOf(importer),
    reason:
      'a room of the sandbox stands on those before it in sandbox-rooms.ts; one that reached up could only be understood together with all that stand on it',
  },
  {
    name: 'only-desktop-and-preload-import-electron',
    appliesTo: (path) => product(path) && !inside('main/desktop', 'preload')(path),
    forbids: (target) => target.kind === 'package' && (target.name === 'electron' || target.name.startsWith('electron-')),
    reason: 'everything else also runs where no Electron runtime can be had; there the import alone would fail',
  },
  {
    name: 'hosts-reach-the-engine-by-message',
    appliesTo: (path) => inside('main/bridge', 'main/web', 'main/desktop')(path) || ['main/index.ts', 'main/web.ts'].includes(path),
    forbids: (target) => target.kind === 'file' && inside('main/engine')(target.path) && target.query !== 'modulePath',
    reason: 'the engine is a worker thread; importing it here would run SQLite on the thread of the window',
  },
  {
    name: 'hosts-do-not-know-each-other',
    appliesTo: inside('main/bridge', 'main/web', 'main/desktop'),
    forbids: (target, importer) =>
      target.kind === 'file' &&
      inside('main/web', 'main/desktop', 'main/sandbox')(target.path) &&
      !target.path.startsWith(`${importer.split('/').slice(0, 2).join('/')}/`),
    reason: 'each host stands alone and the bridge serves both; what two of them need belongs in the bridge',
  },
  {
    name: 'product-does-not-import-tests-or-build',
    appliesTo: product,
    forbids: (target) => target.kind === 'file' && inside('test', 'build')(target.path),
    reason: 'tests and build scripts are not shipped',
  },
]

/** `sources`: path from the root → text of every checked file. `exists` tells of files that are imported but not checked (CSS, SQL, JSON). */
export function checkImports(sources: ReadonlyMap<string, string>, exists: (path: string) => boolean): Violation[] {
  const violations: Violation[] = []
  const graph = new Map<string, { path: string; line: number }[]>()
  for (const [path, source] of sources) {
    const edges: { path: string; line: number }[] = []
    graph.set(path, edges)
    for (const { specifier, line } of importsOf(path, source)) {
      if (specifier === null) {
        if (product(path))
          violations.push({
            path,
            line,
            rule: 'imports-are-written-out',
            message: 'the imported path is computed',
            reason: 'a path that is made at run time cannot be checked against the rules',
          })
        continue
      }
      const target = targetOf(path, specifier)
      if (target.kind === 'file') {
        if (!sources.has(target.path) && !exists(target.path)) {
          violations.push({
            path,
            line,
            rule: 'imports-name-a-file',
            message: `'${specifier}' is not a file`,
            reason: 'relative imports carry the real name and extension, so that every tool resolves them alike',
          })
        }
        // A `?raw` text or a worker's path is not loaded as a module, so it cannot close a circle.
        if (target.query === '') edges.push({ path: target.path, line })
      }
      for (const rule of rules) {
        if (rule.appliesTo(path) && rule.forbids(target, path))
          violations.push({ path, line, rule: rule.name, message: `imports '${specifier}'`, reason: rule.reason })
      }
    }
  }
  return [...violations, ...circles(graph)]
}

function targetOf(importer: string, specifier: string): Target {
  const path = resolveRelative(importer, specifier)
  if (path !== null) return { kind: 'file', path, query: specifier.slice(withoutQuery(specifier).length + 1) }
  const bare = withoutQuery(specifier)
  if (isBuiltin(bare)) return { kind: 'node', name: bare }
  return {
    kind: 'package',
    name: bare
      .split('/')
      .slice(0, bare.startsWith('@') ? 2 : 1)
      .join('/'),
  }
}

/** One violation for each import that closes a circle, found depth first; each file is finished once, so the cost is linear. */
function circles(graph: ReadonlyMap<string, { path: string; line: number }[]>): Violation[] {
  const violations: Violation[] = []
  const finished = new Set<string>()
  const trail: string[] = []
  const walk = (path: string): void => {
    if (finished.has(path)) return
    trail.push(path)
    for (const edge of graph.get(path) ?? []) {
      const start = trail.indexOf(edge.path)
      if (start === -1) walk(edge.path)
      else {
        const circle = [...trail.slice(start), edge.path].join(' → ')
        violations.push({
          path,
          line: edge.line,
          rule: 'no-circular-imports',
          message: circle,
          reason: 'files of a circle can only be understood, tested and loaded together',
        })
      }
    }
    trail.pop()
    finished.add(path)
  }
  for (const path of graph.keys()) walk(path)
  return violations
}

export function describe(violation: Violation): string {
  return `${violation.path}:${violation.line} ${violation.message}\n    rule ${violation.rule}: ${violation.reason}`
}

/** Reads the tree under `root` and checks it. */
export function checkTree(root: string): { fileCount: number; violations: Violation[] } {
  const paths = globSync('{shared,main,preload,renderer,build,test}/**/*.{ts,tsx,mjs}', { cwd: root, exclude: (path) => path.endsWith('node_modules') })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
  const sources = new Map(paths.map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]))
  const present = (path: string): boolean => globSync(path, { cwd: root }).length === 1
  return { fileCount: sources.size, violations: checkImports(sources, present) }
}

if (import.meta.main) {
  const { fileCount, violations } = checkTree(process.cwd())
  for (const violation of violations) console.error(describe(violation))
  console.log(violations.length === 0 ? `${fileCount} files keep to the import rules` : `${violations.length} imports break a rule`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
