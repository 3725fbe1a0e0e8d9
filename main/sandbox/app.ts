import { platformErrors } from '../../shared/contract/errors.ts'
import { alertRoutes } from './api/alerts.ts'
import { auditLogRoutes } from './api/audit-logs.ts'
import { boosterRoutes } from './api/boosters.ts'
import { changesRoutes } from './api/changes.ts'
import { costRoutes } from './api/costs.ts'
import { invoiceRoutes } from './api/invoices.ts'
import { checkoutPages } from './api/checkout-pages.ts'
import { circleRoutes } from './api/circles.ts'
import { deviceRoutes } from './api/devices.ts'
import { elementRoutes } from './api/elements.ts'
import { entitlementRoutes } from './api/entitlements.ts'
import { envelopeRoutes } from './api/envelopes.ts'
import { eventRoutes } from './api/events.ts'
import { healthRoutes } from './api/health.ts'
import { instanceRoutes } from './api/instances.ts'
import { mailboxPage } from './api/mailbox.ts'
import { memberRoutes } from './api/members.ts'
import { moneyRoutes } from './api/money.ts'
import { operationRoutes } from './api/operations.ts'
import { planRequestRoutes } from './api/plan-requests.ts'
import { pushRoutes } from './api/push.ts'
import { runRoutes } from './api/runs.ts'
import { sessionRoutes } from './api/sessions.ts'
import { settingsRoutes } from './api/settings.ts'
import { subKeyRoutes } from './api/sub-keys.ts'
import { summaryRoutes } from './api/summaries.ts'
import { USAGE_EVENTS_PATH, usageEventRoutes } from './api/usage-events.ts'
import { usageHistoryRoutes } from './api/usage-history.ts'
import { tenantRoutes } from './api/tenants.ts'
import { usageRoutes } from './api/usage.ts'
import { webhookRoutes } from './api/webhooks.ts'
import { workspaceRoutes } from './api/workspace.ts'
import type { AlertWatch } from './alerts/watch.ts'
import { auditQuotaRefusals } from './audit/quota-refusals.ts'
import type { DemoWorkspace } from './demo/demo-workspaces.ts'
import { answerError, answerUnknownRoute } from './http/answers.ts'
import { checkHostAndOrigin, limitBody } from './http/door.ts'
import { makeRoutes, type Routes } from './http/environment.ts'
import { nameOperations } from './http/openapi.ts'
import { signIn } from './http/sign-in.ts'
import { STYLESHEET_PATH } from './pages/page.ts'
import stylesheet from './pages/pages.css?raw'
import type { Platform } from './platform.ts'
import { polarApi } from './polar/embedded/api.ts'
import { checkoutPage } from './polar/embedded/pages/checkout-page.ts'
import { invoicePage } from './polar/embedded/pages/invoice-page.ts'
import type { EmbeddedPolar } from './polar/embedded/polar.ts'
import { portalPage } from './polar/embedded/pages/portal-page.ts'
import type { CustomerRefresh } from './polar/refresh.ts'

export type AppParts = {
  platform: Platform
  refresh: CustomerRefresh
  alerts: AlertWatch
  webhookSecret: string
  /** Null: the real Polar is used. */
  embedded: EmbeddedPolar | null
  port: number
  seed: number
  demo: readonly DemoWorkspace[]
  /** Who asks where a request carries no credentials; null: nobody. */
  defaultToken: string | null
}

/** The routes whose bodies are larger than those of all others; they limit themselves. */
const LARGE_BODY_PATHS = new Set(['/v1/sync/push', USAGE_EVENTS_PATH])

export function makeApp({ platform, refresh, alerts, webhookSecret, embedded, port, seed, demo, defaultToken }: AppParts): Routes {
  const app = makeRoutes()
  app.onError((error, context) => answerError(error, context, platform.report))
  app.use(checkHostAndOrigin(port))
  app.use(async (context, next) => {
    context.header('X-Content-Type-Options', 'nosniff')
    await next()
  })

  const limited = limitBody()
  const signedIn = signIn(platform.store, platform.clock, defaultToken)
  for (const guarded of ['/v1/*', '/api/*']) {
    app.use(guarded, signedIn)
    app.use(guarded, auditQuotaRefusals(platform.store))
    app.use(guarded, platform.requests.middleware)
    app.use(guarded, async (context, next) => (LARGE_BODY_PATHS.has(context.req.path) ? await next() : await limited(context, next)))
  }

  app.route('/', healthRoutes())
  app.route('/', workspaceRoutes(platform))
  app.route('/', usageRoutes(platform))
  app.route('/', usageEventRoutes(platform))
  app.route('/', usageHistoryRoutes(platform))
  app.route('/', settingsRoutes(platform))
  app.route('/', auditLogRoutes(platform))
  app.route('/', moneyRoutes(platform))
  app.route('/', boosterRoutes(platform))
  app.route('/', planRequestRoutes(platform))
  app.route('/', tenantRoutes(platform))
  app.route('/', entitlementRoutes(platform))
  app.route('/', operationRoutes(platform))
  app.route('/', costRoutes(platform))
  app.route('/', invoiceRoutes(platform))
  app.route('/', circleRoutes(platform))
  app.route('/', elementRoutes(platform))
  app.route('/', instanceRoutes(platform))
  app.route('/', runRoutes(platform))
  app.route('/', pushRoutes(platform))
  app.route('/', envelopeRoutes(platform))
  app.route('/', changesRoutes(platform))
  app.route('/', eventRoutes(platform))
  app.route('/', sessionRoutes(platform))
  app.route('/', deviceRoutes(platform))
  app.route('/', summaryRoutes(platform))
  app.route('/', subKeyRoutes(platform))
  app.route('/', memberRoutes(platform, seed, demo))
  app.route('/', webhookRoutes(platform, refresh, webhookSecret))
  app.route('/', alertRoutes(platform, alerts))
  app.route('/', mailboxPage(platform))
  app.route('/', checkoutPages(platform))
  if (embedded !== null) {
    app.route('/polar/v1', polarApi(embedded))
    app.route('/polar', checkoutPage(embedded))
    app.route('/polar', portalPage(embedded))
    app.route('/polar', invoicePage(embedded))
  }
  app.get(STYLESHEET_PATH, (context) => context.body(stylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=60' }))

  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  // Not `doc31`: that answers an empty object where a schema cannot be described, and nobody hears of it.
  app.get('/openapi.json', (context) =>
    context.json(
      nameOperations(
        app.getOpenAPI31Document({
          openapi: '3.1.0',
          info: {
            title: 'Tidemark platform',
            version: '1',
            description:
              'What a console and a platform say to each other. Generated from the schemas of the contract. A member whose role sees every tenant may add ?tenant=ID to the routes of billing.',
            license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
          },
          servers: [{ url: platform.origin }],
          // Every code that an answer or an item of one can bear.
          'x-error-codes': platformErrors,
        }),
      ),
    ),
  )
  app.notFound(answerUnknownRoute(app))
  return app
}
