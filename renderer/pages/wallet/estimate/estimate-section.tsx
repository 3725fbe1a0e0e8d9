import { NativeSelect, TextInput } from '@mantine/core'
import { IconReceiptOff } from '@tabler/icons-react'
import { useState } from 'react'
import { CREATION, EXISTENCE } from '../../../../shared/billing/price-book.ts'
import type { PricesView, WalletView } from '../../../../shared/contract/console/wallet.ts'
import { au, identifierWords } from '../../../base/format/au-amounts.ts'
import { groupedNumber, wholeNumberFrom } from '../../../base/format/typed-number.ts'
import { Empty, ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useKeptRead, useRead } from '../../../state/reads.ts'
import { CostChip } from '../cost-chip.tsx'
import { Spending, type Wanted } from '../spending.tsx'
import { walletTexts } from '../texts.ts'
import classes from '../wallet.module.css'
import { EstimateLines } from './estimate-lines.tsx'

type Wallet = NonNullable<WalletView['wallet']>
type Element = PricesView['elements'][number]
type Props = {
  workspaceId: string
  wallet: Wallet
  element: string | null
  operation: string | null
  onChoose: (element: string, operation: string | null) => void
}

const words = walletTexts.estimate

/** Costs an operation before it runs. Works without a network: tables and resolver are here. */
export function EstimateSection({ workspaceId, wallet, element: elementId, operation: wantedOperation, onChoose }: Props) {
  const { data: prices, error, refetch } = useRead('wallet.prices', { workspaceId })
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (prices === undefined) return null
  const element = prices?.elements.find(({ id }) => id === elementId) ?? prices?.elements[0]
  if (prices === null || element === undefined)
    return (
      <Empty icon={IconReceiptOff} title={words.noPrices}>
        {words.noPricesText}
      </Empty>
    )
  const operations = operationsOf(element)
  const operation = operations.find((one) => one === wantedOperation) ?? operations[0] ?? CREATION.operation
  return (
    <Section title={words.title} note={words.note}>
      <div className={classes.choice}>
        <NativeSelect
          label={words.element}
          value={element.id}
          data={prices.categories.map(({ id, name }) => ({
            group: name,
            items: prices.elements.filter(({ category }) => category === id).map((one) => ({ value: one.id, label: one.name })),
          }))}
          onChange={(event) => onChoose(event.currentTarget.value, null)}
        />
        <NativeSelect
          label={words.operation}
          value={operation}
          data={operations.map((one) => ({ value: one, label: identifierWords(one) }))}
          onChange={(event) => onChoose(element.id, event.currentTarget.value)}
        />
      </div>
      <Calculation key={`${element.id} ${operation}`} workspaceId={workspaceId} wallet={wallet} element={element} operation={operation} />
    </Section>
  )
}

/** What a person runs; daily existence is the platform's own operation. Creation last: it is the rarest. */
function operationsOf({ prices }: Element): string[] {
  const all = [...new Set(prices.map(({ operation }) => operation))].filter((operation) => operation !== EXISTENCE.operation)
  return all.toSorted((one, other) => Number(one === CREATION.operation) - Number(other === CREATION.operation))
}

function Calculation({ workspaceId, wallet, element, operation }: { workspaceId: string; wallet: Wallet; element: Element; operation: string }) {
  const rates = element.prices.filter((rate) => rate.operation === operation)
  const creates = operation === CREATION.operation
  const [typed, setTyped] = useState<Record<string, string>>({})
  const textOf = (dimension: string): string => typed[dimension] ?? (creates ? '1' : '0')
  const values = rates.map(({ dimension }) => ({ dimension, value: wholeNumberFrom(textOf(dimension)) }))
  const isComplete = values.every(({ value }) => value !== null)
  const quantities = Object.fromEntries(values.map(({ dimension, value }) => [dimension, value ?? 0]))
  const { data, error, isBusy } = useKeptRead('wallet.estimate', isComplete ? { workspaceId, element: element.id, operation, quantities } : null)
  const short = data ? BigInt(data.totalMicroAu) - BigInt(wallet.availableMicroAu) : 0n
  const wanted: Wanted = creates ? { kind: 'create', element: element.id, name: null } : { kind: 'run', element: element.id, operation, quantities }
  const free = data?.totalMicroAu === '0'
  return (
    <>
      {!creates && (
        <fieldset className={classes.quantities}>
          <legend className={classes.small}>{words.quantities}</legend>
          {rates.map(({ dimension, dimensionName, units }) => (
            <TextInput
              key={dimension}
              label={words.quantity(dimensionName, units)}
              value={textOf(dimension)}
              inputMode="numeric"
              maxLength={24}
              // Empty is not wrong yet: the button says what it waits for.
              error={textOf(dimension).trim() !== '' && wholeNumberFrom(textOf(dimension)) === null ? words.wrong : null}
              // What is typed takes the place of the 0, and does not come beside it.
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => {
                const { value } = event.currentTarget
                setTyped((before) => ({ ...before, [dimension]: value }))
              }}
              onBlur={() => setTyped((before) => ({ ...before, [dimension]: groupedNumber(textOf(dimension)) }))}
            />
          ))}
        </fieldset>
      )}
      {rates.length === 0 && <p className={classes.small}>{words.free}</p>}
      <ErrorNotice error={error} />
      {data && (
        <>
          <EstimateLines lines={data.lines} totalMicroAu={data.totalMicroAu} />
          <div className={classes.verdict} aria-live="polite">
            <CostChip chip={data.chip} totalMicroAu={data.totalMicroAu} />
            <span className={classes.small}>{words.after(au(BigInt(wallet.balanceMicroAu) - BigInt(data.totalMicroAu)))}</span>
            {data.approvalRequired && <span className={classes.small}>{words.approval}</span>}
          </div>
          {wallet.hardWall && short > 0n && !free && <Notice tone="amber">{words.over(au(short))}</Notice>}
          <Spending
            workspaceId={workspaceId}
            circle={wallet.circle}
            wanted={wanted}
            what={`${element.name}, ${identifierWords(operation).toLowerCase()}`}
            label={creates ? words.create(au(data.totalMicroAu)) : free ? words.runFree : words.run(au(data.totalMicroAu))}
            reason={!isComplete ? words.incomplete : isBusy ? words.calculating : null}
          />
        </>
      )}
    </>
  )
}
