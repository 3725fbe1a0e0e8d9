import type { KnownCatalog } from './catalog-wire.ts'
import type { Meter } from './catalog.ts'

/** How a meter is named and counted; one that the catalog does not describe goes by its own id. */
export function meterFacts(catalog: Pick<KnownCatalog, 'meters'>, meterId: string): { meter: string; name: string; unit: string; byteBase: Meter['byteBase'] } {
  const meter = catalog.meters.find(({ id }) => id === meterId)
  return { meter: meterId, name: meter?.name ?? meterId, unit: meter?.unit ?? 'count', byteBase: meter?.byteBase ?? 'decimal' }
}
