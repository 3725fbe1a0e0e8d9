import type { z } from 'zod'
import { describeIssues } from '../issue-words.ts'

/** What is wrong with an event: of the three forms that it may have, the complaint about the one that it comes closest to. */
export function describeEventProblem(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue?.code !== 'invalid_union') return describeIssues(error)
  const closest = issue.errors.toSorted((one, other) => one.length - other.length)[0]?.[0]
  if (closest === undefined) return 'the event is not valid'
  return closest.path.length === 0 ? closest.message : `${closest.path.join('.')}: ${closest.message}`
}
