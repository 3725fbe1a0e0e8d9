/** The audit log's filter as the query of its address, so that every view can be linked to and gone back to. Pure. */
import type { AuditFilter } from '../../../shared/contract/console/audit.ts'

/** What a person chose: days as they are typed, in the time zone of this computer. */
export type AuditView = { action: string; from: string; to: string; search: string }

export const everyEntry: AuditView = { action: '', from: '', to: '', search: '' }
/** As many characters as the engine takes. */
export const longest = { action: 64, search: 200 } as const

/** An address may have been typed by hand: what is no day is left out, and what is too long is cut. */
export function viewFromSearch(search: string): AuditView {
  const params = new URLSearchParams(search)
  const text = (key: 'action' | 'search'): string => (params.get(key) ?? '').slice(0, longest[key])
  const day = (key: 'from' | 'to'): string => (startOfDay(params.get(key) ?? '') === null ? '' : (params.get(key) ?? ''))
  return { action: text('action'), from: day('from'), to: day('to'), search: text('search') }
}

export function searchFromView(view: AuditView): string {
  const params = new URLSearchParams()
  for (const key of ['action', 'from', 'to', 'search'] as const) if (view[key] !== '') params.set(key, view[key])
  return params.toString()
}

export function isFiltered(view: AuditView): boolean {
  return searchFromView(view) !== ''
}

/** A day is whole: `to` reaches to the beginning of the day after it. */
export function filterOf(view: AuditView): AuditFilter {
  const lastDay = startOfDay(view.to)
  return {
    action: view.action === '' ? null : view.action,
    from: startOfDay(view.from),
    to: lastDay === null ? null : nextDay(lastDay),
    search: view.search.trim(),
  }
}

/** Epoch ms at which a `YYYY-MM-DD` begins on this computer; null for anything else. */
function startOfDay(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(year, month - 1, day)
  // The 31st of February would be the 3rd of March; before 1970 nothing was written down.
  const isReal = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day
  return isReal && date.getTime() >= 0 ? date.getTime() : null
}

/** By the calendar: the day on which clocks change has 23 or 25 hours. */
function nextDay(startMs: number): number {
  const date = new Date(startMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime()
}
