import { html } from 'hono/html'
import { isoTime } from '../clock.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { sendPage } from '../pages/page.ts'
import type { Platform } from '../platform.ts'

const SHOWN = 200
const channelNames: Readonly<Record<string, string>> = { email: 'E-mail', sms: 'SMS' }
const statusNames = { queued: 'Queued', sent: 'Sent', failed: 'Failed' } as const

/** `/mailbox`: what the platform sent by e-mail and SMS, with the delivery log. The sandbox's alone; nothing of it leaves this computer. */
export function mailboxPage({ store, origin }: Platform): Routes {
  const app = makeRoutes()
  app.get('/mailbox', async (context) => {
    const rows = await store.read
      .selectFrom('deliveries')
      .innerJoin('workspaces', 'workspaces.id', 'deliveries.workspace_id')
      .select(['number', 'channel', 'recipient', 'subject', 'body', 'status', 'attempts', 'detail', 'deliveries.created_at', 'workspaces.name as workspace'])
      .orderBy('number', 'desc')
      .limit(SHOWN)
      .execute()
    return await sendPage(context, origin, {
      title: 'Mailbox',
      maker: 'Tidemark sandbox',
      note: 'Nothing here leaves this computer',
      wide: true,
      body: html`<h1>Mailbox</h1>
${
  rows.length === 0
    ? html`<p>Nothing was sent yet. E-mails and text messages of alerts appear here.</p>`
    : html`<table>
<thead><tr><th scope="col">Sent</th><th scope="col">By</th><th scope="col">To</th><th scope="col">Message</th><th scope="col">Delivery</th></tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>
<td><time datetime="${isoTime(row.created_at)}">${isoTime(row.created_at).replace('T', ' ').slice(0, 19)} UTC</time><br>${row.workspace}</td>
<td>${channelNames[row.channel] ?? row.channel}</td>
<td>${row.recipient ?? '–'}</td>
<td><strong>${row.subject}</strong><br>${row.body}</td>
<td>${statusNames[row.status]}${row.attempts > 1 ? ` after ${row.attempts} attempts` : ''}${row.detail === null ? '' : html`<br>${row.detail}`}</td>
</tr>`,
)}
</tbody>
</table>`
}`,
    })
  })
  return app
}
