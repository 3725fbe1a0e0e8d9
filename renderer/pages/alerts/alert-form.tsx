import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { AlertFields, AlertView } from '../../../shared/contract/console/alerts.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { DEFAULT_BUDGET_STEPS } from '../../../shared/contract/platform/alerts.ts'
import { stepsFrom } from './budget-steps.ts'
import { amountFrom, amountText, unitOf } from './amount.ts'
import { type Alerts, shownFields } from './shown-fields.ts'
import { alertsTexts } from './texts.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'

type Wanted = { id: string | null; measure: AlertView['measure']; meter: string | null; fields: AlertFields }
type Props = {
  view: AlertView | null
  data: Alerts
  /** Whether the platform tells what the period costs: a budget on it would never fire otherwise. */
  hasCosts: boolean
  busy: boolean
  error: unknown
  onSave: (wanted: Wanted) => void
  onClose: () => void
}

const words = alertsTexts.form
/** The two measures of money among the meters of the select; no meter's id begins so. */
const MONEY = { invoiced: ':invoiced', cost: ':cost' } as const
type Money = keyof typeof MONEY

function moneyOf(choice: string): Money | null {
  return choice === MONEY.invoiced ? 'invoiced' : choice === MONEY.cost ? 'cost' : null
}

/** A budget, or the channels of an alert that the plan brings. */
export function AlertForm({ view, data, hasCosts, busy, error, onSave, onClose }: Props) {
  const before = view === null ? null : shownFields(view)
  const [name, setName] = useState(before?.name ?? '')
  const [meterId, setMeterId] = useState(
    view === null ? (data.meters[0]?.id ?? MONEY.invoiced) : (view.meter ?? MONEY[view.measure === 'cost' ? 'cost' : 'invoiced']),
  )
  const money = moneyOf(meterId)
  const [steps, setSteps] = useState((before?.thresholds ?? DEFAULT_BUDGET_STEPS).join(', '))
  const thresholds = stepsFrom(steps)
  const meter = data.meters.find(({ id }) => id === meterId) ?? null
  const unit = unitOf(meter, data.currency)
  const shownAmount = before === null || view?.measure === 'limit' ? '' : amountText(before.at, unit)
  const [amount, setAmount] = useState(shownAmount)
  const [channels, setChannels] = useState<readonly string[]>(before?.channels ?? data.channels.slice(0, 1).map(({ id }) => id))
  const [tried, setTried] = useState(false)
  const ofPlan = view?.measure === 'limit'
  // What is shown may be rounded (bytes in GiB): saved without a change to it, the amount stays the one that it was.
  const at = before !== null && (ofPlan || amount === shownAmount) ? before.at : amountFrom(amount, unit)

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (at === null || channels.length === 0 || name.trim() === '' || (!ofPlan && thresholds === null)) return
    onSave({
      id: view?.id ?? null,
      measure: view?.measure ?? money ?? 'meter',
      meter: view === null ? (meter?.id ?? null) : view.meter,
      fields: {
        name: name.trim(),
        at,
        channels: [...channels],
        enabled: before?.enabled ?? true,
        ...(ofPlan || thresholds === null ? {} : { thresholds }),
      },
    })
  }

  const used = meter === null ? null : format.quantity(meter, meter.used)
  const limit = meter?.limit == null ? null : format.quantity(meter, meter.limit)
  return (
    <Dialog onClose={onClose} title={before === null ? words.create : words.edit(before.name)}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {!ofPlan && (
            <>
              <TextInput
                label={words.name}
                description={words.nameHint}
                value={name}
                maxLength={80}
                data-autofocus
                error={tried && name.trim() === '' ? words.name : null}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <NativeSelect
                label={words.measure}
                description={money === null ? undefined : words.measureNotes[money]}
                value={meterId}
                disabled={view !== null}
                data={[
                  ...data.meters.map(({ id, name: label }) => ({ value: id, label })),
                  ...(hasCosts || view?.measure === 'invoiced' ? [{ value: MONEY.invoiced, label: words.measures.invoiced }] : []),
                  ...(hasCosts || view?.measure === 'cost' ? [{ value: MONEY.cost, label: words.measures.cost }] : []),
                ]}
                onChange={(event) => setMeterId(event.currentTarget.value)}
              />
              <TextInput
                label={words.at(unit.label)}
                description={used === null ? undefined : words.now(used, limit)}
                value={amount}
                inputMode="decimal"
                maxLength={20}
                error={tried && at === null ? words.wrongAmount : null}
                onChange={(event) => setAmount(event.currentTarget.value)}
              />
              <TextInput
                label={words.steps}
                value={steps}
                maxLength={60}
                error={tried && thresholds === null ? words.wrongSteps : null}
                onChange={(event) => setSteps(event.currentTarget.value)}
              />
            </>
          )}
          <Checkbox.Group label={words.channels} value={[...channels]} onChange={setChannels} error={tried && channels.length === 0 ? words.noChannel : null}>
            <Group gap="lg" mt={6}>
              {data.channels.map((channel) => (
                <Checkbox key={channel.id} value={channel.id} label={channel.name} size="sm" />
              ))}
            </Group>
          </Checkbox.Group>
          <ErrorNotice error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {words.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
