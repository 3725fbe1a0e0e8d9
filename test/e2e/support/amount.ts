/** What a money text says, in cents: "$1,234.56", "−$0.94", "+$8.72". */
export function centsOf(text: string): number {
  const digits = /([−+-]?)\$([\d,]+)(?:\.(\d\d))?/.exec(text)
  if (digits === null) throw new Error(`"${text}" is no amount`)
  const cents = Number((digits[2] ?? '').replaceAll(',', '')) * 100 + Number(digits[3] ?? '0')
  return digits[1] === '−' || digits[1] === '-' ? -cents : cents
}
