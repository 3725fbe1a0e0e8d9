import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { Notice } from '../notice/notice.tsx'
import type { ChosenOrder } from './order-dialog.tsx'
import { orderTexts } from './texts.ts'

const OrderDialog = lazy(() => import('./order-dialog.tsx').then((module) => ({ default: module.OrderDialog })))
const words = orderTexts.coming

type Props = Pick<Offers, 'pendingChange' | 'cancelAt'> & { workspaceId: string; planId: string; planName: string }

/** What follows the plan in force, and the way to take it back. */
export function ComingPlan({ workspaceId, pendingChange, cancelAt, planId, planName }: Props) {
  const [chosen, setChosen] = useState<ChosenOrder | null>(null)
  if (pendingChange === null && cancelAt === null) return null
  const isEnd = cancelAt !== null
  const title = cancelAt === null ? words.changes(pendingChange?.planName ?? '', pendingChange?.at ?? 0) : words.ends(cancelAt)
  const order: ChosenOrder = isEnd
    ? { order: { cancel: false }, title: words.resumeTitle, interval: null, how: 'portal' }
    : { order: { planId }, title: words.keepTitle(planName), interval: null, how: 'portal' }
  return (
    <>
      <Notice
        tone="amber"
        title={title}
        actions={
          <Button variant="default" onClick={() => setChosen(order)}>
            {isEnd ? words.resume : words.undo}
          </Button>
        }
      />
      {chosen !== null && (
        <Suspense fallback={null}>
          <OrderDialog workspaceId={workspaceId} chosen={chosen} onClose={() => setChosen(null)} onOpened={() => setChosen(null)} />
        </Suspense>
      )}
    </>
  )
}
