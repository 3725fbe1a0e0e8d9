import { changesRoutes } from './api/changes.ts'
import { checkoutPages } from './api/checkout-pages.ts'
import { deviceRoutes } from './api/devices.ts'
import { envelopeRoutes } from './api/envelopes.ts'
import { eventRoutes } from './api/events.ts'
import { healthRoutes } from './api/health.ts'
import { memberRoutes } from './api/members.ts'
import { moneyRoutes } from './api/money.ts'
import { pushRoutes } from './api/push.ts'
import { sessionRoutes } from './api/sessions.ts'
import { settingsRoutes } from './api/settings.ts'
import { subKeyRoutes } from './api/sub-keys.ts'
import { usageRoutes } from './api/usage.ts'
import { webhookRoutes } from './api/webhooks.ts'
import { workspaceRoutes } from './api/workspace.ts'
import { answerError, answerUnknownRoute } from './http/answers.ts'
import { checkHostAndOrigin, limitBody } from './http/door.ts'
import { makeRoutes, type Routes } from './http/environment.ts'
import { signIn } from './http/sign-in.ts'
import { STYLESHEET_PATH } from './pages/page.ts'
import stylesheet from './pages/pages.css?raw'
import type { Platform } from './platform.ts'
import { polarApi } from './polar/embedded/api.ts'
import { checkoutPage } from './polar/embedded/checkout-page.ts'
import { invoicePage } from './polar/embedded/invoice-page.ts'
import type { EmbeddedPolar } from './polar/embedded/polar.ts'
import { portalPage } from './polar/embedded/portal-page.ts'
import type { CustomerRefresh } from './polar/refresh.ts'

export type AppParts = {
  platform: Platform
  refresh: CustomerRefresh
  webhookSecret: string
  /** Null: the real Polar is used. */
  embedded: EmbeddedPolar | null
  port: number
  seed: number
}

/** The path of the one route whose body is larger than that of all others; it limits itself. */
const PUSH_PATH = '/v1/sync/push'

export function makeApp({ platform, refresh, webhookSecret, embedded, port, seed }: AppParts): Routes {
  const app = makeRoutes()
  app.onError((error, context) => answerError(error, context, platform.report))
  app.use(checkHostAndOrigin(port))
  app.use(async (context, next) => {
    context.header('X-Content-Type-Options', 'nosniff')
    await next()
  })

  const limited = limitBody()
  const signedIn = signIn(platform.store, platform.clock)
  for (const guarded of ['/v1/*', '/api/*']) {
    app.use(guarded, signedIn)
    app.use(guarded, async (context, next) => (context.req.path === PUSH_PATH ? await next() : await limited(context, next)))
  }

  app.route('/', healthRoutes())
  app.route('/', workspaceRoutes(platform))
  app.route('/', usageRoutes(platform))
  app.route('/', settingsRoutes(platform))
  app.route('/', moneyRoutes(platform))
  app.route('/', pushRoutes(platform))
  app.route('/', envelopeRoutes(platform))
  app.route('/', changesRoutes(platform))
  app.route('/', eventRoutes(platform))
  app.route('/', sessionRoutes(platform))
  app.route('/', deviceRoutes(platform))
  app.route('/', subKeyRoutes(platform))
  app.route('/', memberRoutes(platform, seed))
  app.route('/', webhookRoutes(platform, refresh, webhookSecret))
  app.route('/', checkoutPages(platform))
  if (embedded !== null) {
    app.route('/polar/v1', polarApi(embedded))
    app.route('/polar', checkoutPage(embedded))
    app.route('/polar', portalPage(embedded))
    app.route('/polar', invoicePage(embedded))
  }
  app.get(STYLESHEET_PATH, (context) => context.body(stylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=60' }))

  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Tidemark platform',
      version: '1',
      description: 'What a console and a platform say to each other. Generated from the schemas of the contract.',
    },
    servers: [{ url: platform.origin }],
  })
  app.notFound(answerUnknownRoute(app))
  return app
}
