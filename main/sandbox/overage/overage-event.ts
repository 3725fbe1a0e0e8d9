/** The name under which the payment provider counts what lies beyond the plan. */
export const OVERAGE_EVENT = 'overage'
