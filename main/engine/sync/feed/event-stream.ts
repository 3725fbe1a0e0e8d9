import { createParser } from 'eventsource-parser'
import { heartbeatEvent, pokeEvent } from '../../../../shared/contract/platform.ts'
import type { Clock } from '../../base/clock.ts'
import type { Answer } from '../client/answer.ts'
import type { HttpPlatformClient } from '../client/http-platform-client.ts'

/** The platform's heartbeat comes every 15 s; three missed ones mean that the line is dead, whatever TCP believes. */
const SILENCE_MAX_MS = 45_000
const MAX_EVENT_CHARACTERS = 65_536

export type EventStreamHandlers = {
  onOpen(): void
  /** Something of this topic changed. */
  onPoke(topic: string): void
  /** The line is alive, and the feed ends at this cursor. A comment, or a heartbeat without a cursor, says only that the line is alive. */
  onHeartbeat(cursor: string): void
}

/** Listens until the stream ends, falls silent or `signal` ends it. `ok` means that it was open. */
export async function listenToEvents(
  { client, clock }: { client: Pick<HttpPlatformClient, 'listen'>; clock: Clock },
  workspaceId: string,
  handlers: EventStreamHandlers,
  signal: AbortSignal,
): Promise<Answer<null>> {
  const silence = new AbortController()
  let cancelWatchdog = (): void => undefined
  const feedWatchdog = (): void => {
    cancelWatchdog()
    cancelWatchdog = clock.after(SILENCE_MAX_MS, () => silence.abort())
  }
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent(event) {
      if (event.event === 'heartbeat') {
        const cursor = cursorOf(event.data)
        if (cursor !== null) handlers.onHeartbeat(cursor)
      }
      // A poke that cannot be read is still a reason to look: it costs one small question.
      else handlers.onPoke(topicOf(event.data))
    },
    // An event that is too long ends the parser until it is reset; the next poke brings everything that was in it. What it reports besides, a field
    // that nobody knows or an odd time to wait, is passed over (HTML, "Interpreting an event stream"): a reset would throw away the poke around it.
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') parser.reset()
    },
  })
  const decoder = new TextDecoder()
  const answer = await client.listen(
    workspaceId,
    {
      onOpen() {
        feedWatchdog()
        handlers.onOpen()
      },
      onData(chunk) {
        feedWatchdog()
        parser.feed(decoder.decode(chunk, { stream: true }))
      },
    },
    AbortSignal.any([signal, silence.signal]),
  )
  cancelWatchdog()
  return answer
}

function topicOf(data: string): string {
  const parsed = pokeEvent.safeParse(jsonOf(data))
  return parsed.success ? parsed.data.topic : ''
}

function cursorOf(data: string): string | null {
  const parsed = heartbeatEvent.safeParse(jsonOf(data))
  return parsed.success ? parsed.data.cursor : null
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
