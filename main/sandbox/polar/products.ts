import type { models, Polar } from '@polar-sh/sdk/2026-10'

const PAGE = 100

/** Which product is which plan: a product says so in its metadata (`catalog`, `plan`), at the embedded Polar and at the real one. */
export class Products {
  readonly #polar: Polar
  #products: models.Product[] = []

  constructor(polar: Polar) {
    this.#polar = polar
  }

  /** The id of the product that sells a plan; null when none does. Asks Polar when it is not known yet. */
  async productOf(catalogId: string, planId: string): Promise<string | null> {
    return this.#find(catalogId, planId) ?? (await this.#load().then(() => this.#find(catalogId, planId)))
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

  #find(catalogId: string, planId: string): string | null {
    return this.#products.find(({ id }) => this.planOf(catalogId, id) === planId)?.id ?? null
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
