'use client'
import { useEffect, useState } from 'react'

type NoteModule = Pick<typeof import('./ConnectNote.tsx'), 'ConnectNote' | 'NoteText' | 'noteTone' | 'startFormProps'>

/** The note below a button, once there is something to say; `null` where it could not be loaded. Nobody who connects nothing pays for it. */
export function useConnectNote(needed: boolean): NoteModule | null | undefined {
  const [note, setNote] = useState<NoteModule | null>()
  useEffect(() => {
    if (needed) import('./ConnectNote.tsx').then(setNote, () => setNote(null))
  }, [needed])
  return note
}
