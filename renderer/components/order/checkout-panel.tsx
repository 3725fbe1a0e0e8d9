import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Checkout } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import { useWrite } from '../../state/reads.ts'
import { ErrorNotice, Notice, type Tone } from '../notice/notice.tsx'
import { checkoutTexts } from './checkout-texts.ts'
import { OpenPage } from './open-page.tsx'

const tones: Record<Checkout['state'], Tone> = {
  waiting_for_payment: 'info',
  declined: 'red',
  waiting_for_platform: 'info',
  done: 'green',
  cancelled: 'amber',
  expired: 'amber',
}

/** Nobody reads it faster: a page that is left at once has not told it yet. */
const READ_AFTER_MS = 1_000

/** How the purchase in flight stands, in each of its states, with what can be done in it. */
export function CheckoutPanel({ workspaceId, checkout }: { workspaceId: string; checkout: Checkout }) {
  const [, navigate] = useLocation()
  const dismiss = useWrite('billing.dismissCheckout', ['overview.read', 'billing.checkoutStatus'])
  const words = checkoutTexts
  const { state } = checkout
  useGoneAfterVisit(workspaceId, state === 'done')
  return (
    <Notice
      tone={tones[state]}
      title={words.title[state](checkout)}
      actions={
        <>
          {(state === 'waiting_for_payment' || state === 'declined') && <OpenPage url={checkout.url} label={words.openAgain} />}
          {(state === 'cancelled' || state === 'expired') && (
            <Button variant="default" onClick={() => navigate(paths.upgrade)}>
              {words.startAgain}
            </Button>
          )}
          {state !== 'waiting_for_platform' && (
            <Button variant="subtle" color="gray" loading={dismiss.isPending} onClick={() => dismiss.mutate({ workspaceId })}>
              {texts.actions.dismiss}
            </Button>
          )}
        </>
      }
    >
      {words.text[state](checkout)}
      <ErrorNotice error={dismiss.error} />
    </Notice>
  )
}

/** What is in force has been read when the page is left: it is not told again. */
function useGoneAfterVisit(workspaceId: string, isDone: boolean): void {
  const { mutate } = useWrite('billing.dismissCheckout', ['overview.read', 'billing.checkoutStatus'])
  useEffect(() => {
    if (!isDone) return
    const shownAt = Date.now()
    return () => {
      if (Date.now() - shownAt >= READ_AFTER_MS) mutate({ workspaceId })
    }
  }, [mutate, workspaceId, isDone])
}
