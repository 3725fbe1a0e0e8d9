import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import type { CostDimension } from '../../../../shared/contract/console/costs.ts'

/** What use is called that names no service or user. */
const NOT_ATTRIBUTED = 'Not attributed'

export type CostNames = (by: CostDimension, key: string) => string

/** Names of services, categories, users and meters, from the platform's catalog and its members; what they do not know keeps its id. */
export function costNames(plans: PlansDocument, members: readonly { id: string; name: string }[]): CostNames {
  const services = plans.costs?.services ?? []
  const names: Record<CostDimension, Map<string, string>> = {
    service: new Map([
      // What an event calls a part of a service goes by that part's name, unless it is a service of its own.
      ...services.flatMap((service) =>
        service.categories.flatMap(({ name, services: parts = [] }) => parts.map((part): [string, string] => [part, `${service.name}: ${name}`])),
      ),
      ...services.map(({ id, name }): [string, string] => [id, name]),
    ]),
    category: new Map([
      ...plans.meters.map(({ id, name }): [string, string] => [id, name]),
      ...services.flatMap((service) =>
        service.categories.map((category): [string, string] => [`${service.id}/${category.id}`, `${service.name}: ${category.name}`]),
      ),
    ]),
    user: new Map([...members, ...(plans.costs?.users ?? [])].map(({ id, name }) => [id, name])),
    meter: new Map(plans.meters.map(({ id, name }) => [id, name])),
  }
  return (by, key) => (key === '' ? NOT_ATTRIBUTED : (names[by].get(key) ?? names.meter.get(key.split('/').at(-1) ?? '') ?? key))
}

/** Under which key a cell falls. A category's key names its service too: two services may each have one of that name. */
export function keyOf(by: CostDimension): (cell: CostCell) => string {
  switch (by) {
    case 'service':
      return ({ service }) => service
    case 'category':
      return ({ service, category }) => `${service}/${category}`
    case 'user':
      return ({ userId }) => userId
    case 'meter':
      return ({ meterId }) => meterId
  }
}
