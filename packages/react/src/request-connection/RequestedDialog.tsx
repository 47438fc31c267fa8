'use client'
import { useId, useState, type ReactNode } from 'react'
import type { ProviderSummary } from '@authpipe/core'
import { useLook } from '../appearance/useLook.ts'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { fillIn } from '../messages.ts'
import { ModalDialog } from '../modal-dialog/ModalDialog.tsx'
import { ProviderLogo } from '../provider-logo/ProviderLogo.tsx'
import { useAuthpipe } from '../useAuthpipe.ts'
import type { RequestedConnectionProps } from './RequestedConnection.tsx'
import { requestTexts } from './requestTexts.ts'

interface RequestedDialogProps extends RequestedConnectionProps {
  readonly summary: ProviderSummary
  readonly close: () => void
}

/** The question of `RequestedConnection`, loaded where there is one. */
export function RequestedDialog({ summary, close, workspace, className, style, ...looks }: RequestedDialogProps): ReactNode {
  const { app, providers, messages } = useAuthpipe()
  const texts = { ...requestTexts, ...messages.requestConnection }
  const { element, variables } = useLook(looks, undefined)
  const id = useId()
  const [isDone, setDone] = useState(false)
  const name = providers[summary.id]?.name ?? summary.name
  const write = (text: string): string => fillIn(text, { provider: name, app: app?.name ?? texts.thisApp, workspace: workspace ?? texts.thisWorkspace })
  return (
    <ModalDialog open onClose={close} aria-labelledby={`${id}title`} aria-describedby={`${id}text`} {...element('dialog', 'ap-dialog', variables, className, style)}>
      <ProviderLogo provider={summary.id} name={name} />
      <h2 {...element('dialogTitle', '')} id={`${id}title`}>
        {write(texts.title)}
      </h2>
      <p id={`${id}text`}>{write(texts.explanation)}</p>
      <div className="ap-footer">
        <button type="button" className="ap-button" onClick={close}>
          {isDone ? texts.close : texts.decline}
        </button>
        <ConnectButton provider={summary.id} variant="primary" onSuccess={() => setDone(true)} />
      </div>
    </ModalDialog>
  )
}
