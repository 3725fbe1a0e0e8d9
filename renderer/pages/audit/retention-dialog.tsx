import { Button, Group, NativeSelect, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useRead } from '../../state/reads.ts'
import { auditTexts } from './texts.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'

const words = auditTexts.retention
const dayMs = 86_400_000

type Props = { workspaceId: string; days: string; busy: boolean; error: unknown; onSave: (days: string) => void; onClose: () => void }

/** Says what a shorter period takes away before it is chosen: that cannot be brought back. */
export function RetentionDialog({ workspaceId, days, busy, error, onSave, onClose }: Props) {
  const [chosen, setChosen] = useState(days)
  const [now] = useState(Date.now)
  const choices: Record<string, string> = { ...words.choices }
  if (!(days in choices)) choices[days] = words.other(days)
  // As the platform reckons: whole days, in UTC.
  const keptFrom = Math.floor((now - Number(chosen) * dayMs) / dayMs) * dayMs
  const older = useRead(
    'audit.page',
    chosen === '' || keptFrom <= 0 ? null : { workspaceId, filter: { action: null, from: null, to: keptFrom, search: '' }, before: null, limit: 1 },
  )
  function submit(event: FormEvent): void {
    event.preventDefault()
    onSave(chosen)
  }
  return (
    <Dialog onClose={onClose} title={words.dialog}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NativeSelect
            label={words.field}
            value={chosen}
            data-autofocus
            // An object would put the whole numbers before "for ever".
            data={Object.entries(choices)
              .sort(([left], [right]) => (left === '' ? -1 : right === '' ? 1 : Number(left) - Number(right)))
              .map(([value, label]) => ({ value, label }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <LossNotice chosen={chosen} before={days} loses={older.data?.total} isExact={older.data?.isTotalExact ?? true} />
          <ErrorNotice error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={chosen === days}>
              {words.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}

function LossNotice({ chosen, before, loses, isExact }: { chosen: string; before: string; loses: number | undefined; isExact: boolean }) {
  if (chosen === before) return null
  if (chosen === '') return <Notice tone="info">{words.keeps}</Notice>
  if (loses === undefined) return null
  return <Notice tone="amber">{loses === 0 ? words.losesNothing : words.loses(auditTexts.total(loses, isExact))}</Notice>
}
