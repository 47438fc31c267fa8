import { bundleForReact } from './measureButton.ts'

export interface PeerSize {
  readonly name: string
  /** Bytes of what a page imports for a connect button, minified and gzipped. */
  readonly code: number
}

/** What users of other kits import to let somebody connect an account, by the readme of each; React is left out, since the app has it. */
const peers = [
  { name: 'react-plaid-link, its button, which loads the rest from elsewhere', source: "export { PlaidLink } from 'react-plaid-link'" },
] as const

/** Weighs the peers the way the ConnectButton is weighed. */
export const measurePeers = (): Promise<readonly PeerSize[]> =>
  Promise.all(peers.map(async ({ name, source }) => ({ name, code: (await bundleForReact(source, { later: false })).gzipped })))
