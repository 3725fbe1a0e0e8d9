import type { z } from 'zod'
import { isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import { type Catalog, isInForce } from '../billing/catalog.ts'
import { aggregations, meterKindOf, meterKinds } from '../billing/meter-kinds.ts'
import {
  alertsFile,
  boostersFile,
  catalogFile,
  costsFile,
  metersFile,
  operationsFile,
  paymentFile,
  permissionsFile,
  plansFile,
  thresholdsFile,
} from './schema.ts'

/** Something wrong in a catalog file: where it is, and what to write instead. */
export type CatalogProblem = { file: string; line: number; field: string; message: string }
export type CatalogResult = { ok: true; catalog: Catalog } | { ok: false; problems: readonly CatalogProblem[] }

export type CatalogFileName =
  | 'catalog.yaml'
  | 'meters.yaml'
  | 'plans.yaml'
  | 'boosters.yaml'
  | 'thresholds.yaml'
  | 'permissions.yaml'
  | 'operations.yaml'
  | 'alerts.yaml'
  | 'costs.yaml'
  | 'payment.yaml'

/**
 * Reads one catalog. `textOf` gives the text of a file; a file that is not there is an empty text. Reports everything that is wrong, not only the first
 * problem: first each file by itself, then what the files say about each other.
 */
export function parseCatalog(id: string, textOf: (name: CatalogFileName) => string): CatalogResult {
  const problems: CatalogProblem[] = []
  const read = <S extends z.ZodType>(name: CatalogFileName, schema: S): ParsedFile<z.output<S>> => parseFile(`${id}/${name}`, textOf(name), schema, problems)

  const about = read('catalog.yaml', catalogFile)
  const meters = read('meters.yaml', metersFile)
  const plans = read('plans.yaml', plansFile)
  const boosters = read('boosters.yaml', boostersFile)
  const thresholds = read('thresholds.yaml', thresholdsFile)
  const permissions = read('permissions.yaml', permissionsFile)
  const alerts = read('alerts.yaml', alertsFile)
  const costs = read('costs.yaml', costsFile)
  const payment = read('payment.yaml', paymentFile)
  const operations = read('operations.yaml', operationsFile)
  if (!about.ok || !meters.ok || !plans.ok || !boosters.ok || !thresholds.ok || !permissions.ok || !alerts.ok || !costs.ok || !payment.ok || !operations.ok)
    return { ok: false, problems }

  const catalog: Catalog = {
    id,
    ...about.value,
    meters: meters.value.meters,
    ...plans.value,
    boosters: boosters.value.boosters,
    thresholds: thresholds.value,
    permissions: permissions.value,
    ...(operations.value === null ? {} : { operations: operations.value.operations }),
    ...(alerts.value === null ? {} : { alerts: alerts.value }),
    ...(costs.value === null ? {} : { costs: costs.value }),
    ...(payment.value === null ? {} : { paymentMethods: payment.value.methods }),
    ...(payment.value?.seller === undefined ? {} : { seller: payment.value.seller }),
  }
  checkMeters(catalog, meters.report)
  checkUsageMetrics(catalog, about.report)
  checkPlans(catalog, about.report, plans.report)
  checkComparison(catalog, plans.report)
  checkBoosters(catalog, boosters.report)
  checkThresholds(catalog, thresholds.report)
  checkPermissions(catalog, permissions.report)
  checkAlerts(catalog, alerts.report)
  checkOperations(catalog, operations.report)
  checkCosts(catalog, costs.report)
  checkPayment(catalog, payment.report)
  return problems.length === 0 ? { ok: true, catalog } : { ok: false, problems }
}

export function describeProblem(problem: CatalogProblem): string {
  return `${problem.file}:${problem.line}: ${problem.field}: ${problem.message}`
}

type Path = readonly PropertyKey[]
export type Report = (path: Path, message: string) => void
type ParsedFile<T> = { ok: true; value: T; report: Report } | { ok: false }

export function parseFile<S extends z.ZodType>(file: string, text: string, schema: S, problems: CatalogProblem[]): ParsedFile<z.output<S>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const lineOf = (offset: number): number => lines.linePos(offset).line
  const report: Report = (path, message) => {
    problems.push({ file, line: lineOf(offsetOf(document, path)), field: path.length === 0 ? '(file)' : path.map(String).join('.'), message })
  }
  if (document.errors.length > 0) {
    for (const error of document.errors)
      problems.push({ file, line: lineOf(error.pos[0]), field: '(syntax)', message: error.message.split('\n', 1)[0] ?? error.code })
    return { ok: false }
  }
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { ok: true, value: parsed.data, report }
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) report([...issue.path, key], 'is not a field of this file')
    else report(issue.path, issue.message)
  }
  return { ok: false }
}

