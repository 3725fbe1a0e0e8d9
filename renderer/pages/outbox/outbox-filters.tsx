import { Button, NativeSelect } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { QueueFilter } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { stateIcons } from '../../components/label/state-label.tsx'
import { useLive } from '../../state/live-store.ts'
import { useRead } from '../../state/reads.ts'
import { allKinds, allStates, isFiltered, withStateToggled } from './filter-address.ts'
import classes from './outbox.module.css'
import { outboxTexts } from './texts.ts'

const words = outboxTexts.filters

type Props = { workspaceId: string; filter: QueueFilter; onChange: (filter: QueueFilter) => void }

/** The states with their counts; several may be on at once. */
export function StateChips({ workspaceId, filter, onChange }: Props) {
  const { data } = useRead('outbox.tally', { workspaceId })
  const tally = useLive((live) => live.outbox[workspaceId]?.tally) ?? data?.tally
  const { states: _states, ...withoutStates } = filter
  return (
    <fieldset className={classes.chips}>
      <legend className={classes.legend}>{words.states}</legend>
      <button type="button" className={classes.chip} aria-pressed={!filter.states} onClick={() => onChange(withoutStates)}>
        {words.all}
      </button>
      {allStates.map((state) => {
        const Icon = stateIcons[state]
        const count = tally?.[state].count ?? 0
        return (
          <button
            key={state}
            type="button"
            className={classes.chip}
            data-state={count > 0 ? state : undefined}
            aria-pressed={filter.states?.includes(state) ?? false}
            onClick={() => onChange(withStateToggled(filter, state))}
          >
            <Icon size={13} stroke={2} aria-hidden />
            {texts.states[state]}{' '}
            <span className={classes.chipCount} title={format.count(count)}>
              {format.shortCount(count)}
            </span>
          </button>
        )
      })}
    </fieldset>
  )
}

/** Kind, limit and agent, and the way back to everything. */
export function FilterSelects({ workspaceId, filter, onChange }: Props) {
  const agents = useRead('subKeys.list', { workspaceId })
  const overview = useRead('overview.read', { workspaceId })
  const { kinds: _kinds, ...withoutKinds } = filter
  const { heldBy: _heldBy, ...withoutMeter } = filter
  const { subKeyId: _subKeyId, ...withoutAgent } = filter
  const meters = overview.data?.meters ?? []
  return (
    <search className={classes.selects} aria-label={words.label}>
      <NativeSelect
        size="xs"
        aria-label={words.kind}
        value={filter.kinds?.[0] ?? ''}
        data={[{ value: '', label: words.anyKind }, ...allKinds.map((kind) => ({ value: kind, label: texts.kinds[kind] }))]}
        onChange={(event) => {
          const kind = allKinds.find((candidate) => candidate === event.currentTarget.value)
          onChange(kind ? { ...withoutKinds, kinds: [kind] } : withoutKinds)
        }}
      />
      <NativeSelect
        size="xs"
        aria-label={words.meter}
        value={filter.heldBy ?? ''}
        data={[{ value: '', label: words.anyMeter }, ...meters.map((meter) => ({ value: meter.id, label: meter.name }))]}
        onChange={(event) => onChange(event.currentTarget.value ? { ...withoutMeter, heldBy: event.currentTarget.value } : withoutMeter)}
      />
      <NativeSelect
        size="xs"
        aria-label={words.agent}
        value={filter.subKeyId ?? ''}
        data={[
          { value: '', label: words.anyAgent },
          ...(agents.data ?? []).filter((agent) => agent.onThisDevice).map((agent) => ({ value: agent.id, label: agent.name })),
        ]}
        onChange={(event) => onChange(event.currentTarget.value ? { ...withoutAgent, subKeyId: event.currentTarget.value } : withoutAgent)}
      />
      {isFiltered(filter) && (
        <Button variant="subtle" color="gray" size="compact-xs" leftSection={<IconX size={13} />} onClick={() => onChange({})}>
          {words.clear}
        </Button>
      )}
    </search>
  )
}
