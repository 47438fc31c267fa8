'use client'
import { useEffect, useState } from 'react'

/** Code that is loaded when it is first needed; `null` where it could not be loaded. `load` has to be the same function each time. */
export function useLater<Module>(load: () => Promise<Module>, isNeeded: boolean): Module | null | undefined {
  const [loaded, setLoaded] = useState<Module | null>()
  useEffect(() => {
    if (isNeeded) load().then(setLoaded, () => setLoaded(null))
  }, [isNeeded, load])
  return loaded
}
