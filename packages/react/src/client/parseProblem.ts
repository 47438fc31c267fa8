// Apart from the client, so that its code is loaded only when a server refuses something.
export { parseProblem } from '@authpipe/core'
