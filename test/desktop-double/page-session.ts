import { browser } from './browser.ts'
import type { Command, CommandAnswer, CommandInput, Protocol } from './devtools.ts'

type Attached = Protocol.Target.attachedToTargetPayload

/** Pages that were asked for and have not come yet, in order. */
const expected: ((attached: Attached) => void)[] = []
const gone = new Map<string, () => void>()

/** Our own pages are claimed in order as they come. Any other page is a pop-up that Chromium opened by itself, and is closed. */
export async function watchPages(): Promise<void> {
  const devtools = browser()
  devtools.on('', 'Target.attachedToTarget', (attached) => void claim(attached))
  devtools.on('', 'Target.targetDestroyed', ({ targetId }) => gone.get(targetId)?.())
  await devtools.send('Target.setDiscoverTargets', { discover: true })
  await devtools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
}

async function claim({ targetInfo, sessionId, waitingForDebugger }: Attached): Promise<void> {
  if (targetInfo.type === 'page' && targetInfo.openerId === undefined) {
    const take = expected.shift()
    if (take !== undefined) return take({ targetInfo, sessionId, waitingForDebugger })
  }
  const devtools = browser()
  // It may have gone in the meantime.
  if (targetInfo.type === 'page' && targetInfo.openerId !== undefined) {
    await devtools.send('Target.closeTarget', { targetId: targetInfo.targetId }).catch(() => {})
  } else await devtools.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => {})
}

/** One page of Chromium as DevTools sees it. */
export class PageSession {
  readonly targetId: string
  readonly #id: string

  private constructor(targetId: string, id: string) {
    this.targetId = targetId
    this.#id = id
  }

  static async open(size: { width: number; height: number }, onGone: () => void): Promise<PageSession> {
    const attached = new Promise<Attached>((resolve) => expected.push(resolve))
    const { targetId } = await browser().send('Target.createTarget', { url: 'about:blank', newWindow: true, ...size })
    const session = new PageSession(targetId, (await attached).sessionId)
    gone.set(targetId, () => {
      gone.delete(targetId)
      browser().forget(session.#id)
      onGone()
    })
    return session
  }

  send<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>> {
    return browser().send(command, input, this.#id)
  }
  on<E extends keyof Protocol.Events>(event: E, listener: (params: Protocol.Events[E]) => void): void {
    browser().on(this.#id, event, listener)
  }
  close(): void {
    // It may have gone in the meantime.
    browser()
      .send('Target.closeTarget', { targetId: this.targetId })
      .catch(() => {})
  }
}
