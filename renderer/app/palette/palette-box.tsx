import { Highlight, Modal, VisuallyHidden } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useReturnToOpener } from '../../components/dialog/return-to-opener.ts'
import { appTexts } from '../texts.ts'
import { type Hit, inGroups, moved, noHits, withHits } from './hit-list.ts'
import classes from './palette.module.css'
import { paletteTexts } from './texts.ts'

const words = paletteTexts

type Props = {
  typed: string
  onType: (typed: string) => void
  /** What fits, as it would stand if nobody had seen any of it yet. */
  wanted: readonly Hit[]
  /** False: more may come. */
  isComplete: boolean
  onClose: () => void
}

/** The field and the list below it. The keyboard stays in the field; the selected hit is named to a screen reader from there. */
export function PaletteBox({ typed, onType, wanted, isComplete, onClose }: Props) {
  const id = useId()
  const [kept, setKept] = useState(() => ({ wanted, list: withHits(noHits, typed, wanted) }))
  const list = isSame(kept.wanted, wanted) && kept.list.typed === typed ? kept.list : withHits(kept.list, typed, wanted)
  if (list !== kept.list) setKept({ wanted, list })
  const { hits, selected } = list
  useReturnToOpener()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (selected !== null) box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  function run(hit: Hit | undefined): void {
    if (hit === undefined || hit.reason) return
    onClose()
    hit.run()
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter that ends the choice of a character is none for the palette.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setKept({ wanted, list: moved(list, event.key === 'ArrowDown' ? 1 : -1) })
    else if (event.key === 'Enter') run(hits.find(({ key }) => key === selected))
    else return
    event.preventDefault()
  }

  const optionId = (key: string): string => `${id}-${hits.findIndex((hit) => hit.key === key)}`
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      returnFocus={false}
      size={600}
      yOffset="min(80px, 8vh)"
      padding={0}
      zIndex="var(--mantine-z-index-max)"
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': appTexts.palette.open } }}
      classNames={{ body: classes.box ?? '' }}
    >
      <div className={classes.field}>
        <IconSearch size={17} aria-hidden />
        <input
          className={classes.input}
          type="text"
          role="combobox"
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          aria-autocomplete="list"
          aria-expanded={hits.length > 0}
          {...(hits.length > 0 && selected !== null ? { 'aria-controls': `${id}-list`, 'aria-activedescendant': optionId(selected) } : {})}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          ref={focusAtOnce}
          data-autofocus
          value={typed}
          onChange={(event) => onType(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <VisuallyHidden role="status">{typed.trim() !== '' && isComplete ? words.found(hits.length) : ''}</VisuallyHidden>
      {hits.length > 0 && (
        <div className={classes.list} id={`${id}-list`} role="listbox" aria-label={words.hits} ref={box}>
          {inGroups(hits).map((block) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
            <div key={block.key} role="group" aria-label={block.group}>
              <div className={classes.group} aria-hidden>
                {block.group}
              </div>
              {block.hits.map((hit) => (
                <Option key={hit.key} id={optionId(hit.key)} hit={hit} typed={typed} isSelected={hit.key === selected} onRun={() => run(hit)} />
              ))}
            </div>
          ))}
        </div>
      )}
      {hits.length === 0 && (
        <div className={classes.nothing}>
          {isComplete && (
            <>
              <p>{words.nothing}</p>
              <p className={classes.note}>{words.nothingHint}</p>
            </>
          )}
        </div>
      )}
    </Modal>
  )
}

function Option({ id, hit, typed, isSelected, onRun }: { id: string; hit: Hit; typed: string; isSelected: boolean; onRun: () => void }) {
  const note = hit.reason ?? hit.note ?? ''
  const typedWords = typed.split(/\s+/).filter((word) => word !== '')
  return (
    // The keyboard is in the field, which names this option as the active one.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      id={id}
      className={classes.option}
      role="option"
      aria-selected={isSelected}
      aria-disabled={hit.reason ? true : undefined}
      // A press must not take the keyboard out of the field.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onRun}
    >
      <Highlight component="span" className={classes.label} highlight={typedWords}>
        {hit.label}
      </Highlight>
      {note !== '' && <span className={classes.note}>{note}</span>}
    </div>
  )
}

/** The focus trap of the window comes a moment later: what is typed right after the key would be lost. */
function focusAtOnce(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true })
}

/** Made anew with every drawing: the same hits, with the same words, are the same list. */
function isSame(before: readonly Hit[], after: readonly Hit[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ key, label, note, reason }, place) => {
      const other = after[place]
      return other !== undefined && other.key === key && other.label === label && other.note === note && other.reason === reason
    })
  )
}
