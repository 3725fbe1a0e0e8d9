/** A plan and what follows it, as far as the activity list tells of them. */
export type PlanStanding = {
  /** Null: the subscription has ended. */
  readonly name: string | null
  readonly pending: { readonly name: string; readonly at: number } | null
  readonly cancelAt: number | null
}

/** What became of a plan between two looks at it, in words; null: nothing that a person would want to read. */
export function planMove(before: PlanStanding, after: PlanStanding): string | null {
  const { name, pending, cancelAt } = after
  if (name === null) return before.name === null ? null : 'The subscription has ended. Nothing new is taken until a plan is chosen.'
  // What was to follow has come: it is the plan now.
  if (name !== before.name) return `The plan is now ${name}.`
  if (cancelAt !== null) return before.cancelAt === null ? `${name} ends on ${dayText(cancelAt)}.` : null
  if (pending !== null) return pending.name === before.pending?.name ? null : `${name} changes to ${pending.name} on ${dayText(pending.at)}.`
  if (before.cancelAt !== null) return `${name} goes on: it was resumed.`
  return before.pending === null ? null : `${name} stays: the change to ${before.pending.name} was taken back.`
}

/** A day as the platform counts it. */
function dayText(epochMs: number): string {
  return new Date(epochMs).toLocaleDateString('en-US', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
}
