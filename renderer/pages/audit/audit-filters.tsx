import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import type { CallOutput } from '../../../shared/contract/console.ts'
import classes from './audit.module.css'
import { type AuditView, everyEntry, isFiltered, longest } from './filter-address.ts'
import { auditTexts } from './texts.ts'

const words = auditTexts.filters

type Props = {
  view: AuditView
  actions: CallOutput<'audit.overview'>['actions']
  /** `typed`: one letter of many, which is no step to go back to. */
  onChange: (view: AuditView, typed?: boolean) => void
}

export function AuditFilters({ view, actions, onChange }: Props) {
  // An action that an address names may have no entry here.
  const choices = actions.some(({ action }) => action === view.action) || view.action === '' ? actions : [{ action: view.action, count: 0 }, ...actions]
  return (
    <search className={classes.filters} aria-label={words.label}>
      <TextInput
        className={classes.search}
        type="search"
        size="sm"
        aria-label={words.search}
        placeholder={words.searchHint}
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={view.search !== '' && <CloseButton size="sm" aria-label={words.clearSearch} onClick={() => onChange({ ...view, search: '' })} />}
        value={view.search}
        maxLength={longest.search}
        onChange={(event) => onChange({ ...view, search: event.currentTarget.value }, true)}
      />
      <NativeSelect
        className={classes.actions}
        size="sm"
        aria-label={words.action}
        value={view.action}
        data={[{ value: '', label: words.anyAction }, ...choices.map(({ action, count }) => ({ value: action, label: words.actionWithCount(action, count) }))]}
        onChange={(event) => onChange({ ...view, action: event.currentTarget.value })}
      />
      <div className={classes.days}>
        <TextInput
          className={classes.day}
          type="date"
          size="sm"
          aria-label={words.from}
          leftSection={words.from}
          leftSectionWidth={46}
          value={view.from}
          max={view.to === '' ? undefined : view.to}
          onChange={(event) => onChange({ ...view, from: event.currentTarget.value })}
        />
        <TextInput
          className={classes.day}
          type="date"
          size="sm"
          aria-label={words.to}
          leftSection={words.to}
          leftSectionWidth={32}
          value={view.to}
          min={view.from === '' ? undefined : view.from}
          onChange={(event) => onChange({ ...view, to: event.currentTarget.value })}
        />
      </div>
      {isFiltered(view) && (
        <Button variant="subtle" color="gray" size="sm" leftSection={<IconX size={14} />} onClick={() => onChange(everyEntry)}>
          {words.clear}
        </Button>
      )}
    </search>
  )
}
