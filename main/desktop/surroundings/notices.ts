import type { Checkout, ConsoleEvent } from '../../../shared/contract/console.ts'
import type { DesktopNotice } from '../../../shared/contract/console/desktop.ts'

/** What was already said, so that nothing is said twice. Kept per workspace. */
export type Said = { holding: boolean; checkout: string | null }
export const nothingSaid: Said = { holding: false, checkout: null }

/**
 * Decides what an event is worth. Told once each: that writes are held (again only after none were), that a release has finished, that a
 * payment went through or did not, that an alert fired.
 */
export function noticeFor(event: ConsoleEvent, said: Said): { notice: DesktopNotice | null; said: Said } {
  switch (event.event) {
    case 'outbox.changed': {
      const held = event.payload.tally.held.count
      const { drain } = event.payload
      // In the middle of a release the count of held writes moves; how it ended is told by the release itself.
      if (drain.releasing || held > 0 === said.holding) return { notice: null, said }
      const notice =
        held === 0
          ? null
          : {
              title: `${counted(held, 'write is', 'writes are')} held`,
              body: 'The platform refuses them at a limit of the plan. They are safe on this computer.',
              page: { path: '/outbox', workspaceId: event.payload.workspaceId },
            }
      return { notice, said: { ...said, holding: held > 0 } }
    }
    case 'release.finished': {
      const { deliveredCount, heldAgainCount, workspaceId } = event.payload
      const notice =
        deliveredCount === 0
          ? null
          : {
              title: `${counted(deliveredCount, 'held write was', 'held writes were')} delivered`,
              body: heldAgainCount === 0 ? 'Nothing is held any more.' : `${counted(heldAgainCount, 'write did', 'writes did')} not fit and stay held.`,
              page: { path: heldAgainCount === 0 ? '/' : '/outbox', workspaceId },
            }
      return { notice, said: { ...said, holding: heldAgainCount > 0 } }
    }
    case 'checkout.changed': {
      const { checkout, workspaceId } = event.payload
      const key = checkout === null ? null : `${checkout.id} ${checkout.state}`
      if (checkout === null || key === said.checkout) return { notice: null, said: { ...said, checkout: key } }
      return { notice: checkoutNotice(checkout, workspaceId), said: { ...said, checkout: key } }
    }
    case 'alert.fired': {
      const { workspaceId, alert } = event.payload
      return { notice: { title: alert.names.join(', '), body: alert.text, page: { path: '/alerts', workspaceId } }, said }
    }
    default:
      return { notice: null, said }
  }
}

function checkoutNotice({ state, planName }: Checkout, workspaceId: string): DesktopNotice | null {
  if (state === 'done') return { title: `The plan is now ${planName}`, body: 'The payment went through.', page: { path: '/', workspaceId } }
  if (state === 'declined')
    return { title: 'The payment was declined', body: `The plan ${planName} was not bought. Nothing was charged.`, page: { path: '/upgrade', workspaceId } }
  return null
}

function counted(count: number, one: string, several: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`
}
