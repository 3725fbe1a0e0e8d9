import type { RawData, WebSocket } from 'ws'
import { callMessage, hello, type HostMessage } from '../../shared/contract/web-socket.ts'
import { closeCodes } from '../../shared/contract/web-socket-line.ts'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import type { Router } from '../bridge/router.ts'
import type { Door } from './door.ts'

export type TabInput = {
  socket: WebSocket
  door: Door
  router: Router
  /** Returns the function that ends the subscription. */
  subscribe: (listener: (event: ConsoleEvent) => void) => () => void
  trustedLoopbackOrigins: string[]
}

const helloWithinMs = 10_000
/** A guess costs this long, whether it comes over one socket or over many; 256 bits need no more, but it keeps a log readable. */
const refusalDelayMs = 500
/** What a page has not read yet. Above the first bound events are dropped, above the second the connection ends: memory stays bounded. */
const eventsPauseAtBytes = 1024 * 1024
const mostUnreadBytes = 64 * 1024 * 1024
const mostOpenCalls = 256

/** The conversation with one browser tab, from hello to close. */
export function serveTab({ socket, door, router, subscribe, trustedLoopbackOrigins }: TabInput): void {
  let openCalls = 0
  let eventsDropped = false
  let unsubscribe = (): void => {}

  const send = (message: HostMessage): void => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > mostUnreadBytes) return socket.close(closeCodes.tooSlow, 'too slow')
    socket.send(JSON.stringify(message), () => {
      // The page missed events and cannot know which: closed, it connects again and reads everything anew.
      if (eventsDropped && socket.bufferedAmount <= eventsPauseAtBytes) socket.close(closeCodes.tooSlow, 'events were missed')
    })
  }
  const sendEvent = (event: ConsoleEvent): void => {
    if (socket.bufferedAmount > eventsPauseAtBytes) {
      eventsDropped = true
      return
    }
    const checked = router.checkEvent(event)
    if (checked !== null) send({ type: 'event', event: checked })
  }
  const answerCall = async (text: string): Promise<void> => {
    const message = callMessage.safeParse(parseJson(text))
    if (!message.success) return socket.close(closeCodes.malformed, 'not a call')
    if (openCalls >= mostOpenCalls) return socket.close(closeCodes.tooSlow, 'too many calls at once')
    openCalls += 1
    const result = await router.handle(message.data.name, message.data.input)
    openCalls -= 1
    send({ type: 'answer', id: message.data.id, result })
  }

  const tooLate = setTimeout(() => socket.close(closeCodes.noHello, 'no hello'), helloWithinMs)
  const onFirstMessage = (data: RawData, isBinary: boolean): void => {
    clearTimeout(tooLate)
    const said = isBinary ? null : hello.safeParse(parseJson(textOf(data)))
    if (said === null || !said.success) return socket.close(closeCodes.malformed, 'not a hello')
    const tabSecret = door.enter(said.data)
    if (tabSecret === null) {
      setTimeout(() => socket.close(closeCodes.refused, 'not let in'), refusalDelayMs)
      return
    }
    socket.on('message', (next: RawData, binary: boolean) => {
      if (binary) socket.close(closeCodes.malformed, 'not text')
      else void answerCall(textOf(next))
    })
    unsubscribe = subscribe(sendEvent)
    send({ type: 'welcome', tabSecret, trustedLoopbackOrigins })
  }
  socket.once('message', onFirstMessage)
  // A broken frame or one that is too big: `ws` closes the socket with the right code; without a listener the error would end the process.
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(tooLate)
    unsubscribe()
  })
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
