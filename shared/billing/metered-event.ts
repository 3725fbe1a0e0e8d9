/** A metered event in the form that its meter's kind takes. Quantities and readings are whole and ≥ 0. */
export type MeteredEvent =
  | { readonly form: 'quantity'; readonly atMs: number; readonly quantity: number }
  | { readonly form: 'reading'; readonly atMs: number; readonly reading: number }
  | { readonly form: 'key'; readonly atMs: number; readonly key: string }
export type EventForm = MeteredEvent['form']

/** What an event says, as a number. `isNewKey`: the period has not seen its key yet; a key counts once. */
export function amountOf(event: MeteredEvent, isNewKey: boolean): number {
  switch (event.form) {
    case 'quantity':
      return event.quantity
    case 'reading':
      return event.reading
    case 'key':
      return isNewKey ? 1 : 0
  }
}
