import type { Catalog, Meter } from '../../../../shared/billing/catalog.ts'

/**
 * The services that the use of a meter may name, so that the split of the use by service is the one of its costs: those that the
 * catalog's allocation names, or is the owner of; without an allocation, the meter's group. Empty: the catalog knows of none.
 */
export function servicesOf({ costs }: Pick<Catalog, 'costs'>, meter: Pick<Meter, 'id' | 'group'>): string[] {
  const allocated = (costs?.services ?? []).flatMap(({ id, categories }) =>
    categories.flatMap(({ uses }) => uses.filter(({ meterId }) => meterId === meter.id).map(({ service }) => service ?? id)),
  )
  if (allocated.length > 0) return allocated
  return meter.group === null ? [] : [meter.group]
}
