import { globSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { describe as suite, expect, test } from 'vitest'
import { engineRooms } from '../../../build/engine-rooms.ts'
import { checkImports, checkTree, describe, rules } from '../../../build/import-rules.ts'

/** Every named file exists and is empty, but for the one that imports. */
function broken(importer: string, source: string, others: string[] = []): string[] {
  const sources = new Map([[importer, source], ...others.map((path): [string, string] => [path, ''])])
  return checkImports(sources, () => false).map((violation) => violation.rule)
}

function relativeTo(importer: string, target: string): string {
  const path = relative(dirname(importer), target).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

const forbidden: [rule: string, importer: string, specifier: string, target?: string][] = [
  ['shared-imports-only-shared', 'shared/billing/quota.ts', '../../main/engine/base/clock.ts', 'main/engine/base/clock.ts'],
  ['shared-imports-only-shared', 'shared/billing/quota.ts', '../../renderer/base/theme/theme.ts', 'renderer/base/theme/theme.ts'],
  ['shared-runs-anywhere', 'shared/billing/quota.ts', 'node:fs'],
  ['shared-runs-anywhere', 'shared/billing/quota.ts', 'better-sqlite3'],
  ['shared-runs-anywhere', 'shared/billing/quota.ts', 'react'],
  ['renderer-imports-only-shared', 'renderer/pages/outbox/page.tsx', '../../../main/bridge/messages.ts', 'main/bridge/messages.ts'],
  ['renderer-imports-only-shared', 'renderer/app/shell.tsx', '../../preload/index.ts', 'preload/index.ts'],
  ['renderer-runs-in-a-page', 'renderer/app/shell.tsx', 'node:crypto'],
  ['renderer-runs-in-a-page', 'renderer/app/shell.tsx', 'path'],
  ['renderer-runs-in-a-page', 'renderer/app/shell.tsx', 'electron'],
  ['renderer-imports-do-not-run-up', 'renderer/base/texts/texts.ts', '../../state/reads.ts', 'renderer/state/reads.ts'],
  ['renderer-imports-do-not-run-up', 'renderer/base/theme/theme.ts', '../../app/frame.css', 'renderer/app/frame.css'],
  ['renderer-imports-do-not-run-up', 'renderer/state/reads.ts', '../components/notice/notice.tsx', 'renderer/components/notice/notice.tsx'],
  ['renderer-imports-do-not-run-up', 'renderer/components/meter/meter.tsx', '../../pages/usage/texts.ts', 'renderer/pages/usage/texts.ts'],
  ['renderer-imports-do-not-run-up', 'renderer/pages/usage/usage-page.tsx', '../../app/routes.tsx', 'renderer/app/routes.tsx'],
  ['renderer-imports-do-not-run-up', 'renderer/pages/registry.ts', '../app/routes.tsx', 'renderer/app/routes.tsx'],
  ['renderer-imports-do-not-run-up', 'renderer/app/app.tsx', '../main.tsx', 'renderer/main.tsx'],
  ['renderer-folders-are-layers', 'renderer/helpers/dates.ts', '../base/format/format.ts', 'renderer/base/format/format.ts'],
  ['renderer-folders-are-layers', 'renderer/second.tsx', './app/app.tsx', 'renderer/app/app.tsx'],
  ['views-of-the-statement-reckon-nothing', 'renderer/pages/costs/bars.tsx', '../../../shared/billing/pricing.ts', 'shared/billing/pricing.ts'],
  ['views-of-the-statement-reckon-nothing', 'main/sandbox/invoices/lines.ts', '../../../shared/billing/projected-cost.ts', 'shared/billing/projected-cost.ts'],
  ['pages-do-not-know-each-other', 'renderer/pages/wallet/top-up.tsx', '../plans/order-dialog.tsx', 'renderer/pages/plans/order-dialog.tsx'],
  ['pages-do-not-know-each-other', 'renderer/pages/wallet/estimate/lines.tsx', '../../plans/index.ts', 'renderer/pages/plans/index.ts'],
  ['pages-do-not-know-each-other', 'renderer/pages/wallet/wallet-page.tsx', '../registry.ts', 'renderer/pages/registry.ts'],
  ['preload-imports-only-the-contract', 'preload/index.ts', '../shared/billing/quota.ts', 'shared/billing/quota.ts'],
  ['preload-imports-only-the-contract', 'preload/index.ts', '../main/bridge/router.ts', 'main/bridge/router.ts'],
  ['preload-imports-only-the-contract', 'preload/index.ts', 'node:fs'],
  ['preload-imports-only-the-contract', 'preload/index.ts', 'hono'],
  ['engine-knows-no-host', 'main/engine/engine.ts', 'electron'],
  ['engine-knows-no-host', 'main/engine/engine.ts', '@mantine/core'],
  ['engine-knows-no-host', 'main/engine/engine.ts', '../web/server.ts', 'main/web/server.ts'],
  ['engine-knows-no-host', 'main/engine/engine.ts', '../desktop/window.ts', 'main/desktop/window.ts'],
  ['engine-knows-no-host', 'main/engine/engine.ts', '../web.ts', 'main/web.ts'],
  ['engine-has-no-shortcut-into-the-sandbox', 'main/engine/sync/client.ts', '../../sandbox/index.ts', 'main/sandbox/index.ts'],
  ['engine-imports-run-down', 'main/engine/sync/checkouts/checkouts.ts', '../../billing/offers.ts', 'main/engine/billing/offers.ts'],
  ['engine-imports-run-down', 'main/engine/store/stores.ts', '../outbox/repair.ts', 'main/engine/outbox/repair.ts'],
  ['engine-imports-run-down', 'main/engine/calls/usage-calls.ts', '../engine.ts', 'main/engine/engine.ts'],
  ['engine-imports-run-down', 'main/engine/sync/client/request.ts', '../sync.ts', 'main/engine/sync/sync.ts'],
  ['engine-imports-run-down', 'main/engine/calls/usage-calls.ts', '../new-room/a.ts', 'main/engine/new-room/a.ts'],
  ['engine-imports-run-down', 'main/engine/new-room/a.ts', '../base/clock.ts', 'main/engine/base/clock.ts'],
  ['handlers-do-not-know-each-other', 'main/engine/calls/outbox-calls.ts', './overview-calls.ts', 'main/engine/calls/overview-calls.ts'],
  ['sandbox-imports-only-shared', 'main/sandbox/index.ts', '../engine/base/clock.ts', 'main/engine/base/clock.ts'],
  ['outbox-queue-knows-none-of-its-users', 'main/engine/outbox/queue/enqueuer.ts', '../delivery/policy.ts', 'main/engine/outbox/delivery/policy.ts'],
  ['outbox-queue-knows-none-of-its-users', 'main/engine/outbox/queue/lanes/lanes.ts', '../../actions/selection.ts', 'main/engine/outbox/actions/selection.ts'],
  [
    'outbox-queue-knows-none-of-its-users',
    'main/engine/outbox/queue/push-log.ts',
    '../recovery/start-recovery.ts',
    'main/engine/outbox/recovery/start-recovery.ts',
  ],
  ['outbox-queue-knows-none-of-its-users', 'main/engine/outbox/queue/push-log.ts', '../outbox.ts', 'main/engine/outbox/outbox.ts'],
  [
    'outbox-delivery-sees-the-queue-through-its-port',
    'main/engine/outbox/delivery/push-settler.ts',
    '../queue/item-transitions.ts',
    'main/engine/outbox/queue/item-transitions.ts',
  ],
  [
    'outbox-delivery-sees-the-queue-through-its-port',
    'main/engine/outbox/delivery/drainer.ts',
    '../queue/rows/codes.ts',
    'main/engine/outbox/queue/rows/codes.ts',
  ],
  [
    'outbox-delivery-sees-the-queue-through-its-port',
    'main/engine/outbox/delivery/drainer.ts',
    '../actions/selection.ts',
    'main/engine/outbox/actions/selection.ts',
  ],
  ['outbox-delivery-sees-the-queue-through-its-port', 'main/engine/outbox/delivery/drainer.ts', '../outbox.ts', 'main/engine/outbox/outbox.ts'],
  ['sandbox-imports-only-shared', 'main/sandbox/index.ts', 'electron'],
  ['sandbox-imports-run-down', 'main/sandbox/store/store.ts', '../http/failure.ts', 'main/sandbox/http/failure.ts'],
  ['sandbox-imports-run-down', 'main/sandbox/http/sign-in.ts', '../meter/open-account.ts', 'main/sandbox/meter/open-account.ts'],
  ['sandbox-imports-run-down', 'main/sandbox/http/sign-in.ts', '../cellar/new.ts', 'main/sandbox/cellar/new.ts'],
  ['only-desktop-and-preload-import-electron', 'main/index.ts', 'electron'],
  ['only-desktop-and-preload-import-electron', 'main/bridge/router.ts', 'electron-updater'],
  ['hosts-reach-the-engine-by-message', 'main/bridge/router.ts', '../engine/engine.ts', 'main/engine/engine.ts'],
  ['hosts-reach-the-engine-by-message', 'main/web.ts', './engine/index.ts', 'main/engine/index.ts'],
  ['hosts-do-not-know-each-other', 'main/web/server.ts', '../desktop/window.ts', 'main/desktop/window.ts'],
  ['hosts-do-not-know-each-other', 'main/desktop/window.ts', '../web/server.ts', 'main/web/server.ts'],
  ['hosts-do-not-know-each-other', 'main/bridge/router.ts', '../web/server.ts', 'main/web/server.ts'],
  ['product-does-not-import-tests-or-build', 'main/web/server.ts', '../../test/unit/fake.ts', 'test/unit/fake.ts'],
  ['product-does-not-import-tests-or-build', 'renderer/main.tsx', '../build/icons.ts', 'build/icons.ts'],
]

suite('each rule refuses', () => {
  test.each(forbidden)('%s: %s imports %s', (rule, importer, specifier, target) => {
    expect(broken(importer, `import { x } from '${specifier}'`, target === undefined ? [] : [target])).toContain(rule)
  })

  test('and no rule is without such a case', () => {
    expect(new Set(forbidden.map(([rule]) => rule))).toEqual(new Set(rules.map((rule) => rule.name)))
  })
})

suite('the rooms of the engine', () => {
  const neighbours = engineRooms.slice(1).map((above, index) => [engineRooms[index] ?? '', above] as const)

  test.each(neighbours)('%s does not import %s, which may import it', (below, above) => {
    const [lower, upper] = [`main/engine/${below}/lower.ts`, `main/engine/${above}/upper.ts`]
    const between = (importer: string, target: string): string[] => broken(importer, `import '${relativeTo(importer, target)}'`, [target])
    expect(between(lower, upper)).toEqual(['engine-imports-run-down'])
    expect(between(upper, lower)).toEqual([])
  })

  test('the order names each of them, and none that is not there', () => {
    const folders = globSync('main/engine/**/*.ts').map((path) => dirname(path.replaceAll('\\', '/').slice('main/engine/'.length)))
    const rooms = folders
      .filter((folder) => folder !== '.')
      .map((folder) => engineRooms.find((room) => `${folder}/`.startsWith(`${room}/`)) ?? `no place for ${folder}`)
    expect(new Set(rooms)).toEqual(new Set(engineRooms))
  })
})

suite('every way of importing counts', () => {
  test.each([
    ['static', `import { x } from 'electron'`],
    ['type only', `import type { App } from 'electron'`],
    ['for its effect', `import 'electron'`],
    ['re-export', `export { app } from 'electron'`],
    ['re-export of all', `export * from 'electron'`],
    ['dynamic', `const electron = await import('electron')`],
    ['type of a module', `type App = import('electron').App`],
    ['require', `const electron = require('electron')`],
    ['import equals', `import electron = require('electron')`],
  ])('%s', (_way, source) => {
    expect(broken('main/engine/engine.ts', source)).toContain('engine-knows-no-host')
  })

  test('a computed path is refused, because nobody can check it', () => {
    expect(broken('main/engine/engine.ts', 'await import(name)')).toEqual(['imports-are-written-out'])
  })

  test('words that look like an import are none', () => {
    expect(broken('main/engine/engine.ts', `// import 'electron'\nexport const text = "import { app } from 'electron'"`)).toEqual([])
  })
})

suite('what is allowed', () => {
  test.each([
    ['shared/billing/quota.ts', '../contract/platform.ts', 'shared/contract/platform.ts'],
    ['shared/contract/platform.ts', 'zod'],
    ['renderer/app/shell.tsx', '../../shared/billing/quota.ts', 'shared/billing/quota.ts'],
    ['renderer/base/texts/texts.ts', '../format/format.ts', 'renderer/base/format/format.ts'],
    ['renderer/components/meter/meter.tsx', '../../state/reads.ts', 'renderer/state/reads.ts'],
    ['renderer/pages/wallet/estimate/lines.tsx', '../wallet.module.css', 'renderer/pages/wallet/wallet.module.css'],
    ['renderer/pages/wallet/index.ts', '../page-entry.ts', 'renderer/pages/page-entry.ts'],
    ['renderer/pages/registry.ts', './wallet/index.ts', 'renderer/pages/wallet/index.ts'],
    ['renderer/app/routes.tsx', '../pages/registry.ts', 'renderer/pages/registry.ts'],
    ['renderer/main.tsx', './app/app.tsx', 'renderer/app/app.tsx'],
    ['preload/index.ts', 'electron'],
    ['preload/index.ts', '../shared/contract/console.ts', 'shared/contract/console.ts'],
    ['main/engine/calls/outbox-calls.ts', '../billing/workspace-view.ts', 'main/engine/billing/workspace-view.ts'],
    ['main/desktop/window.ts', 'electron'],
    ['main/desktop/window.ts', '../bridge/router.ts', 'main/bridge/router.ts'],
    ['main/web.ts', './engine/index?modulePath', 'main/engine/index'],
    ['main/engine/store/migrations.ts', './migrations/outbox/0001-queue.sql?raw', 'main/engine/store/migrations/outbox/0001-queue.sql'],
    ['main/engine/outbox/delivery/drainer.ts', '../queue/delivery-port.ts', 'main/engine/outbox/queue/delivery-port.ts'],
    ['main/engine/outbox/outbox.ts', './queue/push-log.ts', 'main/engine/outbox/queue/push-log.ts'],
    ['test/engine/all.test.ts', '../../main/sandbox/index.ts', 'main/sandbox/index.ts'],
  ])('%s may import %s', (importer, specifier, target?: string) => {
    expect(broken(importer, `import { x } from '${specifier}'`, target === undefined ? [] : [target])).toEqual([])
  })
})

suite('files', () => {
  test('a relative import that names no file is refused', () => {
    expect(broken('shared/a.ts', `import { b } from './b'`, ['shared/b.ts'])).toEqual(['imports-name-a-file'])
  })

  test('a circle is reported once, with its way', () => {
    const sources = new Map([
      ['shared/a.ts', `import './b.ts'`],
      ['shared/b.ts', `\nimport type { C } from './c.ts'`],
      ['shared/c.ts', `export * from './a.ts'`],
      ['shared/d.ts', `import './a.ts'\nimport './c.ts'`],
    ])
    expect(checkImports(sources, () => false)).toEqual([
      expect.objectContaining({ rule: 'no-circular-imports', path: 'shared/c.ts', line: 1, message: 'shared/a.ts → shared/b.ts → shared/c.ts → shared/a.ts' }),
    ])
  })

  test('two ways to one file are no circle', () => {
    const sources = new Map([
      ['shared/a.ts', `import './b.ts'\nimport './c.ts'`],
      ['shared/b.ts', `import './c.ts'`],
      ['shared/c.ts', ''],
    ])
    expect(checkImports(sources, () => false)).toEqual([])
  })

  test('a violation says where, what, which rule and why', () => {
    const [violation] = checkImports(new Map([['main/sandbox/index.ts', `\n\nimport 'electron'`]]), () => false)
    expect(violation && describe(violation)).toMatch(/^main\/sandbox\/index\.ts:3 imports 'electron'\n {4}rule sandbox-imports-only-shared: .{20,}/)
  })

  test('this tree is read whole', () => {
    expect(checkTree(process.cwd()).fileCount).toBeGreaterThan(20)
  })
})
