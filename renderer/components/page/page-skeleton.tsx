import { texts } from '../../base/texts/texts.ts'

/** Only for the very first read of a page: afterwards there is always something to show. What index.html draws while the first script loads. */
export function PageSkeleton() {
  return (
    <div className="tm-wait" aria-busy="true" aria-label={texts.table.loading} role="status">
      <div />
      <div />
      <div />
    </div>
  )
}
