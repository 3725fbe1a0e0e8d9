/** Something about the plan that is done in the portal. Plans by the name that their product's metadata has. */
export type PortalAct = { kind: 'plan' | 'schedule'; planId: string } | { kind: 'unschedule' | 'cancel' | 'resume' }

/**
 * Whoever opens portal sessions for members of its own says what each may do. A real Polar session takes no rights; this stand-in asks, whenever
 * something is shown or done, so that rights that were taken away count at once.
 */
export type PortalDoor = {
  /** Why nothing about the plan may be done in that session, in words; null: it may. */
  whyLocked(sessionId: string): Promise<string | null>
  /** Told before it is done. */
  announce(sessionId: string, act: PortalAct): Promise<void>
}
