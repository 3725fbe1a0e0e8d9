import type { CsvValue } from '../csv.ts'

/** Versions of FOCUS (FinOps Open Cost and Usage Specification, dataset "Cost and Usage") that are written. */
export const focusVersions = ['1.2', '1.3'] as const
export type FocusVersion = (typeof focusVersions)[number]

/** Mandatory in 1.2, in the specification's order. */
export const MANDATORY_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
] as const

/** Conditional and recommended ones that are known here. */
const KNOWN_COLUMNS = [
  'ChargeFrequency',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedUnitPrice',
  'InvoiceId',
  'ListUnitPrice',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'Tags',
] as const
/** 1.3 says apart who sells a service and on whose machines it runs; the names of 1.2 stay until they are taken away. */
const COLUMNS_OF_1_3 = ['HostProviderName', 'ServiceProviderName'] as const
const OWN_COLUMNS = ['x_CategoryId', 'x_MeterId', 'x_ServiceId', 'x_UserId'] as const

type Column = (typeof MANDATORY_COLUMNS)[number] | (typeof KNOWN_COLUMNS)[number] | (typeof COLUMNS_OF_1_3)[number] | (typeof OWN_COLUMNS)[number]
export type FocusRow = Record<Column, CsvValue>

export function focusColumns(version: FocusVersion): readonly Column[] {
  return [...MANDATORY_COLUMNS, ...KNOWN_COLUMNS, ...(version === '1.3' ? COLUMNS_OF_1_3 : []), ...OWN_COLUMNS]
}
