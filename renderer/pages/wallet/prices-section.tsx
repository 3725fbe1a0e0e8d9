import { Button } from '@mantine/core'
import { IconArrowLeft, IconReceiptOff } from '@tabler/icons-react'
import { EXISTENCE } from '../../../shared/billing/price-book.ts'
import type { PricesView } from '../../../shared/contract/console/wallet.ts'
import { au, identifierWords } from '../../base/format/au-amounts.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead } from '../../state/reads.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'

type Element = PricesView['elements'][number]
type Props = {
  workspaceId: string
  /** Null: all of them. */
  element: string | null
  onOpen: (element: string | null) => void
  onEstimate: (element: string, operation: string | null) => void
}

const words = walletTexts.prices

/** Every element with its price page, resolved from the tables that the platform bills against. (seed: triform) */
export function PricesSection({ workspaceId, element: elementId, onOpen, onEstimate }: Props) {
  const { data, error, refetch } = useRead('wallet.prices', { workspaceId })
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return null
  if (data === null)
    return (
      <Empty icon={IconReceiptOff} title={walletTexts.estimate.noPrices}>
        {walletTexts.estimate.noPricesText}
      </Empty>
    )
  const element = data.elements.find(({ id }) => id === elementId)
  if (element) return <ElementPage element={element} onBack={() => onOpen(null)} onEstimate={onEstimate} />
  if (elementId !== null)
    return (
      <Empty icon={IconReceiptOff} title={words.unknown(elementId)} actions={<Button onClick={() => onOpen(null)}>{words.back}</Button>}>
        {words.unknownText}
      </Empty>
    )
  return data.categories.map((category) => {
    const elements = data.elements.filter((one) => one.category === category.id)
    return (
      <Section key={category.id} title={category.name} note={category.description} flush>
        <ul className={classes.elements}>
          {elements.map((one) => (
            <li key={one.id}>
              <button type="button" className={classes.element} onClick={() => onOpen(one.id)}>
                <span className={table.strong}>{one.name}</span>
                <span className={classes.small}>{one.description}</span>
                <span className={classes.existence}>{words.aDay(au(existenceOf(one)))}</span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
    )
  })
}

function ElementPage({ element, onBack, onEstimate }: { element: Element; onBack: () => void; onEstimate: Props['onEstimate'] }) {
  return (
    <>
      <div>
        <Button variant="subtle" color="gray" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
          {words.back}
        </Button>
      </div>
      <Section
        title={element.name}
        note={`${element.categoryName}. ${element.description}`}
        flush
        actions={<Button onClick={() => onEstimate(element.id, null)}>{words.estimate}</Button>}
      >
        <h3 className={classes.heading}>{words.section}</h3>
        <p className={classes.inset}>{words.note}</p>
        <div className={table.wrap}>
          <table className={table.table} aria-label={words.open(element.name)}>
            <thead>
              <tr>
                <th scope="col">{words.columns.operation}</th>
                <th scope="col">{words.columns.dimension}</th>
                <th scope="col">{words.columns.rate}</th>
                <th scope="col">{words.columns.scope}</th>
              </tr>
            </thead>
            <tbody>
              {element.prices.map((rate) => (
                <tr key={`${rate.operation} ${rate.dimension}`}>
                  <td>{identifierWords(rate.operation)}</td>
                  <td>{rate.dimensionName}</td>
                  <td>{walletTexts.estimate.rate(au(rate.rateMicroAu), rate.per, rate.unit)}</td>
                  <td>{walletTexts.scopes[rate.scope]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </>
  )
}

function existenceOf({ prices }: Element): string {
  return prices.find(({ operation, dimension }) => operation === EXISTENCE.operation && dimension === EXISTENCE.dimension)?.rateMicroAu ?? '0'
}
