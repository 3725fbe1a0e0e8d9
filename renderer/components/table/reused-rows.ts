import { useRef } from 'react'

type Place = { index: number }
export type ReusedRow<P extends Place> = { place: P; slot: number }

/**
 * Gives each row of the window a slot, which is the key of its elements: a row that is scrolled away leaves its elements to the one that comes in at
 * the other end. To change their words costs a fraction of making new ones.
 *
 * While the list moves, the slots keep the order that they have in the document, for an element that is moved is laid out anew. At rest they stand as
 * the rows do, which is how a screen reader goes through them.
 */
export function useReusedRows<P extends Place>(places: readonly P[], moving: boolean): readonly ReusedRow<P>[] {
  const slots = useRef(0)
  const order = useRef<readonly number[]>([])
  // Never fewer than before: a row that stays on the screen must keep its slot.
  slots.current = Math.max(slots.current, places.length)
  const rows = inSlots(places, slots.current, moving ? order.current : [])
  order.current = rows.map(({ slot }) => slot)
  return rows
}

/** Pure: the rows with their slots, those first that `order` names, as it names them. `slots` is at least the number of places, which follow each other. */
export function inSlots<P extends Place>(places: readonly P[], slots: number, order: readonly number[]): readonly ReusedRow<P>[] {
  const rows = places.map((place) => ({ place, slot: place.index % slots }))
  if (order.length === 0) return rows
  const bySlot = new Map(rows.map((row) => [row.slot, row]))
  const kept = order.flatMap((slot) => bySlot.get(slot) ?? [])
  const known = new Set(order)
  return [...kept, ...rows.filter(({ slot }) => !known.has(slot))]
}
