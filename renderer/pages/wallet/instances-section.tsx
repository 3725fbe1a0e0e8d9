import { Button } from '@mantine/core'
import { IconBox } from '@tabler/icons-react'
import { useState } from 'react'
import type { Instance } from '../../../shared/contract/console/wallet.ts'
import { au } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { Confirm } from '../../components/dialog/confirm.tsx'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useOfflineReason } from '../../state/active-workspace.ts'
import { useRead, useWrite } from '../../state/reads.ts'
import { walletTexts } from './texts.ts'

const words = walletTexts.instances

export function InstancesSection({ workspaceId, circle, onPrices }: { workspaceId: string; circle: string; onPrices: () => void }) {
  const { data, error, refetch } = useRead('wallet.instances', { workspaceId, circle })
  const remove = useWrite('wallet.deleteInstance', ['wallet.instances'])
  const offline = useOfflineReason()
  const [leaving, setLeaving] = useState<Instance | null>(null)
  const close = (): void => {
    remove.reset()
    setLeaving(null)
  }
  const perDay = data?.filter(({ suspendedAt }) => suspendedAt === null).reduce((sum, { perDayMicroAu }) => sum + BigInt(perDayMicroAu), 0n) ?? 0n
  return (
    <Section title={words.title} note={words.note} flush>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.length === 0 && (
        <Empty icon={IconBox} title={words.emptyTitle} actions={<Button onClick={onPrices}>{words.toPrices}</Button>}>
          {words.empty}
        </Empty>
      )}
      {data && data.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table} aria-label={words.title}>
            <thead>
              <tr>
                <th scope="col">{words.columns.name}</th>
                <th scope="col">{words.columns.element}</th>
                <th scope="col">{words.columns.since}</th>
                <th scope="col">{words.columns.state}</th>
                <th scope="col" data-align="right">
                  {words.columns.perDay}
                </th>
                <td aria-label={words.columns.actions} />
              </tr>
            </thead>
            <tbody>
              {data.map((instance) => (
                <tr key={instance.id}>
                  <td className={table.strong}>{instance.name}</td>
                  <td>{instance.elementName}</td>
                  <td className={table.nowrap}>{format.date(instance.createdAt)}</td>
                  <td>
                    {instance.suspendedAt === null ? (
                      words.active
                    ) : (
                      <span className={table.badge} data-tone="amber" title={words.suspendedNote}>
                        {words.suspended(format.date(instance.suspendedAt))}
                      </span>
                    )}
                  </td>
                  <td data-align="right" className={table.nowrap}>
                    {au(instance.perDayMicroAu)}
                  </td>
                  <td data-align="right">
                    <GatedButton
                      variant="subtle"
                      color="gray"
                      size="compact-xs"
                      aria-label={words.deleteOf(instance.name)}
                      reason={offline}
                      onClick={() => setLeaving(instance)}
                    >
                      {words.delete}
                    </GatedButton>
                  </td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={4}>
                  {words.sum}
                </th>
                <td data-align="right" className={table.nowrap}>
                  {au(perDay)}
                </td>
                <td />
              </tr>
            </tfoot>
          </table>
        </div>
      )}
      {leaving && (
        <Confirm
          opened
          danger
          title={words.confirm(leaving.name)}
          confirmLabel={words.delete}
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate({ workspaceId, circle, id: leaving.id }, { onSuccess: close })}
          onClose={close}
        >
          {words.confirmText}
        </Confirm>
      )}
    </Section>
  )
}
