import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'
import type { AlertView } from '../../../shared/contract/console/alerts.ts'
import { useDialogPart } from '../../base/address/address-part.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { offerUndo } from '../../components/notice/undo-notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useRead, useWrite } from '../../state/reads.ts'
import { AlertForm } from './alert-form.tsx'
import { AlertRow } from './alert-row.tsx'
import { type Alerts, shownFields } from './shown-fields.ts'
import { alertsTexts } from './texts.ts'

const rereads = ['alerts.read', 'outbox.page', 'outbox.tally'] as const

/** The alerts of the plan, or the workspace's own budgets. Every edit is queued, so it works offline and can be undone. */
export function AlertSection({ workspaceId, kind, data }: { workspaceId: string; kind: 'limits' | 'budgets'; data: Alerts }) {
  const words = alertsTexts[kind]
  const hasCosts = useWorkspace().capabilities.includes('costs')
  const nothingToWatch = data.meters.length === 0 && !hasCosts
  const rules = data.rules.filter(({ measure }) => (measure === 'limit') === (kind === 'limits'))
  const put = useWrite('alerts.put', rereads)
  const remove = useWrite('alerts.delete', rereads)
  const retry = useWrite('outbox.retry', rereads)
  const discard = useWrite('outbox.discard', rereads)
  const reread = useRead('alerts.read', { workspaceId })
  const adding = useDialogPart('budget')
  const [edited, setEdited] = useState<AlertView | null>(null)
  const mayNotAdd = data.mayNot ?? (nothingToWatch ? alertsTexts.budgets.nothing : null)
  const isAdding = adding.opened && kind === 'budgets' && mayNotAdd === null
  const closeForm = (): void => (isAdding ? adding.close() : setEdited(null))

  function undo(itemId: string): void {
    discard.mutate({ workspaceId, selection: { ids: [itemId] } })
  }

  function removeRule(view: AlertView): void {
    const name = shownFields(view)?.name ?? ''
    // What never left this computer is simply taken back.
    if (view.confirmed === null && view.edit !== null) return undo(view.edit.itemId)
    remove.mutate(
      { workspaceId, id: view.id },
      {
        onSuccess: () =>
          offerUndo(alertsTexts.removed(name), () => {
            void reread.refetch().then(({ data: now }) => {
              const itemId = now?.rules.find(({ id }) => id === view.id)?.edit?.itemId
              if (itemId !== undefined) undo(itemId)
            })
          }),
      },
    )
  }

  return (
    <Section
      title={words.title}
      note={words.note}
      flush
      actions={
        kind === 'budgets' && (
          <GatedButton reason={mayNotAdd} onClick={adding.open}>
            {alertsTexts.budgets.create}
          </GatedButton>
        )
      }
    >
      <ErrorNotice error={put.error ?? remove.error ?? retry.error ?? discard.error} />
      {rules.length === 0 ? (
        <Empty icon={IconBell} title={alertsTexts.budgets.emptyTitle}>
          {nothingToWatch ? alertsTexts.budgets.nothing : alertsTexts.budgets.empty}
        </Empty>
      ) : (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{alertsTexts.columns.name}</th>
                <th scope="col">{alertsTexts.columns.when}</th>
                <th scope="col">{alertsTexts.columns.channels}</th>
                <th scope="col">{alertsTexts.columns.on}</th>
                <td aria-label={alertsTexts.columns.actions} />
              </tr>
            </thead>
            <tbody>
              {rules.map((view) => (
                <AlertRow
                  key={view.id}
                  view={view}
                  data={data}
                  onSwitch={(fields) => put.mutate({ workspaceId, id: view.id, measure: view.measure, meter: view.meter, fields })}
                  onEdit={() => setEdited(view)}
                  onRemove={() => removeRule(view)}
                  onUndo={undo}
                  onKeepMine={(itemId) => retry.mutate({ workspaceId, selection: { ids: [itemId] } })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(isAdding || edited !== null) && (
        <AlertForm
          view={isAdding ? null : edited}
          data={data}
          hasCosts={hasCosts}
          busy={put.isPending}
          error={put.error}
          onSave={(wanted) => put.mutate({ workspaceId, ...wanted }, { onSuccess: closeForm })}
          onClose={() => {
            put.reset()
            closeForm()
          }}
        />
      )}
    </Section>
  )
}
