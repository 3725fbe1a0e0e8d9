/** What somebody typed into a card form. The number is looked at and forgotten: brand and last four digits are kept. */
export type CardEntry = { number: string; expiry: string; cvc: string }
export type Card = { brand: string; last4: string }
export type CardAnswer =
  | { kind: 'accepted'; card: Card }
  | { kind: 'declined'; card: Card; reason: string; message: string }
  /** Not a card at all: nothing was tried. */
  | { kind: 'incomplete'; field: keyof CardEntry; message: string }

/** The test cards of Stripe, which Polar's own sandbox takes too. Any future date and any CVC do. */
const SUCCEEDS = '4242424242424242'
const DECLINED = '4000000000000002'

export function tryCard(entry: CardEntry, nowMs: number): CardAnswer {
  const number = entry.number.replaceAll(/[\s-]/g, '')
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) return { kind: 'incomplete', field: 'number', message: 'This is not a card number.' }
  const expiry = /^(0[1-9]|1[0-2])\s*\/\s*(?:20)?(\d{2})$/.exec(entry.expiry.trim())
  if (expiry === null) return { kind: 'incomplete', field: 'expiry', message: 'Write the expiry date as MM/YY.' }
  if (Date.UTC(2000 + Number(expiry[2]), Number(expiry[1]), 1) <= nowMs) return { kind: 'incomplete', field: 'expiry', message: 'This card has expired.' }
  if (!/^\d{3,4}$/.test(entry.cvc.trim())) return { kind: 'incomplete', field: 'cvc', message: 'The CVC has 3 or 4 digits.' }
  const card = { brand: brandOf(number), last4: number.slice(-4) }
  if (number === SUCCEEDS) return { kind: 'accepted', card }
  if (number === DECLINED) return { kind: 'declined', card, reason: 'generic_decline', message: 'Your card was declined. Nothing was charged.' }
  // A real number must not be typed into a sandbox, and must not seem to work.
  return { kind: 'declined', card, reason: 'test_mode_live_card', message: 'Only test cards work here, and this is not one of them. Nothing was charged.' }
}

export function cardWords({ brand, last4 }: Card): string {
  return `${brand === '' ? 'Card' : brand.charAt(0).toUpperCase() + brand.slice(1)} ending ${last4}`
}

function brandOf(number: string): string {
  if (number.startsWith('4')) return 'visa'
  if (/^5[1-5]/.test(number)) return 'mastercard'
  if (/^3[47]/.test(number)) return 'amex'
  return 'card'
}

function passesLuhn(number: string): boolean {
  let sum = 0
  for (const [index, digit] of [...number].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
