import type { MeterState } from './admission.ts'
import type { Meter, Plan } from './catalog.ts'
import { planLimit } from './effective-limit.ts'
import type { Limit } from './limit.ts'
import { raiseLimit, UNLIMITED } from './limit.ts'
import type { Limits, OverLimit, Usage } from './plan-change.ts'
import { startsNewPeriod, usageInNewPeriod, wouldBeOver } from './plan-change.ts'
import type { PushRules, Release, ReleaseQueue } from './release.ts'
import { simulateRelease } from './release.ts'

/** What a preview needs of a plan and of a meter; what is given comes back in the answer. */
export type PreviewPlan = Pick<Plan, 'id' | 'priceCents' | 'limits'>
export type PreviewMeter = MeterState['meter'] & Pick<Meter, 'period'>

export type PlanRelease<P extends PreviewPlan = PreviewPlan> = {
  readonly plan: P
  readonly current: boolean
  readonly release: Release
  /** Use and limits right after the change, by meter id; boosters and seats go on. */
  readonly usage: Usage
  readonly limits: Limits
  readonly over: readonly OverLimit[]
}

export type PlanReleaseInput<P extends PreviewPlan = PreviewPlan> = {
  readonly catalog: { readonly meters: readonly PreviewMeter[]; readonly plans: readonly P[] }
  /** Null: there is none, so that any other begins with a period of its own. */
  readonly currentPlanId: string | null
  /** The counters as last known, by meter id. A meter without a counter has not been used. */
  readonly usage: Usage
  /** The effective limits as last known, by meter id; what they have above the plan's own was bought on top. */
  readonly limits: Limits
  readonly queue: ReleaseQueue
  readonly rules?: PushRules
  readonly opensSession?: boolean
}

/**
 * For every plan of the catalog: what it would release of the held envelopes, what stays, and what would be over. Needs
 * only the platform's plan data and the local queue, so it works offline. The release is simulated for a change that
 * takes effect at once; the counters start again where the change starts a new period.
 */
export function releaseByPlan<P extends PreviewPlan>({
  catalog,
  currentPlanId,
  usage,
  limits,
  queue,
  rules,
  opensSession,
}: PlanReleaseInput<P>): PlanRelease<P>[] {
  const currentPlan = catalog.plans.find(({ id }) => id === currentPlanId)
  return catalog.plans.map((plan) => {
    const current = plan.id === currentPlanId
    const newPeriod = currentPlanId === null || (currentPlan !== undefined && startsNewPeriod(currentPlan, plan))
    const usageThere = newPeriod ? usageInNewPeriod(catalog.meters, usage) : { ...usage }
    const limitsThere: Record<string, Limit> = {}
    const states: MeterState[] = []
    for (const meter of catalog.meters) {
      const known = limits[meter.id]
      const own = currentPlan === undefined ? undefined : planLimit(currentPlan, meter)
      const limit = current && known !== undefined ? known : raiseLimit(planLimit(plan, meter), boughtOnTop(own, known))
      limitsThere[meter.id] = limit
      states.push({ meter, used: usageThere[meter.id] ?? 0, limit })
    }
    const release = simulateRelease({
      queue,
      meters: states,
      ...(rules === undefined ? {} : { rules }),
      ...(opensSession === undefined ? {} : { opensSession }),
    })
    return { plan, current, release, usage: usageThere, limits: limitsThere, over: wouldBeOver(usageThere, limitsThere) }
  })
}

function boughtOnTop(own: Limit | undefined, effective: Limit | undefined): number {
  if (own === undefined || effective === undefined || own === UNLIMITED || effective === UNLIMITED) return 0
  return Math.max(0, effective - own)
}
