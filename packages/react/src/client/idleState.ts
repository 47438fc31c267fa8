import type { ConnectState } from './connectFlow.ts'

/** The state of a flow that nobody has started; also what a server renders. */
export const idleState: ConnectState = { phase: 'idle' }
