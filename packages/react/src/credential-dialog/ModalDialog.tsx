'use client'
import { useLayoutEffect, useRef, type ReactNode } from 'react'

interface ModalDialogProps {
  readonly labelledBy: string
  /** Whether there is something to lose, so that a click beside the dialog keeps it open. */
  readonly isDirty: boolean
  /** The user wants it closed. */
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * A native modal dialog, open for as long as it is rendered: the browser keeps the focus in it, takes Escape and gives the focus
 * back. Where a browser (or jsdom) has no `showModal`, it is an open dialog on the page.
 */
export function ModalDialog({ labelledBy, isDirty, onClose, children }: ModalDialogProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    const before = document.activeElement
    if (hasModals(dialog)) {
      dialog.showModal()
      // While it is still on the page: a dialog that was taken off gives no focus back.
      return () => dialog.close()
    }
    dialog.open = true
    return () => before instanceof HTMLElement && before.focus()
  }, [])
  return (
    <dialog
      ref={ref}
      className="ap-dialog"
      aria-labelledby={labelledBy}
      aria-modal="true"
      closedby={isDirty ? 'closerequest' : 'any'}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !hasModals(event.currentTarget)) onClose()
      }}
    >
      {children}
    </dialog>
  )
}

const hasModals = (dialog: HTMLDialogElement): boolean => typeof dialog.showModal === 'function'
