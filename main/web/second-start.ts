import { setTimeout as wait } from 'node:timers/promises'
import type { Holder } from '../bridge/data-folder-lock.ts'
import { controlPath } from './server.ts'

export type FirstStart = { holder: Holder; launchLink: string | null }

const askEveryMs = 250
const askForMs = 15_000

/**
 * Asks the program that already works on the data folder for a fresh link. It may be starting itself, so it is asked for a while.
 *
 * @param by who holds the folder, as far as it has said
 * @returns null when it never said who it is; `launchLink` is null for the desktop, which has no page to link to
 */
export async function askFirstStart(by: () => Holder | null): Promise<FirstStart | null> {
  let holder: Holder | null = null
  for (let waitedMs = 0; waitedMs < askForMs; waitedMs += askEveryMs) {
    holder = by()
    if (holder?.host === 'desktop') return { holder, launchLink: null }
    const launchLink = holder === null || holder.port === null ? null : await askForLink(holder.port, holder.controlSecret)
    if (holder !== null && launchLink !== null) return { holder, launchLink }
    await wait(askEveryMs)
  }
  return holder === null ? null : { holder, launchLink: null }
}

async function askForLink(port: number, controlSecret: string): Promise<string | null> {
  const origin = `http://127.0.0.1:${port}`
  try {
    const answer = await fetch(`${origin}${controlPath}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${controlSecret}` },
      redirect: 'error',
      signal: AbortSignal.timeout(2_000),
    })
    const link = (await answer.text()).trim()
    return answer.ok && link.startsWith(`${origin}/#`) ? link : null
  } catch {
    return null
  }
}
