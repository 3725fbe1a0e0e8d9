import { NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { useLocation, useSearch } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Page } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useKeptRead } from '../../state/reads.ts'
import { BalanceSection } from './balance-section.tsx'
import { BurnDownSection } from './burn-down-section.tsx'
import { CreateCircle } from './create-circle.tsx'
import { EstimateSection } from './estimate/estimate-section.tsx'
import { InstancesSection } from './instances-section.tsx'
import { LedgerSection } from './ledger-section.tsx'
import { PricesSection } from './prices-section.tsx'
import { walletTexts } from './texts.ts'
import { TopUp } from './top-up.tsx'
import classes from './wallet.module.css'
import { searchOfWallet, views, type WalletAddress, walletAddress } from './wallet-address.ts'

export function WalletPage() {
  const workspace = useWorkspace()
  const workspaceId = workspace.id
  const address = walletAddress(useSearch())
  const [, navigate] = useLocation()
  const { data, error, isPending, refetch } = useKeptRead('wallet.read', { workspaceId, circle: address.circle })
  const show = (change: Partial<WalletAddress>): void => {
    const search = searchOfWallet({ ...address, ...change })
    navigate(search === '' ? paths.wallet : `${paths.wallet}?${search}`)
  }
  const wallet = data?.wallet ?? null
  const circles = data?.circles ?? []
  return (
    <Page
      title={walletTexts.title}
      lead={walletTexts.lead}
      fill={address.view === 'ledger'}
      actions={
        circles.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={walletTexts.circle}
            value={wallet?.circle}
            data={circles.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => show({ circle: event.currentTarget.value === circles[0]?.id ? null : event.currentTarget.value })}
          />
        )
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {isPending && <Skeleton height={360} className="tm-skeleton" />}
      {data && wallet === null && <CreateCircle workspaceId={workspaceId} />}
      {wallet && (
        <>
          <SegmentedControl
            size="xs"
            className={classes.views}
            aria-label={walletTexts.view}
            value={address.view}
            onChange={(value) => show({ view: views.find((view) => view === value) ?? 'balance', element: null, operation: null, kind: null })}
            data={views.map((view) => ({ value: view, label: walletTexts.views[view] }))}
          />
          {address.view === 'balance' && (
            <>
              <BalanceSection workspaceId={workspaceId} wallet={wallet} />
              <TopUp workspaceId={workspaceId} circle={wallet.circle} />
              <BurnDownSection key={wallet.circle} workspaceId={workspaceId} circle={wallet.circle} name={wallet.name} />
              <InstancesSection workspaceId={workspaceId} circle={wallet.circle} onPrices={() => show({ view: 'prices' })} />
            </>
          )}
          {address.view === 'estimate' && (
            <EstimateSection
              workspaceId={workspaceId}
              wallet={wallet}
              element={address.element}
              operation={address.operation}
              onChoose={(element, operation) => show({ element, operation })}
            />
          )}
          {address.view === 'prices' && (
            <PricesSection
              workspaceId={workspaceId}
              element={address.element}
              onOpen={(element) => show({ element })}
              onEstimate={(element, operation) => show({ view: 'estimate', element, operation })}
            />
          )}
          {address.view === 'ledger' && (
            <LedgerSection workspaceId={workspaceId} circle={wallet.circle} kind={address.kind} element={address.element} onFilter={show} />
          )}
        </>
      )}
    </Page>
  )
}
