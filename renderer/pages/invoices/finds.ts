import { paths } from '../../../shared/contract/console/pages.ts'
import { detailPart, openPartOn } from '../../base/address/address-part.ts'
import { format } from '../../base/format/format.ts'
import { chosenLocale } from '../../base/format/locale-choice.ts'
import { saveFile } from '../../components/file/save-file.ts'
import { notifyDone, notifyFailed } from '../../components/notice/notify.ts'
import { read } from '../../state/reads.ts'
import type { FindContext, PageFinds } from '../../components/find/page-finds.ts'
import { statusText } from './invoice-status.tsx'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.finds
/** As many as anybody looks through without typing on. */
const MOST_FOUND = 12

export const invoiceFinds: PageFinds = {
  async actions(context) {
    const reason = await context.refusal('invoices.find', searched(context, '', 1))
    return [{ id: 'export', label: words.export, reason, run: () => void exportAll(context).catch(notifyFailed) }]
  },
  things: {
    group: words.group,
    async find(context, typed) {
      const invoices = (await context.ask('invoices.find', searched(context, typed, MOST_FOUND))) ?? []
      return invoices.map(({ id, number, periodStart, amountCents, currency, status }) => ({
        id,
        label: number,
        note: [format.utcMonth(periodStart), format.money(amountCents, currency), statusText(status)].join(' · '),
        alsoCalled: `${status} ${new Date(periodStart).toISOString().slice(0, 7)}`,
        run: () => openPartOn(paths.invoices, detailPart, id),
      }))
    },
  },
}

function searched({ workspace }: FindContext, typed: string, limit: number) {
  return { workspaceId: workspace.id, words: typed.slice(0, 200), language: chosenLocale() ?? navigator.language, limit }
}

async function exportAll({ bridge, workspace, act }: FindContext): Promise<void> {
  const workspaceId = workspace.id
  const { invoices } = await read(bridge, 'invoices.list', { workspaceId })
  if (invoices.length === 0) return notifyDone(words.none)
  const ids = invoices.map(({ id }) => id).slice(0, 10_000)
  const file = await act('invoices.export', { workspaceId, ids, format: 'csv-for-spreadsheets', language: navigator.language })
  if (file !== null) saveFile(file)
}
