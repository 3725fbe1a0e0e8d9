import { defineConfig } from '@playwright/test'
import { findBrowser } from './build/find-browser.ts'

/** A full Chromium loads the pages of its address bar with every window: half of what a window's start costs, and no test sees them. */
const addressBar = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup']
/** What Playwright switches off by itself: a second list takes the place of its own. */
const alsoOff = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]

/** A person in a real browser. One worker: each spec starts a platform, an engine and a host of its own, on two cores. */
export default defineConfig({
  projects: [
    // `npm run screens` names its own folder.
    { name: 'browser', testDir: process.env.TIDEMARK_SPECS ?? 'test/e2e', testMatch: '**/*.spec.ts', testIgnore: 'desktop/**' },
    // The desktop host, on real Electron or on its stand-in, and what the stand-in promises.
    ...(process.env.TIDEMARK_SPECS === undefined
      ? [{ name: 'desktop', testDir: 'test', testMatch: ['e2e/desktop/**/*.spec.ts', 'desktop-double/**/*.spec.ts'] }]
      : []),
  ],
  outputDir: '.reports/e2e',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./build/playwright-report.ts']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1360, height: 860 },
    // A trace of every step is a fifth of a run's time: `npm run playwright -- --trace on` where one is wanted.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findBrowser() ?? undefined,
      args: [
        // Chromium's own sandbox does not run as root, which a container is.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--disable-features=${[...addressBar, ...alsoOff].join(',')}`,
        // A browser that calls its maker makes tests depend on a network.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-domain-reliability',
        '--disable-sync',
        '--no-first-run',
        '--no-pings',
      ],
    },
  },
})
