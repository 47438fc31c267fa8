// One process of the herd. It counts an access token as working when the provider's API takes it.
import { authpipeSide } from './authpipeSide.ts'
import { betterAuthSide } from './betterAuthSide.ts'
import type { HerdSetup, HerdSide } from './HerdSide.ts'

export type HerdOrder = { readonly open: HerdSide['name']; readonly setup: HerdSetup; readonly state: string } | { readonly read: number }

export interface HerdReport {
  readonly working: number
  readonly lastMs: number
}

let read: (() => Promise<string>) | undefined
let apiUrl = ''

process.on('message', (order: HerdOrder) => {
  void obey(order).then((report) => process.send?.(report))
})

async function obey(order: HerdOrder): Promise<HerdReport> {
  if ('open' in order) {
    apiUrl = `${order.setup.sandboxUrl}/plain/api/me`
    read = await (order.open === 'authpipe' ? authpipeSide : betterAuthSide).open(order.setup, order.state)
    return { working: 0, lastMs: 0 }
  }
  const started = performance.now()
  const results = await Promise.allSettled(Array.from({ length: order.read }, () => read?.() ?? Promise.reject(new Error('Not open.'))))
  const lastMs = performance.now() - started
  const tokens = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const taken = new Map<string, boolean>()
  for (const token of new Set(tokens)) taken.set(token, (await fetch(apiUrl, { headers: { authorization: `Bearer ${token}` } })).ok)
  return { working: tokens.filter((token) => taken.get(token)).length, lastMs }
}
