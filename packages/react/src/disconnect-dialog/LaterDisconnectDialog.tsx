'use client'
import { openLater } from '../modal-dialog/openLater.tsx'
import type { DisconnectDialogProps } from './DisconnectDialog.tsx'

/**
 * Asks before it disconnects, and names what follows. Should the server refuse, it stays open and says so. Its code is loaded when it is
 * first opened.
 *
 * @example
 * {leaving && <DisconnectDialog connection={leaving} onOpenChange={(open) => open || setLeaving(null)} />}
 */
export const DisconnectDialog = openLater<DisconnectDialogProps>(async () => ({ default: (await import('./DisconnectDialog.tsx')).DisconnectDialog }))
