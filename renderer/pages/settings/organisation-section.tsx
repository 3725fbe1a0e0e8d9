import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import { StateLabel } from '../../components/label/state-label.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { AsOf } from '../../components/page/as-of.tsx'
import { Section } from '../../components/page/page.tsx'
import { useRead, useWrite } from '../../state/reads.ts'
import classes from './settings.module.css'
import { settingsTexts } from './texts.ts'

type Setting = CallOutput<'settings.list'>[number]
const words = settingsTexts.organisation

/** The settings that a person edits here; others that the platform names are shown as they are. */
export function OrganisationSection({ workspaceId }: { workspaceId: string }) {
  const { data, error, refetch } = useRead('settings.list', { workspaceId })
  const settings = data ? withEditable(data) : []
  return (
    <Section title={words.title} note={<AsOf>{words.note}</AsOf>}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      <div className={classes.settings}>
        {settings.map((setting) => (
          // A value that arrives from elsewhere begins a new form; one that is being typed is not touched by an event.
          <SettingForm
            key={`${setting.key} ${setting.value} ${setting.pendingValue}`}
            workspaceId={workspaceId}
            setting={setting}
            editable={isEditable(setting.key)}
          />
        ))}
      </div>
    </Section>
  )
}

function SettingForm({ workspaceId, setting, editable }: { workspaceId: string; setting: Setting; editable: boolean }) {
  const shown = setting.pendingValue ?? setting.value
  const [value, setValue] = useState(shown)
  const [, navigate] = useLocation()
  const put = useWrite('settings.put', ['settings.list', 'outbox.page', 'outbox.tally'])
  const discard = useWrite('outbox.discard', ['settings.list', 'outbox.page', 'outbox.tally'])
  const { itemId, pendingValue, state } = setting
  function submit(event: FormEvent): void {
    event.preventDefault()
    put.mutate({ workspaceId, key: setting.key, value: value.trim() }, { onSuccess: () => notifyDone(words.saved) })
  }
  return (
    <form className={classes.setting} onSubmit={submit} data-anchor={words.name(setting.key)}>
      <div className={classes.settingField}>
        <TextInput
          size="sm"
          label={words.name(setting.key)}
          description={words.hint(setting.key)}
          value={value}
          readOnly={!editable}
          variant={editable ? 'default' : 'unstyled'}
          maxLength={4096}
          onChange={(event) => setValue(event.currentTarget.value)}
          className={classes.input}
        />
        {editable && (
          <Button type="submit" size="sm" variant="default" loading={put.isPending} disabled={value.trim() === shown}>
            {texts.actions.save}
          </Button>
        )}
      </div>
      {pendingValue !== null && state !== null && (
        <div className={classes.pending}>
          <StateLabel state={state} />
          <span>{words.pending(setting.value)}</span>
          {itemId !== null && (
            <>
              <Button
                variant="subtle"
                size="compact-xs"
                loading={discard.isPending}
                onClick={() => discard.mutate({ workspaceId, selection: { ids: [itemId] } })}
              >
                {words.undo}
              </Button>
              <Button variant="subtle" color="gray" size="compact-xs" onClick={() => navigate(`${paths.outbox}?kinds=setting`)}>
                {words.showItem}
              </Button>
            </>
          )}
        </div>
      )}
      <ErrorNotice error={put.error ?? discard.error} />
    </form>
  )
}

function isEditable(key: string): boolean {
  return words.editable.some((editable) => editable === key)
}

/** A setting that nobody has set yet is not in the platform's list, but can be set. */
function withEditable(settings: readonly Setting[]): Setting[] {
  const missing = words.editable.filter((key) => !settings.some((setting) => setting.key === key))
  const all = [...settings, ...missing.map((key) => ({ key, value: '', pendingValue: null, itemId: null, state: null }))]
  const order: readonly string[] = words.editable
  // What is not in the order comes last.
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length)
  return all.sort((left, right) => place(left.key) - place(right.key))
}
