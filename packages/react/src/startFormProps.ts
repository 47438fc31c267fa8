import { createElement, type FormHTMLAttributes, type ReactNode } from 'react'
import { connectFlowOf } from './client/connectFlow.ts'
import type { ClientCore } from './client/createClientCore.ts'
import type { FlowSubject } from './client/openAttempt.ts'

/** Props of a form with its hidden fields. */
export type StartFormProps = FormHTMLAttributes<HTMLFormElement> & { readonly children: ReactNode }

/** Props of the form that starts the present attempt of a flow from a real submit button. */
export function startFormProps(client: ClientCore, subject: FlowSubject): StartFormProps {
  const { getForm, submitted } = connectFlowOf(client, subject)
  const { action, fields } = getForm()
  return {
    action,
    method: 'post',
    target: '_blank',
    // Once the browser has sent it: a form that React takes off the page meanwhile is not sent at all.
    onSubmit: () => void setTimeout(submitted),
    children: fields.map(([name, value]) => createElement('input', { key: name + value, type: 'hidden', name, value })),
  }
}
