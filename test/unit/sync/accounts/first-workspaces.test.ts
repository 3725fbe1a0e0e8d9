import { describe, expect, it } from 'vitest'
import { ConsoleFailure } from '../../../../main/engine/base/failure.ts'
import { FirstWorkspaces } from '../../../../main/engine/sync/accounts/first-workspaces.ts'
import { SteppedClock } from '../../../engine/sync/stepped-clock.ts'

const url = 'https://billing.example.com/'
const offline = () => new ConsoleFailure('offline', 'billing.example.com does not answer.', 'Try again.')

function firstWorkspaces(tokens = ['a-token']) {
  const clock = new SteppedClock()
  const stage = { failure: offline() as ConsoleFailure | null, known: [] as string[], asked: 0, told: 0, lines: [] as string[] }
  const first = new FirstWorkspaces({
    workspaces: tokens.map((token) => ({ url, token })),
    async add() {
      stage.asked += 1
      if (stage.failure !== null) throw stage.failure
      stage.known = ['https://billing.example.com']
    },
    knownUrls: () => stage.known,
    clock,
    report: (line) => void stage.lines.push(line),
    changed: () => {
      stage.told += 1
    },
  })
  /** Timers start work that goes on in promises. */
  const step = async (ms: number): Promise<void> => {
    clock.step(ms)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { first, stage, step }
}

describe('the platform that was named at the start', () => {
  it('is said to be out of reach, is tried again, later each time, and is no longer awaited once it is here', async () => {
    const { first, stage, step } = firstWorkspaces()
    await first.start()
    expect(first.awaited()).toEqual({ url, message: 'billing.example.com does not answer.', isTriedAgain: true })
    await step(1_999)
    expect(stage.asked).toBe(1)
    await step(1)
    expect(stage.asked).toBe(2)
    await step(3_999)
    expect(stage.asked).toBe(2)
    stage.failure = null
    await step(1)
    expect(stage.asked).toBe(3)
    expect(first.awaited()).toBeNull()
    // Told when it was missed and when it came, not with each try; and one line in the log.
    expect([stage.told, stage.lines]).toEqual([2, ['The platform did not answer: billing.example.com does not answer.']])
    await step(600_000)
    expect(stage.asked).toBe(3)
  })

  it('is not tried again when it has refused', async () => {
    const { first, stage, step } = firstWorkspaces()
    stage.failure = new ConsoleFailure('signed_out', 'The platform does not know this token.', 'Sign in.')
    await first.start()
    expect(first.awaited()).toMatchObject({ isTriedAgain: false })
    await step(600_000)
    expect(stage.asked).toBe(1)
  })

  it('is not awaited when its workspace is known, from an earlier start or added by hand meanwhile', async () => {
    const known = firstWorkspaces()
    known.stage.known = ['https://billing.example.com']
    await known.first.start()
    expect([known.first.awaited(), known.stage.told]).toEqual([null, 0])

    const { first, stage, step } = firstWorkspaces()
    await first.start()
    stage.known = ['https://billing.example.com']
    await step(2_000)
    expect([first.awaited(), stage.asked]).toEqual([null, 1])
  })

  it('asks nothing more after the engine has stopped', async () => {
    const { first, stage, step } = firstWorkspaces()
    await first.start()
    first.stop()
    await step(600_000)
    expect(stage.asked).toBe(1)

    const several = firstWorkspaces(['a-token', 'another-token'])
    await several.first.start()
    several.first.stop()
    await several.step(600_000)
    expect(several.stage.asked).toBe(2)
  })
})
