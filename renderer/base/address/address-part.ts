/** What is opened on a page (a row's details, a dialogue) as a part of its address: Back closes it, a reload or a shared link opens it again. */
import { useCallback } from 'react'
import { useSearch } from 'wouter'
import { addressNow, leaveTo, navigate, parseHash } from './hash-location.ts'

/** The row whose details are shown. */
export const detailPart = 'open'
/** The dialogues that an address opens with `=open`. */
export const dialogParts = ['import', 'backup', 'bring-key', 'budget', 'sub-key'] as const
export type DialogPart = (typeof dialogParts)[number]

/** `/outbox?states=held` with `open`, `1` → `/outbox?states=held&open=1`; `value` null takes the part out. Pure. */
export function withPart(address: string, name: string, value: string | null): string {
  const [path = '', ...rest] = address.split('?')
  const params = new URLSearchParams(rest.join('?'))
  if (value === null) params.delete(name)
  else params.set(name, value)
  // As the filters write their lists.
  const search = params.toString().replaceAll('%2C', ',')
  return search === '' ? path : `${path}?${search}`
}

/** The view itself: nothing opened on it. Pure. */
export function withoutParts(address: string): string {
  return [detailPart, ...dialogParts].reduce((rest, name) => withPart(rest, name, null), address)
}

/** The address without the dialogues that it opens; what a row says stays. Pure. */
export function withoutDialogs(address: string): string {
  return dialogParts.reduce<string>((rest, name) => withPart(rest, name, null), address)
}

/** Null: the address opens nothing under this name. The two functions stay the same. */
export function useAddressPart(name: string): { value: string | null; open: (value: string) => void; close: () => void } {
  const value = new URLSearchParams(useSearch()).get(name)
  const open = useCallback((next: string) => openPart(name, next), [name])
  const close = useCallback(() => leaveTo(withPart(addressNow(), name, null)), [name])
  return { value: value === '' ? null : value, open, close }
}

export function openPart(name: string, value: string): void {
  // In the same spelling in which it will be left again.
  const beneath = withPart(addressNow(), name, new URLSearchParams(parseHash(window.location.hash).search).get(name))
  navigate(withPart(beneath, name, value), { beneath })
}

/** Opens something on the page at an address. Where that page is shown its filter stays; on another one, Back closes what is opened before it leaves the page. */
export function openPartOn(path: string, name: string, value = 'open'): void {
  if (parseHash(window.location.hash).path !== path) navigate(path)
  openPart(name, value)
}

/** A dialogue that can be opened by its address. */
export function useDialogPart(name: DialogPart): { opened: boolean; open: () => void; close: () => void } {
  const { value, open, close } = useAddressPart(name)
  const openIt = useCallback(() => open('open'), [open])
  return { opened: value === 'open', open: openIt, close }
}
