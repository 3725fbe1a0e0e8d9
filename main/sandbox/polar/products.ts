import type { models, Polar } from '@polar-sh/sdk/2026-10'

const PAGE = 100

/** What a product sells, as its metadata says. */
export type Sold = { plan: string } | { booster: string } | 'top_up'

/**
 * Which product sells what: a product says so in its metadata (`catalog` and `plan`, `booster` or `top_up: yes`), at the
 * embedded Polar and at the real one.
 */
export class Products {
  readonly #polar: Polar
  #products: models.Product[] = []
  readonly #missing = new Set<string>()

  constructor(polar: Polar) {
    this.#polar = polar
  }

  /** The id of the product that sells it; null when none does. Asks Polar when it is not known yet. */
  async productOf(catalogId: string, sold: Sold): Promise<string | null> {
    return this.#find(catalogId, sold) ?? (await this.#load().then(() => this.#find(catalogId, sold)))
  }

  /** Makes sure that these products are known, so that `planOf` can answer. */
  async learn(productIds: readonly string[]): Promise<void> {
    const unknown = productIds.filter((id) => !this.#missing.has(id) && !this.#products.some((product) => product.id === id))
    if (unknown.length === 0) return
    await this.#load()
    // One that is sold no more is not listed: it is asked for once.
    for (const id of unknown) if (!this.#products.some((product) => product.id === id)) this.#missing.add(id)
  }

  planOf(catalogId: string, productId: string): string | null {
    const product = this.#products.find(({ id }) => id === productId)
    const plan = product?.metadata.catalog === catalogId ? product.metadata.plan : undefined
    return typeof plan === 'string' ? plan : null
  }

  /** The meter whose units that price is for; null: it is a price of a period, or not known. */
  meterOfPrice(priceId: string | null): string | null {
    for (const { prices } of this.#products) {
      const price = prices.find(({ id }) => id === priceId)
      if (price !== undefined && price.amount_type === 'metered_unit') return price.meter.name
    }
    return null
  }

  #find(catalogId: string, sold: Sold): string | null {
    const [name, value] = sold === 'top_up' ? ['top_up', 'yes'] : 'plan' in sold ? ['plan', sold.plan] : ['booster', sold.booster]
    return this.#products.find(({ metadata }) => metadata.catalog === catalogId && metadata[name] === value)?.id ?? null
  }

  async #load(): Promise<void> {
    const products: models.Product[] = []
    for (let page = 1; ; page += 1) {
      const list = await this.#polar.products.list({ is_archived: false, page, limit: PAGE })
      products.push(...list.items)
      if (page >= list.pagination.max_page) break
    }
    this.#products = products
  }
}
