import { expect, test } from 'vitest'
import { outboxTexts } from '../../../../../renderer/pages/outbox/texts.ts'
import type { RouteTrouble } from '../../../../../shared/contract/console.ts'

const trouble: RouteTrouble = { route: 'envelopes', status: 404, code: 'not_found', message: 'No such account.', since: 1, nextAt: 2, allTried: false }

test('a route in trouble says what happened, what was kept and what to do', () => {
  const at = (epochMs: number): string => `at ${epochMs}`
  expect(outboxTexts.trouble.title(trouble)).toBe('The platform refuses all writes (404)')
  expect(outboxTexts.trouble.text(trouble, at)).toBe(
    'It says: “No such account.” This may be about the account, so nothing was given up: all of it is kept here, and one at a time is tried again. Next try at 2.',
  )
  expect(outboxTexts.trouble.text({ ...trouble, allTried: true }, at)).toContain('none was taken: retry, discard or export them.')
})
