import type { ReleasePreview } from '../../shared/contract/console.ts'
import type { Offers } from '../../shared/contract/console/offers.ts'

/** The Plans page of a workspace, from the previews that its scenario has. */
export function fakeOffers(previews: readonly ReleasePreview[], now: number): Offers {
  const current = previews.findIndex((preview) => preview.current)
  return {
    plans: previews.map((preview, place) => ({
      id: preview.planId,
      name: preview.planName,
      summary: '',
      priceCents: preview.priceCents,
      currency: preview.currency,
      interval: preview.interval,
      current: preview.current,
      larger: place > current,
      seatPriceCents: null,
      release:
        preview.releasedCount + preview.staysCount === 0
          ? null
          : { releasedCount: preview.releasedCount, releasedBytes: preview.releasedBytes, staysCount: preview.staysCount, stoppedBy: preview.stoppedBy },
    })),
    rows: (previews[0]?.limits ?? []).map(({ meter, name, unit, used }) => ({
      label: name,
      meter: { meter, name, unit, byteBase: 'binary' as const },
      cells: previews.map(({ planId, limits }) => {
        const own = limits.find((limit) => limit.meter === meter)
        return { planId, limit: own?.limit ?? null, words: null, over: own?.wouldBeOver ?? false, used }
      }),
      seats: false,
      differs: true,
    })),
    periodEnd: now + 12 * 86_400_000,
    pendingChange: null,
    cancelAt: null,
    ended: false,
    subscribed: false,
    seats: null,
    boosters: [],
    running: [],
    topUp: null,
    permission: { state: 'may', reason: null },
    requests: [],
  }
}