/** Where the field is written: its key if it has one, else the nearest part of the file around it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && item.key.toJSON() === key)
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

function checkMeters(catalog: Catalog, report: Report): void {
  const taken = new Set<string>()
  catalog.meters.forEach((meter, index) => {
    for (const name of [meter.id, ...meter.aliases]) {
      if (taken.has(name)) report(['meters', index, name === meter.id ? 'id' : 'aliases'], `the name ${name} is taken by a meter above`)
      taken.add(name)
    }
  })
}

function checkUsageMetrics({ meters, usageMetrics = [] }: Catalog, report: Report): void {
  usageMetrics.forEach(({ meterId, per }, index) => {
    if (!meters.some(({ id }) => id === meterId)) report(['usage_metrics', index, 'meter'], `there is no meter ${meterId}`)
    if (per === 0) report(['usage_metrics', index, 'per'], 'must be more than 0')
  })
}

function checkPlans(catalog: Catalog, reportAbout: Report, report: Report): void {
  reportRepeats(catalog.plans, 'plans', report)
  if (!catalog.plans.some(({ id }) => id === catalog.defaultPlan)) reportAbout(['default_plan'], `there is no plan ${catalog.defaultPlan}`)
  const meterIds = catalog.meters.map(({ id }) => id)
  catalog.plans.forEach((plan, index) => {
    for (const id of meterIds) if (!Object.hasOwn(plan.limits, id)) report(['plans', index, 'limits'], `says nothing about the meter ${id}`)
    for (const id of Object.keys(plan.limits)) if (!meterIds.includes(id)) report(['plans', index, 'limits', id], 'there is no such meter')
    plan.features?.forEach((feature, place) => {
      if (!catalog.meters.some((meter) => meter.feature === feature)) report(['plans', index, 'features', place], `no meter needs the feature ${feature}`)
    })
    for (const meter of catalog.meters) {
      if (!isInForce(meter, plan) && plan.limits[meter.id] !== 0)
        report(['plans', index, 'limits', meter.id], `must be 0: the plan does not have the feature ${meter.feature}`)
    }
    if (plan.seatPriceCents !== null && !catalog.meters.some(({ seats }) => seats)) report(['plans', index, 'seat_price_cents'], 'no meter counts seats')
  })
}

function checkComparison(catalog: Catalog, report: Report): void {
  const planIds = catalog.plans.map(({ id }) => id)
  catalog.comparison.forEach((row, index) => {
    if ('meterId' in row) {
      if (!catalog.meters.some(({ id }) => id === row.meterId)) report(['comparison', index, 'meter'], `there is no meter ${row.meterId}`)
      return
    }
    for (const id of planIds) if (!Object.hasOwn(row.values, id)) report(['comparison', index, 'values'], `says nothing about the plan ${id}`)
    for (const id of Object.keys(row.values)) if (!planIds.includes(id)) report(['comparison', index, 'values', id], 'there is no such plan')
  })
}

function checkBoosters(catalog: Catalog, report: Report): void {
  reportRepeats(catalog.boosters, 'boosters', report)
  catalog.boosters.forEach((booster, index) => {
    if (!catalog.meters.some(({ id }) => id === booster.resource)) report(['boosters', index, 'resource'], `there is no meter ${booster.resource}`)
    if (booster.amount === 0) report(['boosters', index, 'amount'], 'must be more than 0')
  })
}

function checkThresholds(catalog: Catalog, report: Report): void {
  const { levels } = catalog.thresholds
  if (levels[0]?.fromPercent !== 0 || !levels[0].inclusive)
    report(['levels', 0, 'from_percent'], 'the lowest level starts at 0, inclusive, so that every use has one')
  levels.forEach((level, index) => {
    const below = levels[index - 1]
    if (below !== undefined && level.fromPercent <= below.fromPercent)
      report(['levels', index, 'from_percent'], `must be above the ${below.fromPercent} of the level before it`)
  })
}

function checkPermissions(catalog: Catalog, report: Report): void {
  const { roles, actions } = catalog.permissions
  reportRepeats(roles, 'roles', report)
  reportRepeats(actions, 'actions', report)
  const roleIds = roles.map(({ id }) => id)
  actions.forEach((action, index) => {
    for (const id of roleIds) if (!Object.hasOwn(action.allow, id)) report(['actions', index, 'allow'], `says nothing about the role ${id}`)
    for (const id of Object.keys(action.allow)) if (!roleIds.includes(id)) report(['actions', index, 'allow', id], 'there is no such role')
  })
}

function checkCosts(catalog: Catalog, report: Report): void {
  const { services, users } = catalog.costs ?? { services: [], users: [] }
  reportRepeats(services, 'services', report)
  reportRepeats(users, 'users', report)
  const taken = new Set<string>()
  services.forEach((service, serviceIndex) => {
    service.categories.forEach((category, categoryIndex) => {
      category.uses.forEach(({ meterId, service: named }, useIndex) => {
        const path = ['services', serviceIndex, 'categories', categoryIndex, 'uses', useIndex]
        if (!catalog.meters.some(({ id }) => id === meterId)) report([...path, 'meter'], `there is no meter ${meterId}`)
        const key = JSON.stringify([meterId, named])
        if (taken.has(key)) report(path, `this use of ${meterId} is allocated above`)
        taken.add(key)
      })
    })
  })
}

function checkPayment(catalog: Catalog, report: Report): void {
  const methods = catalog.paymentMethods ?? []
  reportRepeats(methods, 'methods', report)
  methods.forEach((method, index) => {
    for (const id of method.plans ?? []) if (!catalog.plans.some((plan) => plan.id === id)) report(['methods', index, 'plans'], `there is no plan ${id}`)
  })
}

const changeable = aggregations.filter((aggregation) => meterKinds[aggregation].takesChange)

function checkOperations(catalog: Catalog, report: Report): void {
  const operations = catalog.operations ?? []
  reportRepeats(operations, 'operations', report)
  operations.forEach(({ meterId, writesTo }, index) => {
    if (writesTo !== undefined && !catalog.meters.some(({ id }) => id === writesTo)) report(['operations', index, 'writes_to'], `there is no meter ${writesTo}`)
    if (meterId === null) return
    const meter = catalog.meters.find(({ id }) => id === meterId)
    if (meter === undefined) report(['operations', index, 'meter'], `there is no meter ${meterId}`)
    else if (!meterKindOf(meter).takesChange) report(['operations', index, 'meter'], `${meterId} is no ${changeable.join(' or ')}`)
  })
}

function checkAlerts(catalog: Catalog, report: Report): void {
  const { channels, limits } = catalog.alerts ?? { channels: [], limits: [] }
  reportRepeats(channels, 'channels', report)
  reportRepeats(limits, 'limits', report)
  limits.forEach((alert, index) => {
    alert.channels.forEach((id, place) => {
      if (!channels.some((channel) => channel.id === id)) report(['limits', index, 'channels', place], `there is no channel ${id}`)
    })
  })
}

function reportRepeats(rows: readonly { readonly id: string }[], list: string, report: Report): void {
  rows.forEach((row, index) => {
    if (rows.findIndex(({ id }) => id === row.id) < index) report([list, index, 'id'], `the id ${row.id} is taken above`)
  })
}
