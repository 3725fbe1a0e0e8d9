/** Runs the published requirements model of FOCUS 1.2 (finopsfoundation/focus_validator) on the rows of a file. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const FOCUS_MODEL = '../shared/vectors/focus-model-1.2.json'

type Check = {
  CheckFunction?: string | undefined
  Items?: Check[] | undefined
  ModelRuleId?: string | undefined
  ColumnName?: string | undefined
  Value?: string | number | null | undefined
  ColumnAName?: string | undefined
  ColumnBName?: string | undefined
  ResultColumnName?: string | undefined
  ExpectedCount?: number | undefined
}
const check: z.ZodType<Check> = z.lazy(() =>
  z.object({
    CheckFunction: z.string().optional(),
    Items: z.array(check).optional(),
    ModelRuleId: z.string().optional(),
    ColumnName: z.string().optional(),
    Value: z.union([z.string(), z.number(), z.null()]).optional(),
    ColumnAName: z.string().optional(),
    ColumnBName: z.string().optional(),
    ResultColumnName: z.string().optional(),
    ExpectedCount: z.number().optional(),
  }),
)
const model = z.object({
  ModelRules: z.record(
    z.string(),
    z.object({
      Reference: z.string(),
      EntityType: z.string(),
      ApplicabilityCriteria: z.array(z.string()),
      Type: z.string(),
      Status: z.string(),
      ValidationCriteria: z.object({ Keyword: z.string(), Requirement: check, Condition: check }),
    }),
  ),
})
type Model = z.output<typeof model>
type Row = Readonly<Record<string, string>>

/** What a platform of ours does, in the model's words; what it does not (commitments, regions, sub-accounts …) has no column. */
const SUPPORTED = new Set(['PUBLIC_PRICE_LIST_SUPPORTED', 'USAGE_MEASUREMENT_SUPPORTED', 'UNIT_PRICING_SUPPORTED', 'TAGGING_SUPPORTED'])

/** The model as published, but for what it says otherwise than the text of the specification. */
export function readModel(): Model {
  const published = model.parse(JSON.parse(readFileSync(FOCUS_MODEL, 'utf8')))
  for (const [id, { asPublished, byText }] of Object.entries(textDiffers)) {
    const criteria = published.ModelRules[id]?.ValidationCriteria
    if (JSON.stringify(criteria?.Condition) !== JSON.stringify(asPublished))
      throw new Error(`The model says something new in ${id}: does the text still differ?`)
    if (criteria !== undefined) criteria.Condition = byText
  }
  return published
}

/** Where model and text differ the text counts. */
const textDiffers: Record<string, { asPublished: Check; byText: Check }> = {
  // The text, of usage: null is not allowed where the class is not "Correction", and allowed where it is. The model has the two turned round.
  'ConsumedQuantity-C-006-C': {
    asPublished: { CheckFunction: 'CheckValue', ColumnName: 'ChargeClass', Value: 'Correction' },
    byText: { CheckFunction: 'CheckNotValue', ColumnName: 'ChargeClass', Value: 'Correction' },
  },
}

