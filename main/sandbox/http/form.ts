import type { Context } from 'hono'
import { Refusal } from './failure.ts'

/** The text fields of a form that a page of ours sent. */
export async function formOf(context: Context): Promise<Record<string, string>> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(context.req.header('content-type') ?? '')) {
    throw new Refusal('unsupported_media_type', 'This takes a form.', 'Use the page that was sent.')
  }
  return Object.fromEntries(new URLSearchParams(await context.req.text()))
}
