import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as statement from '../../../../shared/billing/statement.ts'
import { difference } from './compare.ts'
import { randomHistory } from './random-history.ts'

/** `TIDEMARK_STATEMENT_RUNS=10000` for a long look. */
const runs = Number(process.env.TIDEMARK_STATEMENT_RUNS ?? 300)

test(`the statement of ${runs} random histories is what a plain computation says, to the minor unit`, { timeout: 600_000 }, () => {
  void fc.assert(
    fc.property(randomHistory, (history) => {
      expect(difference(statement, history)).toBeNull()
    }),
    { numRuns: runs },
  )
})
