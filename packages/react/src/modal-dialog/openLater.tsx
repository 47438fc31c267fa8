'use client'
import { useEffect, type ComponentType, type ReactNode } from 'react'
import type { AuthpipeError } from '@authpipe/core'
import { loadingError } from '../client/loadingError.ts'
import { useLater } from '../useLater.ts'

interface DialogProps {
  readonly open?: boolean | undefined
  readonly defaultOpen?: boolean | undefined
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  readonly onError?: ((error: AuthpipeError) => void) | undefined
}

/** A dialog whose code is loaded when it is first opened. Where that fails it is closed again, and `onError` hears of it. */
export function openLater<Props extends DialogProps>(load: () => Promise<{ readonly default: ComponentType<Props> }>): (props: Props) => ReactNode {
  return function LaterDialog(props: Props): ReactNode {
    const loaded = useLater(load, props.open ?? props.defaultOpen ?? true)
    const hasFailed = loaded === null
    useEffect(() => {
      if (!hasFailed) return
      props.onError?.(loadingError(undefined))
      props.onOpenChange?.(false)
      // oxlint-disable-next-line react/exhaustive-deps -- told once
    }, [hasFailed])
    return loaded && <loaded.default {...props} />
  }
}
