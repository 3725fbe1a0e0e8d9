import { NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import type { InvoiceFilter } from './invoice-filter.ts'
import { statusText } from './invoice-status.tsx'
import classes from './invoices.module.css'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.filters

export function InvoiceFilters({
  invoices,
  filter,
  onChange,
}: {
  invoices: readonly Invoice[]
  filter: InvoiceFilter
  onChange: (filter: InvoiceFilter) => void
}) {
  const statuses = [...new Set(invoices.map(({ status }) => status))].sort()
  const years = [...new Set(invoices.map(({ periodStart }) => new Date(periodStart).getUTCFullYear()))].sort((one, other) => other - one)
  return (
    <search className={classes.filters} aria-label={words.label}>
      <NativeSelect
        size="xs"
        aria-label={words.status}
        value={filter.status ?? ''}
        data={[{ value: '', label: words.anyStatus }, ...statuses.map((status) => ({ value: status, label: statusText(status) }))]}
        onChange={(event) => onChange({ ...filter, status: event.currentTarget.value === '' ? null : event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label={words.year}
        value={filter.year === null ? '' : String(filter.year)}
        data={[{ value: '', label: words.anyYear }, ...years.map((year) => ({ value: String(year), label: String(year) }))]}
        onChange={(event) => onChange({ ...filter, year: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
      />
      <TextInput
        size="xs"
        className={classes.search}
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<IconSearch size={13} aria-hidden />}
        value={filter.words}
        onChange={(event) => onChange({ ...filter, words: event.currentTarget.value })}
      />
    </search>
  )
}
