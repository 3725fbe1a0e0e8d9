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

  constructor(polar: Polar) {
    this.#polar = polar
  }

  /** The id of the product that sells it; null when none does. Asks Polar when it is not known yet. */
  async productOf(catalogId: string, sold: Sold): Promise<string | null> {
    return this.#find(catalogId, sold) ?? (await this.#load().then(() => this.#find(catalogId, sold)))
  }

  /** Makes sure that these products are known, so that `planOf` can answer. */
  async learn(productIds: readonly string[]): Promise<void> {
    if (productIds.some((id) => !this.#products.some((product) => product.id === id))) await this.#load()
  }

  planOf(catalogId: string, productId: string): string | null {
    const product = this.#products.find(({ id }) => id === productId)
    const plan = product?.metadata.catalog === catalogId ? product.metadata.plan : undefined
    return typeof plan === 'string' ? plan : null
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
