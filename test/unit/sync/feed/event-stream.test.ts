import { expect, test } from 'vitest'
import { listenToEvents } from '../../../../main/engine/sync/feed/event-stream.ts'

/** What was heard when the platform sends these pieces, one read after the other. */
async function heard(...pieces: string[]): Promise<string[]> {
  const told: string[] = []
  await listenToEvents(
    {
      client: {
        async listen(_workspaceId, { onOpen, onData }) {
          onOpen()
          for (const piece of pieces) onData(Buffer.from(piece))
          return { kind: 'ok', status: 200, value: null }
        },
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    },
    'harbour',
    { onOpen: () => told.push('open'), onPoke: (topic) => told.push(topic), onHeartbeat: (cursor) => told.push(`up to ${cursor}`) },
    new AbortController().signal,
  )
  return told
}

test.each([
  ['a field that nobody knows after the data', 'data: {"topic":"counter"}\ntrace: 7\n\n', 'counter'],
  ['one before the data', 'trace: 7\ndata: {"topic":"counter"}\n\n', 'counter'],
  ['a field without a colon', 'data: {"topic":"counter"}\ntrace\n\n', 'counter'],
  ['a time to wait that is no whole number', 'data: {"topic":"invoice"}\nretry: 2.5\n\n', 'invoice'],
  ['a time to wait that is no number', 'retry: soon\ndata: {"topic":"invoice"}\n\n', 'invoice'],
])('%s does not cost the poke', async (_, text, topic) => {
  expect(await heard(text)).toEqual(['open', topic])
  // Nor does the place where the network cuts it.
  for (let cut = 1; cut < text.length; cut += 1) expect(await heard(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(['open', topic])
})

test('an event that never ends is given up, and the next one is heard', async () => {
  const endless = `data: ${'x'.repeat(40_000)}`
  expect(await heard(endless, 'x'.repeat(40_000), '\n\n', 'data: {"topic":"counter"}\n\n')).toEqual(['open', 'counter'])
})

test('a poke that cannot be read is one about everything', async () => {
  expect(await heard('data: {"topic":7}\n\n')).toEqual(['open', ''])
})

test('a heartbeat says up to where the feed goes; one that does not, and a comment, say nothing', async () => {
  const heartbeat = (data: string): string => `event: heartbeat\ndata: ${data}\n\n`
  expect(await heard(': still here\n\n', heartbeat('{}'), heartbeat('{"cursor":7}'), heartbeat('no JSON'), heartbeat('{"cursor":"c9"}'))).toEqual([
    'open',
    'up to c9',
  ])
})