/** How many rules were run, and which were broken, with the first row that breaks each. */
export function heldAgainst({ ModelRules: rules }: Model, rows: readonly Row[]): { ran: number; broken: { rule: string; row: Row }[] } {
  const columns = new Set(Object.keys(rows[0] ?? {}))
  const named = new Set<string>()
  const collect = ({ ModelRuleId: id, Items: items = [] }: Check): void => {
    if (id !== undefined) named.add(id)
    items.forEach(collect)
  }
  for (const rule of Object.values(rules)) collect(rule.ValidationCriteria.Requirement)
  const broken = new Map<string, Row>()
  const ran = new Set<string>()

  const counted = new Map<string, Map<string | undefined, Set<string | undefined>>>()
  /** For each value of one column those of another that stand beside it. */
  const distinct = (one: string, other: string): Map<string | undefined, Set<string | undefined>> => {
    const known = counted.get(`${one} ${other}`)
    if (known !== undefined) return known
    const made = new Map([...Map.groupBy(rows, (row) => row[one])].map(([value, own]) => [value, new Set(own.map((row) => row[other]))]))
    counted.set(`${one} ${other}`, made)
    return made
  }
  const conditionHolds = (condition: Check, row: Row): boolean => condition.CheckFunction === undefined || holds(condition, row)
  const holds = (each: Check, row: Row): boolean => {
    const { CheckFunction: name, ColumnName: column = '', Value: value, Items: items = [] } = each
    const text = row[column] ?? ''
    switch (name) {
      case 'AND':
        return items.every((item) => holds(item, row))
      case 'OR':
        return items.some((item) => holds(item, row))
      case 'CheckModelRule': {
        const rule = rules[each.ModelRuleId ?? '']
        if (rule === undefined) throw new Error(`The model has no rule ${each.ModelRuleId}`)
        const { Condition: condition, Requirement: requirement } = rule.ValidationCriteria
        return !conditionHolds(condition, row) || requirement.CheckFunction === undefined || holds(requirement, row)
      }
      case 'ColumnPresent':
        return columns.has(column)
      case 'CheckValue':
        return text === (value === null || value === undefined ? '' : String(value))
      case 'CheckNotValue':
        return text !== (value === null || value === undefined ? '' : String(value))
      case 'CheckSameValue':
        return row[each.ColumnAName ?? ''] === row[each.ColumnBName ?? '']
      case 'CheckNotSameValue':
        return row[each.ColumnAName ?? ''] !== row[each.ColumnBName ?? '']
      case 'CheckGreaterOrEqualThanValue':
        return text === '' || Number(text) >= Number(value)
      case 'TypeDecimal':
      case 'FormatNumeric':
      case 'CheckDecimalValue':
        return text === '' || /^-?\d+(?:\.\d+)?$/.test(text)
      case 'TypeDateTime':
      case 'FormatDateTime':
        return text === '' || (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text)))
      case 'TypeString':
        return true
      case 'FormatString':
        return text === text.trim() && !/\p{Cc}/u.test(text)
      case 'FormatCurrency':
      case 'CheckNationalCurrency':
        return text === '' || /^[A-Z]{3}$/.test(text)
      case 'FormatUnit':
        return text === '' || /^(?:[1-9]\d* )?(?:[KMGTPE]i?B|B|(?:\p{Lu}\S*)(?: \S+)*s|Data)(?:-(?:Hours|Days|Months))?$/u.test(text)
      case 'FormatKeyValue':
        return text === '' || isKeyValue(text)
      case 'ColumnByColumnEqualsColumnValue':
        return isProduct(row[each.ColumnAName ?? ''] ?? '', row[each.ColumnBName ?? ''] ?? '', row[each.ResultColumnName ?? ''] ?? '')
      case 'CheckDistinctCount': {
        const key = row[each.ColumnAName ?? ''] ?? ''
        if (key === '') return true
        return distinct(each.ColumnAName ?? '', each.ColumnBName ?? '').get(key)?.size === each.ExpectedCount
      }
      default:
        throw new Error(`The model has a check ${name} that is not known here`)
    }
  }
  /** Down to the single rules, each under the conditions above it. */
  const run = (id: string, applies: (row: Row) => boolean): void => {
    const rule = rules[id]
    if (rule === undefined || rule.Status !== 'Active' || !rule.ApplicabilityCriteria.every((criterion) => SUPPORTED.has(criterion))) return
    const { Keyword: keyword, Condition: condition, Requirement: requirement } = rule.ValidationCriteria
    if (rule.EntityType === 'Column' && !columns.has(rule.Reference)) return
    if (keyword !== 'MUST' && keyword !== 'MUST NOT') return
    const here = (row: Row): boolean => applies(row) && conditionHolds(condition, row)
    const children = requirement.CheckFunction === 'AND' ? (requirement.Items ?? []).filter(({ ModelRuleId: child }) => child !== undefined) : []
    if (children.length > 0) {
      for (const { ModelRuleId: child } of children) run(child ?? '', here)
      return
    }
    if (requirement.CheckFunction === undefined) return
    ran.add(id)
    const wrong = rows.find((row) => here(row) && !holds(requirement, row))
    if (wrong !== undefined && !broken.has(id)) broken.set(id, wrong)
  }
  for (const id of Object.keys(rules)) if (!named.has(id)) run(id, () => true)
  return { ran: ran.size, broken: [...broken].map(([rule, row]) => ({ rule, row })) }
}

function isKeyValue(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((each) => typeof each !== 'object' || each === null)
    )
  } catch {
    return false
  }
}

/** Without a float: 0.1 × 3 is 0.3. */
function isProduct(one: string, other: string, result: string): boolean {
  if (one === '' || other === '' || result === '') return true
  const [a, b, c] = [scaled(one), scaled(other), scaled(result)]
  return a * b === c * 10n ** 20n
}

/** To twenty digits behind the point. */
function scaled(text: string): bigint {
  const [whole = '0', rest = ''] = text.replace('-', '').split('.')
  const value = BigInt(`${whole}${rest.slice(0, 20).padEnd(20, '0')}`)
  return text.startsWith('-') ? -value : value
}
