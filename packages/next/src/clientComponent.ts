// What a bundler for the browser gets instead of the server. Next.js ends the build here and shows the way from this file to the client
// component that imports @authpipe/next; use @authpipe/react there. Other bundlers get a module that throws.
import 'server-only'

export { createAuthpipe } from './unsupportedRuntime.ts'
