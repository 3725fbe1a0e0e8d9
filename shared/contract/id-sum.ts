/**
 * The running sum of SHA-256(id), mod 2^256, by which console and platform compare which ids each of them has without a list
 * (shared/contract/README.md, "What is missing there"). Whatever the order, the same ids make the same sum. The hashing is the caller's.
 */
const MODULUS = 1n << 256n

export const EMPTY_ID_SUM = '0'.repeat(64)

/** @param sum 64 hex digits. @param hashes 64 hex digits each. */
export function addToIdSum(sum: string, hashes: Iterable<string>): string {
  return moved(sum, hashes, 1n)
}

/** Takes out what was added before. */
export function takeFromIdSum(sum: string, hashes: Iterable<string>): string {
  return moved(sum, hashes, -1n)
}

function moved(sum: string, hashes: Iterable<string>, sign: 1n | -1n): string {
  let total = BigInt(`0x${sum}`)
  for (const hash of hashes) total += sign * BigInt(`0x${hash}`)
  const wrapped = total % MODULUS
  return (wrapped < 0n ? wrapped + MODULUS : wrapped).toString(16).padStart(64, '0')
}
