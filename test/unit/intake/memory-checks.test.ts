import { describe, expect, it } from 'vitest'
import { contentTypeProblem, memoryIdProblem } from '../../../main/engine/intake/memory-checks.ts'

describe('memory ids', () => {
  it.each(['a', 'notes/2026/plan.md', '../../etc/passwd', 'été ☀', 'x'.repeat(512), 'é'.repeat(256), '...', ' '])('takes %j', (id) => {
    expect(memoryIdProblem(id)).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['x'.repeat(513), 'longer'],
    [`é${'é'.repeat(256)}`, 'longer'],
    ['a\nb', 'control'],
    ['a\u0000', 'control'],
    ['a\u007fé', 'control'],
    ['a\u0085', 'control'],
    ['\ud800', 'well-formed'],
    ['.', 'dot'],
    ['..', 'dot'],
  ])('refuses %j', (id, word) => {
    expect(memoryIdProblem(id)).toContain(word)
  })

  it('never repeats the id in its words', () => {
    expect(memoryIdProblem('canary-7f3a\n')).not.toContain('canary')
  })
})

describe('content types', () => {
  it.each([
    'text/plain',
    'application/octet-stream',
    'application/vnd.api+json',
    'text/plain;charset=UTF-8',
    'text/plain; charset="utf-8"; x=y',
    `a/${'b'.repeat(126)}`,
  ])('takes %j', (type) => {
    expect(contentTypeProblem(type)).toBeNull()
  })

  it.each([
    '',
    'text',
    'text/',
    '/plain',
    'text/plain;',
    'text/plain; charset',
    'text/plain\r\nX: y',
    'text /plain',
    'text/pläin',
    `a/${'b'.repeat(127)}`,
    'a/b/c',
  ])('refuses %j', (type) => {
    expect(contentTypeProblem(type)).not.toBeNull()
  })

  it('stays fast on text made to slow a backtracking pattern', () => {
    const started = performance.now()
    for (let round = 0; round < 1000; round += 1) contentTypeProblem(`a/b${';a='.repeat(41)}"`)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
