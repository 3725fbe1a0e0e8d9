import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = join(import.meta.dirname, '../../../main/bridge/standard-streams.ts')

/** A process that says a line, the reader of which goes away; then it says a hundred more. */
async function speak(prepare: string): Promise<{ code: number | null; failures: number }> {
  const script = `
    import { setImmediate } from 'node:timers/promises'
    import { hearStandardStreams, sayLine } from ${JSON.stringify(module)}
    let failures = 0
    process.on('uncaughtException', () => { failures += 1 })
    ${prepare}
    process.on('message', async () => {
      for (let line = 0; line < 50; line += 1) {
        sayLine('still here')
        sayLine('and here', process.stderr)
        await setImmediate()
      }
      process.send({ failures }, () => process.exit(0))
    })
    sayLine('here')`
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('There is no pipe to close')
  await once(stdout, 'data')
  const answered = once(child, 'message')
  const ended = once(child, 'exit')
  await Promise.all(
    [stdout, stderr].map((stream) => {
      const closed = once(stream, 'close')
      stream.destroy()
      return closed
    }),
  )
  child.send('nobody reads')
  const [{ failures }] = (await answered) as [{ failures: number }]
  const [code] = (await ended) as [number | null]
  return { code, failures }
}

test('a reader that goes away is no failure of the program', async () => {
  expect(await speak('hearStandardStreams()')).toEqual({ code: 0, failures: 0 })
})

test('without it each line is one', async () => {
  expect((await speak('')).failures).toBeGreaterThan(1)
})
