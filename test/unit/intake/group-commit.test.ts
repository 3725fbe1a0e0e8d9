import { describe, expect, it } from 'vitest'
import { createGroupCommit } from '../../../main/engine/intake/group-commit.ts'
import type { EnqueueOutcome, EnvelopeDraft } from '../../../main/engine/outbox/queue/enqueuer.ts'

const MIB = 1024 * 1024

function draft(memoryRef: string): EnvelopeDraft {
  return { workspaceId: 'workspace', subKeyId: null, memoryRef, createdAt: 1, seal: () => new Uint8Array([1]) }
}
const drafts = (name: string, count: number): EnvelopeDraft[] => Array.from({ length: count }, (_, index) => draft(`${name}${index}`))

function fixture(enqueue?: (drafts: readonly EnvelopeDraft[]) => EnqueueOutcome[]) {
  const commits: string[][] = []
  const turns: (() => void)[] = []
  const commit = createGroupCommit({
    enqueue(given) {
      commits.push(given.map(({ memoryRef }) => memoryRef))
      return enqueue?.(given) ?? given.map(({ memoryRef }, index) => ({ ok: true, value: { id: memoryRef, revision: 1, sequence: index + 1, sizeBytes: 1 } }))
    },
    nextTurn: (work) => turns.push(work),
  })
  return { commit, commits, turns, turn: () => turns.shift()?.() }
}
const idsOf = (outcomes: readonly EnqueueOutcome[]): string[] => outcomes.map((outcome) => (outcome.ok ? outcome.value.id : 'failed'))

describe('the group commit', () => {
  it('puts the writes of one turn into one transaction, and answers each its own outcomes', async () => {
    const { commit, commits, turns, turn } = fixture()
    const answers = [commit([draft('a')], 1), commit(drafts('b', 3), 3), commit([draft('c')], 1)]
    expect(commits).toEqual([])
    expect(turns).toHaveLength(1)
    turn()
    expect(commits).toEqual([['a', 'b0', 'b1', 'b2', 'c']])
    expect((await Promise.all(answers)).map(idsOf)).toEqual([['a'], ['b0', 'b1', 'b2'], ['c']])
    expect(turns).toHaveLength(0)
  })

  it('never parts what was written together, however much it is', async () => {
    const { commit, commits, turn } = fixture()
    const answers = [commit(drafts('a', 300), 300), commit(drafts('b', 300), 300), commit([draft('c')], 20 * MIB), commit([draft('d')], 1)]
    for (let left = 4; left > 0; left -= 1) turn()
    expect(commits.map((refs) => [refs[0], refs.length])).toEqual([
      ['a0', 300],
      ['b0', 300],
      ['c', 1],
      ['d', 1],
    ])
    expect((await Promise.all(answers)).map((outcomes) => outcomes.length)).toEqual([300, 300, 1, 1])
  })

  it('tells a draft’s own error to its writer alone', async () => {
    const { commit, turn } = fixture((given) =>
      given.map(({ memoryRef }, index) =>
        memoryRef === 'b' ? { ok: false, error: 'locked' } : { ok: true, value: { id: memoryRef, revision: 1, sequence: index + 1, sizeBytes: 1 } },
      ),
    )
    const answers = [commit([draft('a')], 1), commit([draft('b')], 1)]
    turn()
    expect((await Promise.all(answers)).map(idsOf)).toEqual([['a'], ['failed']])
  })

  it('when the disk is full, tells all who wait, also those whose turn had not come, and goes on when there is room', async () => {
    let isFull = true
    const { commit, commits, turns, turn } = fixture((given) => {
      if (isFull) throw new Error('full')
      return given.map(({ memoryRef }, index) => ({ ok: true, value: { id: memoryRef, revision: 1, sequence: index + 1, sizeBytes: 1 } }))
    })
    const answers = Promise.allSettled([commit(drafts('a', 500), 1), commit(drafts('b', 500), 1)])
    turn()
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(commits).toHaveLength(1)
    expect(turns).toHaveLength(0)
    isFull = false
    const later = commit([draft('c')], 1)
    turn()
    expect(idsOf(await later)).toEqual(['c'])
  })
})
