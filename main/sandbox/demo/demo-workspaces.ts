import { createHash } from 'node:crypto'
import type { Deployment } from '../store/schema.ts'

export type DemoWorkspace = {
  /** Names it within the seed; its ids are made from it. */
  readonly key: string
  readonly name: string
  readonly catalog: string
  /** The plan that it has bought; the catalog's default plan: nothing was bought. */
  readonly plan: string
  /** `self-hosted`: it has no billing. Left out: `platform`. */
  readonly deployment?: Deployment
  readonly billingEmail: string
  /** Where the customer is, ISO 3166-1 alpha-2; it decides which ways to pay there are. */
  readonly billingCountry?: string
  /** Where text messages of alerts go, E.164. */
  readonly billingPhone?: string
  /** How far back its past reaches. 0: it begins with the first start. */
  readonly pastMonths: number
  /** Of a plan without a list price: what was agreed on for a month. Its invoices are paid but for the last two, of which the older one is overdue. */
  readonly agreedPriceCents?: number
  /** Nobody makes up what it has used: it is there for its invoices. */
  readonly withoutHistory?: true
  /** Of a catalog with a wallet: the name of its first circle in paths. */
  readonly circle?: string
  /** A request of this computer without credentials is its first member's. */
  readonly answersAnybody?: true
  /** In their order: a console signs in with the first. */
  readonly members: readonly { readonly name: string; readonly role: string }[]
}

/** The first is the one that a console opens with. */
export const demoWorkspaces: readonly DemoWorkspace[] = [
  {
    key: 'harbour',
    name: 'Harbour Research',
    catalog: 'layer-a',
    plan: 'free',
    billingEmail: 'billing@harbour.example',
    pastMonths: 0,
    members: team('Tess Tenant', 'Paula Platform', 'Ben Billing'),
  },
  {
    key: 'acme',
    answersAnybody: true,
    name: 'Acme Cloud',
    catalog: 'truss',
    plan: 'pro',
    billingEmail: 'billing@acme.example',
    pastMonths: 15,
    members: team('Tara Okafor', 'Piotr Nowak', 'Bea Lindqvist'),
  },
  {
    key: 'lockwell',
    name: 'Lockwell Notaries',
    catalog: 'truthlocks',
    plan: 'business',
    billingEmail: 'accounts@lockwell.example',
    pastMonths: 15,
    members: team('Theo Marchetti', 'Priya Raman', 'Bruno Keller'),
  },
  {
    key: 'basalt',
    name: 'Basalt Circle',
    catalog: 'triform',
    plan: 'freemium',
    billingEmail: 'money@basalt.example',
    pastMonths: 15,
    circle: 'basalt',
    members: team('Tove Strand', 'Pascal Roche', 'Berit Holm'),
  },
  {
    key: 'northwind',
    name: 'Northwind Insights',
    catalog: 'analytics',
    plan: 'professional',
    billingEmail: 'finance@northwind.example',
    billingCountry: 'US',
    billingPhone: '+15550100147',
    pastMonths: 15,
    members: team('Tomás Vidal', 'Petra Schulz', 'Brian Osei'),
  },
]

/** A customer by agreement: a price of its own, invoices to be paid within 30 days, one of them open and one overdue. */
export const enterpriseWorkspace: DemoWorkspace = {
  key: 'meridian',
  name: 'Meridian Grid',
  catalog: 'analytics',
  plan: 'enterprise',
  billingEmail: 'payables@meridian.example',
  billingCountry: 'DE',
  pastMonths: 5,
  agreedPriceCents: 240_000,
  withoutHistory: true,
  members: team('Tilda Krüger', 'Pablo Ferrer', 'Birgit Sand'),
}

/** What `--self-hosted` adds: the same sealed envelopes on a deployment of one's own, where nothing is billed. (seed: layer-a, "billing is platform-only") */
export const selfHostedWorkspace: DemoWorkspace = {
  key: 'lighthouse',
  name: 'Lighthouse (self-hosted)',
  catalog: 'layer-a',
  // The largest limits that the catalog knows: nobody sells larger ones here.
  plan: 'team',
  deployment: 'self-hosted',
  billingEmail: 'ops@lighthouse.example',
  pastMonths: 0,
  members: team('Lena Lund', 'Per Dahl', 'Ida Holt'),
}

function team(tenantAdmin: string, platformAdmin: string, billingContact: string): DemoWorkspace['members'] {
  return [
    { name: tenantAdmin, role: 'tenant_admin' },
    { name: platformAdmin, role: 'platform_admin' },
    { name: billingContact, role: 'billing_contact' },
  ]
}

export function demoWorkspaceId(seed: number, key: string): string {
  return seededUuid(seed, `workspace/${key}`)
}

export function demoMemberId(seed: number, key: string, role: string): string {
  return seededUuid(seed, `member/${key}/${role}`)
}

export function demoSubscriptionId(seed: number, key: string): string {
  return seededUuid(seed, `subscription/${key}`)
}

/** The token of a demo member: the same for the same seed, so that a script can be written against it. */
export function demoToken(seed: number, memberId: string): string {
  return `tdm_${seededHash(seed, `token/${memberId}`).slice(0, 48)}`
}

function seededHash(seed: number, purpose: string): string {
  return createHash('sha256').update(`tidemark sandbox ${seed} ${purpose}`).digest('hex')
}

/** A UUID (version 8: made by a rule of our own, RFC 9562 §5.8) that is the same for the same seed. */
export function seededUuid(seed: number, purpose: string): string {
  const hex = seededHash(seed, purpose)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
