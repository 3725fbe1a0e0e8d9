import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Markup whose values were escaped when it was made. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export const STYLESHEET_PATH = '/assets/pages.css'

export type Page = {
  title: string
  maker: string
  /** What kind of money this is about, at the top of every page. */
  note?: string
  wide?: boolean
  body: Markup
  footer?: Markup
}

export const NO_REAL_MONEY = 'Sandbox: no real money'

/**
 * Sends a page that works without script: nothing may run, load or frame, and forms go to this server only (both of its
 * names, because the way back after a payment is written with the number).
 */
export function sendPage(
  context: Context,
  origin: string,
  { title, maker, note = NO_REAL_MONEY, wide, body, footer }: Page,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  context.header('Content-Security-Policy', `default-src 'none'; style-src 'self'; form-action 'self' ${origin}; base-uri 'none'; frame-ancestors 'none'`)
  context.header('X-Content-Type-Options', 'nosniff')
  // Not `no-referrer`: a browser would then write `Origin: null` on the page's own forms.
  context.header('Referrer-Policy', 'same-origin')
  context.header('Cross-Origin-Opener-Policy', 'same-origin')
  context.header('Cache-Control', 'no-store')
  return context.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<div class="page${wide === true ? ' wide' : ''}">
<div class="maker"><strong>${maker}</strong><span>${note}</span></div>
<main>
${body}
</main>
${footer === undefined ? '' : html`<footer>${footer}</footer>`}
</div>
</body>
</html>`,
    status,
  )
}

/** A date for people, in UTC, as periods are counted. */
export function dateText(epochMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(epochMs)
}
