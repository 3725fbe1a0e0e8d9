import { ActionIcon, Button, Menu, Switch } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useLocation } from 'wouter'
import type { AlertFields, AlertView } from '../../../shared/contract/console/alerts.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { StateLabel } from '../../components/label/state-label.tsx'
import table from '../../components/table/table.module.css'
import classes from './alerts.module.css'
import { type Alerts, channelNames, shownFields } from './shown-fields.ts'
import { alertsTexts } from './texts.ts'

type Props = {
  view: AlertView
  data: Alerts
  onSwitch: (fields: AlertFields) => void
  onEdit: () => void
  onRemove: () => void
  onUndo: (itemId: string) => void
  onKeepMine: (itemId: string) => void
}

export function AlertRow({ view, data, onSwitch, onEdit, onRemove, onUndo, onKeepMine }: Props) {
  const fields = shownFields(view)
  if (fields === null) return null
  const { edit } = view
  const deleting = edit !== null && edit.fields === null
  return (
    <>
      <tr data-deleting={deleting || undefined} className={classes.row}>
        <td>
          <span className={table.strong}>{fields.name}</span>
        </td>
        <td>
          {alertsTexts.when(view, fields, data.currency)}
          {view.value !== null && view.measure !== 'limit' && <Progress view={view} value={view.value} fields={fields} currency={data.currency} />}
        </td>
        <td>{channelNames(fields.channels, data.channels)}</td>
        <td>
          <Switch
            size="xs"
            aria-label={alertsTexts.switchOf(fields.name)}
            checked={fields.enabled && !deleting}
            disabled={data.mayNot !== null || deleting}
            title={data.mayNot ?? undefined}
            onChange={(event) => onSwitch({ ...fields, enabled: event.currentTarget.checked })}
          />
        </td>
        <td data-align="right">
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={alertsTexts.actionsOf(fields.name)} className={classes.menu}>
                <IconDots size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={data.mayNot !== null || deleting} onClick={onEdit} aria-label={alertsTexts.editOf(fields.name)}>
                {alertsTexts.edit}
              </Menu.Item>
              {view.measure !== 'limit' && (
                <Menu.Item color="red" disabled={data.mayNot !== null || deleting} onClick={onRemove} aria-label={alertsTexts.removeOf(fields.name)}>
                  {alertsTexts.remove}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        </td>
      </tr>
      {edit !== null && (
        <tr>
          <td colSpan={5} className={classes.edit}>
            {edit.conflict ? (
              <Conflict view={view} edit={edit} data={data} onKeepMine={onKeepMine} onKeepTheirs={onUndo} />
            ) : (
              <PendingEdit view={view} edit={edit} onUndo={onUndo} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

/** How far a budget is used up in this period. */
function Progress({ view, value, fields, currency }: { view: AlertView; value: number; fields: AlertFields; currency: string }) {
  const words = alertsTexts.progress(value, fields.at, view, currency)
  const part = fields.at === 0 ? 0 : Math.min(1, value / fields.at)
  return (
    <span className={classes.progress}>
      {/* biome-ignore lint/a11y/useSemanticElements: the meter element cannot carry a pattern */}
      <span
        className={classes.track}
        data-drawn="track"
        role="meter"
        aria-label={alertsTexts.progressOf(fields.name)}
        aria-valuemin={0}
        aria-valuemax={fields.at}
        aria-valuenow={Math.min(value, fields.at)}
        aria-valuetext={words}
        data-over={value >= fields.at || undefined}
      >
        <span data-drawn="fill" style={{ width: `${100 * part}%` }} />
      </span>
      <span>{words}</span>
    </span>
  )
}

type Edit = NonNullable<AlertView['edit']>

function PendingEdit({ view, edit, onUndo }: { view: AlertView; edit: Edit; onUndo: (itemId: string) => void }) {
  const [, navigate] = useLocation()
  const words = alertsTexts.pending
  return (
    <div className={classes.pending}>
      <StateLabel state={edit.state} />
      <span>{edit.fields === null ? words.delete : view.confirmed === null ? words.create : words.put}</span>
      {edit.state !== 'delivered' && (
        <Button variant="subtle" size="compact-xs" onClick={() => onUndo(edit.itemId)}>
          {words.undo}
        </Button>
      )}
      <Button variant="subtle" color="gray" size="compact-xs" onClick={() => navigate(`${paths.outbox}?kinds=setting`)}>
        {words.showItem}
      </Button>
    </div>
  )
}

function Conflict({
  view,
  edit,
  data,
  onKeepMine,
  onKeepTheirs,
}: {
  view: AlertView
  edit: Edit
  data: Alerts
  onKeepMine: (itemId: string) => void
  onKeepTheirs: (itemId: string) => void
}) {
  const words = alertsTexts.conflict
  const says = (fields: AlertFields | null): string => words.says(fields, view, data.currency, (ids) => channelNames(ids, data.channels))
  return (
    <fieldset className={classes.conflict}>
      <legend className={table.strong}>{words.title}</legend>
      <dl className={classes.sides}>
        <dt>{words.mine}</dt>
        <dd>{says(edit.fields)}</dd>
        <dt>{words.theirs}</dt>
        <dd>{says(edit.theirs)}</dd>
      </dl>
      <div className={classes.pending}>
        <Button size="compact-sm" onClick={() => onKeepMine(edit.itemId)}>
          {words.keepMine}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => onKeepTheirs(edit.itemId)}>
          {words.keepTheirs}
        </Button>
      </div>
    </fieldset>
  )
}
