import type { ConnectionFilter } from './client/routes.ts'

/** The key of all lists of connections, or of the one with this filter. */
export const connectionsKey = (filter?: ConnectionFilter) => (filter ? (['authpipe', 'connections', filter] as const) : (['authpipe', 'connections'] as const))

/** The key of the registered providers. */
export const providersKey = ['authpipe', 'providers'] as const
