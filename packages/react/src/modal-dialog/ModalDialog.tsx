'use client'
import { useLayoutEffect, useRef, useState, type HTMLAttributes, type ReactNode } from 'react'

interface ModalDialogProps extends HTMLAttributes<HTMLDialogElement> {
  readonly open: boolean
  /** Whether there is something to lose, so that a click beside the dialog keeps it open. */
  readonly isDirty?: boolean
  /** The user wants it closed. */
  readonly onClose: () => void
}

/**
 * A native modal dialog: the browser keeps the focus in it, takes Escape and gives the focus back. Where a browser (or jsdom) has no
 * `showModal`, it is an open dialog on the page. Its content is rendered while it is open, and while it leaves.
 */
export function ModalDialog({ open, isDirty, onClose, children, ...rest }: ModalDialogProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null)
  const [isPresent, setPresent] = useState(open)
  if (open && !isPresent) setPresent(true)

  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog || !open) return
    const before = document.activeElement
    if (hasModals(dialog)) {
      dialog.showModal()
      // While it is still on the page: a dialog that was taken off gives no focus back.
      return () => dialog.close()
    }
    dialog.open = true
    return () => {
      dialog.open = false
      if (before instanceof HTMLElement) before.focus()
    }
  }, [open])

  useLayoutEffect(() => {
    if (open) return
    // None where the page moves nothing, or knows no such movements.
    const movements = ref.current?.getAnimations?.() ?? []
    if (movements.length === 0) return setPresent(false)
    let reopened = false
    void Promise.allSettled(movements.map(({ finished }) => finished)).then(() => reopened || setPresent(false))
    return () => {
      reopened = true
    }
  }, [open])

  if (!open && !isPresent) return null
  return (
    <dialog
      {...rest}
      ref={ref}
      aria-modal="true"
      aria-hidden={!open || undefined}
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
