import { format } from '../../base/format/format.ts'

/** Apart from the page's other words: these are needed before the page is. */
export function countWords(held: number, rejected: number): string {
  return [held > 0 ? `${format.count(held)} held` : '', rejected > 0 ? `${format.count(rejected)} rejected` : ''].filter(Boolean).join(', ') || 'nothing held'
}
