import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { texts } from '../base/texts/texts.ts'
import { Empty } from '../components/notice/notice.tsx'
import { appTexts } from './texts.ts'

type Props = { children: ReactNode /** Another value (the address) draws again. */; resetKey?: string }
type State = { error: Error | null; key: string | undefined }

/** A page that throws must not take the shell with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, key: this.props.resetKey }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.key ? null : { error: null, key: props.resetKey }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div role="alert">
        <Empty
          icon={IconAlertTriangle}
          title={appTexts.crash.title}
          actions={
            <>
              <Button onClick={() => this.setState({ error: null })}>{appTexts.crash.again}</Button>
              <Button variant="default" onClick={() => window.location.reload()}>
                {texts.actions.reload}
              </Button>
            </>
          }
        >
          <p>{appTexts.crash.text}</p>
          <p>
            {appTexts.crash.details}: <code>{error.message}</code>
          </p>
        </Empty>
      </div>
    )
  }
}
