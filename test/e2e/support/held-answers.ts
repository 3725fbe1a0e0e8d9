import type { Page } from '@playwright/test'
import { callMessage, hostMessage } from '../../../shared/contract/web-socket.ts'
import type { CallName } from '../../../shared/contract/console.ts'
import { bridgePath } from '../../../shared/contract/web-socket-line.ts'

export type HeldAnswers = { hold(): void; release(): void }

/**
 * Answers of the engine that come when they are let go: meanwhile a page shows what a person sees on a slow computer. Of the sockets that the page
 * opens from then on.
 */
export async function holdAnswersOf(page: Page, name: CallName): Promise<HeldAnswers> {
  let isHeld = false
  let waiting: (() => void)[] = []
  await page.routeWebSocket(
    (url) => url.pathname === bridgePath,
    (socket) => {
      const server = socket.connectToServer()
      const asked = new Set<number>()
      socket.onMessage((message) => {
        const call = callMessage.safeParse(JSON.parse(String(message)))
        if (call.data?.name === name) asked.add(call.data.id)
        server.send(message)
      })
      server.onMessage((message) => {
        const answer = hostMessage.parse(JSON.parse(String(message)))
        const isWanted = answer.type === 'answer' && asked.delete(answer.id)
        if (isWanted && isHeld) waiting.push(() => socket.send(message))
        else socket.send(message)
      })
    },
  )
  return {
    hold() {
      isHeld = true
    },
    release() {
      isHeld = false
      for (const send of waiting) send()
      waiting = []
    },
  }
}
