import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { ConsoleFailure } from '../../../main/engine/base/failure.ts'
import { createDropFolder, type DropFolder } from '../../../main/engine/intake/drop-folder.ts'
import type { MemoryWrite } from '../../../main/engine/intake/memories.ts'
import { ALICE } from './fixture.ts'

let dataDir: string
let folder: DropFolder
let written: MemoryWrite[]
let failure: ConsoleFailure | null
let warnings: string[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidemark-drop-'))
  written = []
  failure = null
  warnings = []
  folder = createDropFolder({
    dataDir,
    clock: systemClock,
    warn: (message) => warnings.push(message),
    agentOf: (name) => (name === 'alice' || name === ALICE.subKeyId ? ALICE : null),
    memories: {
      requireReady() {
        if (failure !== null) throw failure
      },
      maxContentBytes: () => 1_000,
      async write(memory) {
        if (failure !== null) throw failure
        written.push(memory)
        return { memoryId: memory.memoryId, revision: 1, envelopeId: 'e', sizeBytes: memory.bytes.byteLength }
      },
    },
  })
})

afterEach(async () => {
  await folder.stop()
  await rm(dataDir, { recursive: true })
})

async function put(path: string, text: string, ageMs = 60_000): Promise<string> {
  const full = join(dataDir, 'drop', path)
  await mkdir(dirname(full), { recursive: true })
  await writeFile(full, text)
  const at = (Date.now() - ageMs) / 1000
  await utimes(full, at, at)
  return full
}

const texts = (): string[] => written.map((memory) => `${memory.memoryId}=${Buffer.from(memory.bytes).toString()}`).sort()

describe('the drop folder', () => {
  it.each([
    ['247 bytes', 'a'.repeat(247)],
    ['248 bytes', 'a'.repeat(248)],
    ['255 bytes', 'a'.repeat(255)],
    ['255 bytes of two each', `${'é'.repeat(127)}a`],
    ['255 bytes of three and four each', `${'語'.repeat(81)}🌊🌊🌊`],
  ])('takes a name of %s, and one like it from a crash', async (_length, name) => {
    await put(`alice/deep/${name}`, 'new')
    // As the end of a program leaves it between the two steps.
    await put(`alice/deep/.taking/${name}`, 'taken before')
    await folder.scan()
    expect(written.map(({ memoryId, bytes }) => `${memoryId}=${Buffer.from(bytes).toString()}`)).toEqual([`deep/${name}=taken before`, `deep/${name}=new`])
    expect(existsSync(join(dataDir, 'drop', 'alice'))).toBe(true)
    expect(await readdir(join(dataDir, 'drop', 'alice'))).toEqual([])
  })

  it('starts without its folder where a file stands in its place, says so once, and goes on when that is moved away', async () => {
    const place = join(dataDir, 'drop')
    await writeFile(place, 'somebody’s')
    await folder.start()
    await folder.scan()
    expect(warnings).toEqual([expect.stringMatching(/drop folder .* could not be read .*Nothing dropped is taken until/)])
    await rename(place, join(dataDir, 'moved'))
    await put('alice/note', 'one')
    await folder.scan()
    expect(texts()).toEqual(['note=one'])
  })

  it('stores files under their path, by the name or the id of the sub-key, and removes them', async () => {
    await put('alice/notes.txt', 'one')
    await put('alice/deep/er/é.txt', 'two')
    await put(`${ALICE.subKeyId}/three`, 'three')
    await folder.scan()
    expect(texts()).toEqual(['deep/er/é.txt=two', 'notes.txt=one', 'three=three'])
    expect(written.every((memory) => memory.subKeyId === ALICE.subKeyId && memory.workspaceId === ALICE.workspaceId)).toBe(true)
    expect(await readdir(join(dataDir, 'drop', 'alice'))).toEqual([])
    await folder.scan()
    expect(written).toHaveLength(3)
  })

  it('leaves alone what is hidden, unfinished, too young or no file', async () => {
    const kept = [
      await put('alice/.hidden', 'x'),
      await put('alice/a.tmp', 'x'),
      await put('alice/b.part', 'x'),
      await put('alice/young', 'x', 0),
      await put('loose', 'x'),
    ]
    const outside = await put('../secret', 'x')
    await symlink(outside, join(dataDir, 'drop', 'alice', 'link'))
    await folder.scan()
    expect(written).toEqual([])
    for (const path of kept) expect(existsSync(path), path).toBe(true)
  })

  it('moves what it refuses aside, with the reason', async () => {
    await put('alice/big', 'x'.repeat(1_001))
    await put('alice/new\nline', 'x')
    await put('nobody/file', 'kept')
    await put('alice/fine', 'x')
    await folder.scan()
    expect(texts()).toEqual(['fine=x'])
    const reasons: Record<string, string> = {}
    for (const agent of ['alice', 'nobody']) {
      const refused = join(dataDir, 'drop', 'refused', agent)
      for (const name of await readdir(refused)) {
        if (!name.endsWith('.reason.txt')) continue
        const [file] = await readdir(join(refused, name.slice(0, -'.reason.txt'.length)))
        reasons[file ?? ''] = await readFile(join(refused, name), 'utf8')
      }
    }
    expect(reasons).toEqual({
      big: 'Larger than the 1000 bytes that a memory may have here.\n',
      'new\nline': 'The memory id holds a control character.\n',
      file: 'No sub-key of this computer has this id or name, or it was revoked.\n',
    })
    expect(existsSync(join(dataDir, 'drop', 'nobody', 'file'))).toBe(false)
  })

  it('keeps everything while nothing can be stored', async () => {
    const path = await put('alice/a', 'x')
    failure = new ConsoleFailure('vault_locked', 'Locked.', 'Unlock.')
    await folder.scan()
    expect(existsSync(path)).toBe(true)
    failure = null
    await folder.scan()
    expect(texts()).toEqual(['a=x'])
  })

  it('finishes what a crash left half taken, before a newer file of the same name', async () => {
    const old = await put('alice/a', 'old')
    await rename(old, join(dirname(old), '.a.taking'))
    await put('alice/a', 'new')
    await folder.scan()
    expect(written.map((memory) => Buffer.from(memory.bytes).toString())).toEqual(['old', 'new'])
  })

  it('sees a file that is moved in while it runs', async () => {
    await mkdir(join(dataDir, 'drop', 'alice'), { recursive: true })
    await folder.start()
    const beside = await put('../beside', 'moved')
    await rename(beside, join(dataDir, 'drop', 'alice', 'moved-in'))
    await expect.poll(texts, { timeout: 5_000 }).toEqual(['moved-in=moved'])
  })
})
