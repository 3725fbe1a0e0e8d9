import { usageTexts } from '../texts.ts'
import type { UsageFileRun } from './usage-file-run.ts'

/** Where a file is, in one sentence. */
export function statusOf({ fileName, sizeBytes, step, end, bytesRead, preview, report, isCancelAsked }: UsageFileRun): string {
  const words = usageTexts.file
  const toSend = preview?.toSend ?? 0
  const sent = report?.sent ?? 0
  if (step === 'reading') return words.reading(fileName, bytesRead, sizeBytes)
  if (step === 'preview') return words.read(fileName, preview?.rows ?? 0)
  if (step === 'sending') return isCancelAsked ? words.cancelling : words.sending(fileName, sent, toSend)
  switch (end) {
    case 'done':
      return words.done(fileName, sent)
    case 'cancelled':
      return words.cancelled(sent, toSend)
    case 'stopped':
      return words.stopped(sent, toSend)
    default:
      return words.unread(fileName)
  }
}
