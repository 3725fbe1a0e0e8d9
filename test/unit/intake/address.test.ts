import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADDRESS_FILE_NAME, createAddressMemory, movedWords, openAtAddress } from '../../../main/engine/intake/address.ts'

describe('opening at the address', () => {
  const taken = Object.assign(new Error('in use'), { code: 'EADDRINUSE' })
  let tried: { port: number; previousPort: number | null }[] = []
  let waitedMs = 0

  beforeEach(() => {
    tried = []
    waitedMs = 0
  })

  function open(wantedPort: number, rememberedPort: number | null, isTaken: (port: number) => boolean) {
    return openAtAddress({
      wantedPort,
      rememberedPort,
      random: () => 0.5,
      async open(port, previousPort) {
        tried.push({ port, previousPort })
        if (isTaken(port)) throw taken
        return port
      },
      async wait(ms) {
        waitedMs += ms
      },
    })
  }

  it('takes the remembered port, and what the command line asks for before it', async () => {
    expect(await open(0, 4_800, () => false)).toEqual({ server: 4_800, takenPort: null })
    expect(await open(5_000, 4_800, () => false)).toEqual({ server: 5_000, takenPort: null })
    expect(tried).toEqual([
      { port: 4_800, previousPort: null },
      { port: 5_000, previousPort: null },
    ])
  })

  it('takes one at first that no system gives to outgoing connections', async () => {
    const { server } = await open(0, null, () => false)
    expect(server).toBeGreaterThanOrEqual(20_000)
    expect(server).toBeLessThan(32_768)
  })

  it('waits a moment for one that is let go, and moves only when somebody else keeps it, naming where it was', async () => {
    let refusals = 2
    expect(await open(0, 4_800, () => refusals-- > 0)).toEqual({ server: 4_800, takenPort: null })
    expect(waitedMs).toBeGreaterThan(0)
    tried = []
    const moved = await open(0, 4_800, (port) => port === 4_800)
    expect(moved.takenPort).toBe(4_800)
    expect(moved.server).not.toBe(4_800)
    expect(tried.at(-1)).toEqual({ port: moved.server, previousPort: 4_800 })
  })

  it('goes back to the remembered port when the one of the command line is taken', async () => {
    expect(await open(5_000, 4_800, (port) => port === 5_000)).toEqual({ server: 4_800, takenPort: 5_000 })
  })

  it('lets any other error out', async () => {
    await expect(
      openAtAddress({
        wantedPort: 0,
        rememberedPort: 4_800,
        random: Math.random,
        open: () => Promise.reject(new Error('something else')),
        wait: async () => undefined,
      }),
    ).rejects.toThrow('something else')
  })

  it('has words with both addresses and what to do', () => {
    expect(movedWords(4_800, 5_000)).toMatch(/4800.*http:\/\/127\.0\.0\.1:5000.*--intake-port 4800/)
  })
})

describe('the memory of the port', () => {
  let dataDir: string
  let settings: Map<string, string>
  const local = {
    get: (key: string) => settings.get(key) ?? null,
    set: (key: string, value: string | null) => void (value === null ? settings.delete(key) : settings.set(key, value)),
  }
  const memory = () => createAddressMemory(dataDir, local, () => undefined)

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tidemark-address-'))
    settings = new Map()
  })
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

  it('is empty at first', () => expect(memory().read()).toBeNull())

  it('outlasts the loss of either of its two places', () => {
    memory().write(24_680)
    settings.clear()
    expect(memory().read()).toBe(24_680)
    memory().write(24_680)
    rmSync(join(dataDir, ADDRESS_FILE_NAME))
    expect(memory().read()).toBe(24_680)
  })

  it.each(['', '{"port":', '{"port":0}', '{"port":"4800"}', '{"port":70000}', '\0'.repeat(20)])(
    'is read from the other place when the file holds %j',
    (text) => {
      memory().write(24_680)
      writeFileSync(join(dataDir, ADDRESS_FILE_NAME), text)
      expect(memory().read()).toBe(24_680)
      memory().write(24_680)
      settings.clear()
      expect(memory().read()).toBe(24_680)
    },
  )

  it('does not stop the start when neither can be written', () => {
    const lines: string[] = []
    const broken = createAddressMemory(
      join(dataDir, 'gone'),
      {
        get: () => null,
        set() {
          throw new Error('database or disk is full')
        },
      },
      (line) => lines.push(line),
    )
    broken.write(24_680)
    expect(lines).toHaveLength(2)
  })
})
