import type { Catalog } from '../../shared/billing/catalog.ts'
import { catalogIds, catalogs as shipped } from '../../shared/generated/catalogs.ts'

/** The catalogs that this platform works with, by id: those that the program brings, or others that a test hands in. */
export class Catalogs {
  readonly all: readonly Catalog[]

  constructor(catalogs: readonly Catalog[]) {
    this.all = catalogs
  }

  /** Throws a RangeError for a catalog that this platform does not have. */
  named(id: string): Catalog {
    const known = this.all.find((catalog) => catalog.id === id)
    if (known === undefined) throw new RangeError(`This platform has no catalog ${id}; it has ${this.all.map((catalog) => catalog.id).join(', ')}`)
    return known
  }
}

export const shippedCatalogs = new Catalogs(catalogIds.map((id) => shipped[id]))
