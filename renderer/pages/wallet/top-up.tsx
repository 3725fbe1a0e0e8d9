import { useState } from 'react'
import { CheckoutPanel } from '../../components/order/checkout-panel.tsx'
import { type ChosenOrder, OrderDialog } from '../../components/order/order-dialog.tsx'
import { TopUpSection } from '../../components/order/top-up-section.tsx'
import { useUpgradeReason } from '../../components/order/upgrade-reason.ts'
import { useRead } from '../../state/reads.ts'

/** Puts money in: a checkout in the browser; the balance follows as soon as the payment is there. */
export function TopUp({ workspaceId, circle }: { workspaceId: string; circle: string }) {
  const { data: offers } = useRead('offers.read', { workspaceId })
  const checkout = useRead('billing.checkoutStatus', { workspaceId })
  const offline = useUpgradeReason()
  const [chosen, setChosen] = useState<ChosenOrder | null>(null)
  if (!offers || offers.topUp === null) return null
  const reason = offline ?? (offers.permission.state === 'may' ? null : offers.permission.reason)
  return (
    <>
      {checkout.data && <CheckoutPanel workspaceId={workspaceId} checkout={checkout.data} />}
      <TopUpSection reason={reason} circle={circle} onChoose={setChosen} />
      {chosen !== null && <OrderDialog workspaceId={workspaceId} chosen={chosen} onClose={() => setChosen(null)} onOpened={() => setChosen(null)} />}
    </>
  )
}
